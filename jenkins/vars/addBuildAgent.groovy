import hudson.model.Node
import hudson.plugins.sshslaves.SSHLauncher
import hudson.plugins.sshslaves.verifiers.ManuallyProvidedKeyVerificationStrategy
import hudson.slaves.DumbSlave
import hudson.slaves.RetentionStrategy
import jenkins.model.Jenkins

/** Makes the build host an agent, known by the host key that was read from its console log. */
def call() {
    Map host = factoryJson(['jenkins', 'agent', params.IMAGE])
    if (host == null) error('the build host can\'t become an agent: see above')
    // remembered first, so that whatever happens now it is removed
    env.BUILD_AGENT = host.build
    env.BUILD_UNIT = host.unit
    add(host.build, host.address, host.hostKey, host.directory, host.credentials, "build host of ${params.IMAGE}".toString())
    currentBuild.displayName = "#${currentBuild.number} ${host.build}"
}

@com.cloudbees.groovy.cps.NonCPS
private static void add(String name, String address, String hostKey, String directory, String credentials, String description) {
    SSHLauncher launcher = new SSHLauncher(address, 22, credentials)
    launcher.sshHostKeyVerificationStrategy = new ManuallyProvidedKeyVerificationStrategy(hostKey)
    launcher.launchTimeoutSeconds = 60
    launcher.maxNumRetries = 3
    launcher.retryWaitTime = 10
    DumbSlave agent = new DumbSlave(name, directory, launcher)
    agent.nodeDescription = description
    agent.numExecutors = 1
    agent.mode = Node.Mode.EXCLUSIVE
    agent.labelString = name
    agent.retentionStrategy = RetentionStrategy.INSTANCE
    Jenkins.get().addNode(agent)
}
