/*
 * Runs Jenkins jobs without Jenkins: groovy -cp src:stubs run.groovy < scenarios.json > results.json
 * Input: {library, jobs: [{jenkinsfile, params, shell, …}], echo}; output: a list with what came of each.
 */
import groovy.json.JsonOutput
import groovy.json.JsonSlurper
import harness.Engine
import harness.HarnessError
import harness.Run
import harness.StepTable

def input = new JsonSlurper().parse(System.in)
def here = new File(getClass().protectionDomain.codeSource.location.toURI()).parentFile
def table = new StepTable(new File(here, 'steps.tsv'))
def engine = new Engine(new File(input.library as String))
def out = System.out
System.out = System.err

def results = input.jobs.collect { Map scenario ->
    scenario.library = input.library
    def run = new Run(scenario, table, new File(scenario.directory as String), input.echo ? System.err : null)
    def problem = null
    try {
        engine.run(new File(scenario.jenkinsfile as String), run)
    } catch (HarnessError error) {
        problem = error.message
    } catch (org.codehaus.groovy.control.CompilationFailedException error) {
        problem = error.message
    }
    [
        name: scenario.name, problem: problem, result: problem ? 'REFUSED' : run.currentBuild.currentResult,
        description: run.currentBuild.description, displayName: run.currentBuild.displayName,
        stages: run.stages, shells: run.shells, mails: run.mails, locks: run.locks, started: run.started, generated: run.generated,
        disabled: run.jobs.values().findAll { it.disabled }*.fullName, archived: run.archived, tests: run.tests, agents: run.agents, nodes: run.nodes.keySet(),
        console: run.console.text,
    ]
}
out.println(JsonOutput.toJson(results))
out.flush()
System.exit(results.any { it.problem } ? 3 : 0)
