import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException
import org.jenkinsci.plugins.workflow.steps.TimeoutStepExecution.ExceededTimeout

/** A stage's own log, from the host itself: more than the command tells. Not worth a build when it can't be had. */
def call(String stage) {
    if (!env.BUILD_AGENT) return
    String log = "${env.BUILD_LOGS}/${stageTable.numbered(stage)}.log"
    try {
        timeout(time: 3, unit: 'MINUTES') {
            node(env.BUILD_AGENT) {
                sh(label: "log of ${stage}", script: "sudo --non-interactive tail -n 200 '${log}'", returnStatus: true)
            }
        }
    } catch (FlowInterruptedException interrupted) {
        // an abort is one, a host that does not answer is none
        if (!interrupted.causes.any { it instanceof ExceededTimeout }) throw interrupted
        echo("the host did not show the log of ${stage}")
    }
}
