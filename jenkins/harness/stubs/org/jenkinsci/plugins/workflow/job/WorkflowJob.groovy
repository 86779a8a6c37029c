package org.jenkinsci.plugins.workflow.job

class WorkflowJob {
    final String fullName
    boolean disabled

    WorkflowJob(String fullName) { this.fullName = fullName }

    void makeDisabled(boolean disabled) { this.disabled = disabled }
}
