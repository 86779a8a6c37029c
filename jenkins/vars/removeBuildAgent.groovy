import hudson.model.Node
import jenkins.model.Jenkins

/** Removes the build host's agent, if there is one; needs no node, and may be called any number of times. */
def call() {
    if (!env.BUILD_AGENT) return
    String name = env.BUILD_AGENT
    remove(name)
    env.BUILD_AGENT = ''
    echo("agent ${name} is removed")
}

@com.cloudbees.groovy.cps.NonCPS
private static void remove(String name) {
    Node agent = Jenkins.get().getNode(name)
    if (agent != null) Jenkins.get().removeNode(agent)
}
