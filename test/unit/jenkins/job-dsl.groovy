/* Runs a Job DSL script as the harness does for the seed: {script} in, {items, queued} out, as JSON. */
import groovy.json.JsonOutput
import groovy.json.JsonSlurper
import harness.JobDsl

JobDsl dsl = new JobDsl([:])
dsl.run(new JsonSlurper().parse(System.in).script as String)
print(JsonOutput.toJson([items: dsl.items, queued: dsl.queued]))
