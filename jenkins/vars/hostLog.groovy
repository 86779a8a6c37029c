import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException
import org.jenkinsci.plugins.workflow.steps.TimeoutStepExecution.ExceededTimeout

/** What the runner has said on the host itself since the stage began. Not worth a build when it can't be had. */
def call(String stage) {
    if (!env.BUILD_AGENT) return
    try {
        timeout(time: 3, unit: 'MINUTES') {
            node(env.BUILD_AGENT) {
                sh(label: "log of ${stage}", script: "sudo -n journalctl --unit '${env.BUILD_UNIT}' --output short-iso --lines 50", returnStatus: true)
            }
        }
    } catch (FlowInterruptedException interrupted) {
        // an abort is one, a host that does not answer is none
        if (!interrupted.causes.any { it instanceof ExceededTimeout }) throw interrupted
        echo("the host did not show the log of ${stage}")
    }
}
