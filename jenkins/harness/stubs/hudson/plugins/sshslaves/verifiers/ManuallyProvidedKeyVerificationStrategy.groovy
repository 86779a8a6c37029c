package hudson.plugins.sshslaves.verifiers

class ManuallyProvidedKeyVerificationStrategy {
    final String key

    ManuallyProvidedKeyVerificationStrategy(String key) {
        if (!(key ==~ /(ssh-ed25519|ssh-rsa|ecdsa-sha2-\S+) [A-Za-z0-9+\/=]+/)) throw new IllegalArgumentException("not a host key: ${key}")
        this.key = key
    }
}
