package jenkins.model

import harness.Run
import hudson.model.Node
import hudson.model.User
import hudson.slaves.DumbSlave

/** The controller, as far as pipelines change it or ask it. */
class Jenkins {
    static final String ADMINISTER = 'Overall/Administer'
    private static final Jenkins INSTANCE = new Jenkins()

    static Jenkins get() { INSTANCE }

    Access getACL() { new Access() }

    void addNode(Node node) {
        if (!(node instanceof DumbSlave)) throw new IllegalArgumentException('only agents')
        DumbSlave agent = node as DumbSlave
        Run.current.nodes[agent.nodeName] = [name: agent.nodeName, labels: agent.labelString.split(' ').toList(), node: agent]
        Run.current.agents << [did: 'added', name: agent.nodeName, host: agent.launcher.host, key: agent.launcher.sshHostKeyVerificationStrategy.key,
            credentials: agent.launcher.credentialsId, executors: agent.numExecutors, mode: agent.mode.name(), directory: agent.remoteFS]
    }

    List getAllItems(Class type) { Run.current.jobs.values().toList() }

    Node getNode(String name) { Run.current.nodes[name]?.node }

    void removeNode(Node node) {
        Run.current.nodes.remove(node.nodeName)
        Run.current.agents << [did: 'removed', name: node.nodeName]
    }

    /** Who may do what. */
    static class Access {
        boolean hasPermission2(User user, String permission) { permission == ADMINISTER && user.inDirectory.administers == true }
    }
}
