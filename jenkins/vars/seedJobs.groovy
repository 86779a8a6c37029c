import groovy.json.JsonOutput
import javaposse.jobdsl.plugin.JenkinsDslScriptLoader
import javaposse.jobdsl.plugin.JenkinsJobManagement
import jenkins.model.Jenkins
import org.jenkinsci.plugins.workflow.job.WorkflowJob

/** Makes a job of each image of the catalogue; jobs whose image has left it are disabled, with all that they have built. */
def call() {
    withReason {
        mayBuild()
        checkoutRecipes('')
        // when it can't be read all jobs stay as they are
        List images = factoryJson(['jenkins', 'catalogue'], needed: true) as List
        Map values = [CATALOGUE: JsonOutput.toJson(images), GIT: env.FACTORY_GIT, BRANCH: env.FACTORY_GIT_REF ?: 'main', COMMIT: env.FACTORY_COMMIT]
        List<String> made = make(libraryResource('jobs.groovy'), values)
        List<String> gone = disableOthers(made)
        echo("${made.size()} jobs: ${made.join(', ')}")
        if (gone) echo("disabled, for their images have left the catalogue: ${gone.join(', ')}")
        currentBuild.description = "${made.size()} jobs"
    }
}

/** As JCasC itself runs Job DSL: the script is the library's own, so nobody needs to approve it. */
@com.cloudbees.groovy.cps.NonCPS
private static List<String> make(String script, Map values) {
    def management = new JenkinsJobManagement(System.out, values, new File('.'))
    return new JenkinsDslScriptLoader(management).runScript(script).jobs*.jobName.findAll { it.count('/') == 2 }.sort()
}

/** A listing that is empty by mistake has failed before this. */
@com.cloudbees.groovy.cps.NonCPS
private static List<String> disableOthers(List<String> made) {
    def others = Jenkins.get().getAllItems(WorkflowJob).findAll { it.fullName.startsWith('images/') && !(it.fullName in made) }
    return others.findAll { !it.disabled }.collect { it.makeDisabled(true); it.fullName }.sort()
}
