package hudson.plugins.sshslaves

class SSHLauncher {
    final String host
    final int port
    final String credentialsId
    Object sshHostKeyVerificationStrategy
    Integer launchTimeoutSeconds
    Integer maxNumRetries
    Integer retryWaitTime

    SSHLauncher(String host, int port, String credentialsId) {
        this.host = host
        this.port = port
        this.credentialsId = credentialsId
    }
}
