package org.jenkinsci.plugins.workflow.steps

import jenkins.model.CauseOfInterruption

class TimeoutStepExecution {
    static CauseOfInterruption exceeded() { new ExceededTimeout() }

    static class ExceededTimeout extends CauseOfInterruption {
        ExceededTimeout() { super('Timeout has been exceeded') }
    }
}
