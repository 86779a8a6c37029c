package org.jenkinsci.plugins.workflow.steps

import hudson.model.Result
import jenkins.model.CauseOfInterruption

/** Somebody aborted the build, or a timeout did. */
class FlowInterruptedException extends InterruptedException {
    final Result result
    final List<CauseOfInterruption> causes

    FlowInterruptedException(Result result, List<CauseOfInterruption> causes) {
        super(null as String)
        this.result = result
        this.causes = causes
    }
}
