package jenkins.model

import harness.Run
import hudson.model.Node
import hudson.slaves.DumbSlave

/** The controller, as far as pipelines change it: its agents. */
class Jenkins {
    private static final Jenkins INSTANCE = new Jenkins()

    static Jenkins get() { INSTANCE }

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
}
