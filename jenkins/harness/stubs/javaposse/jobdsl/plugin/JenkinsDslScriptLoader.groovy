package javaposse.jobdsl.plugin

import harness.JobDsl
import harness.Run
import org.jenkinsci.plugins.workflow.job.WorkflowJob

class JenkinsDslScriptLoader {
    private final JenkinsJobManagement management

    JenkinsDslScriptLoader(JenkinsJobManagement management) { this.management = management }

    Map runScript(String script) {
        JobDsl dsl = new JobDsl(management.parameters)
        dsl.run(script)
        Run.current.generated.putAll(dsl.items)
        dsl.jobs.each { name -> if (!Run.current.jobs.containsKey(name)) Run.current.jobs[name] = new WorkflowJob(name) }
        dsl.jobs.each { name -> Run.current.jobs[name].disabled = false }
        return [jobs: dsl.jobs.collect { [jobName: it] }]
    }
}
