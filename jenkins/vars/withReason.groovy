import hudson.AbortException
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException
import org.jenkinsci.plugins.workflow.steps.TimeoutStepExecution.ExceededTimeout

/** Does what is in its block, and remembers for the mail why that failed. */
def call(Closure work) {
    try {
        work()
    } catch (FlowInterruptedException interrupted) {
        env.TIMED_OUT = interrupted.causes.any { it instanceof ExceededTimeout } ? 'true' : 'false'
        env.FAILED_REASON = env.TIMED_OUT == 'true' ? 'it took longer than it may' : told(interrupted.causes)
        throw interrupted
    } catch (Exception failure) {
        String said = failure instanceof AbortException ? failure.message : "${failure}"
        // of a script the last lines tell more than its exit status
        env.FAILED_REASON = said.startsWith('script returned exit code') ? '' : said
        throw failure
    }
}

@com.cloudbees.groovy.cps.NonCPS
private static String told(List causes) {
    return causes*.shortDescription.join('; ')
}
