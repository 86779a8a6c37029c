package hudson.slaves

import hudson.model.Node

class DumbSlave extends Node {
    final String remoteFS
    final Object launcher
    String nodeDescription
    int numExecutors = 1
    Node.Mode mode = Node.Mode.NORMAL
    String labelString
    RetentionStrategy retentionStrategy

    DumbSlave(String name, String remoteFS, Object launcher) {
        nodeName = name
        this.remoteFS = remoteFS
        this.launcher = launcher
    }
}
