/** Health of all nodes, quotas, certificates, what is left behind: as `factory status` and `factory reap` see it. */
def call() {
    sh(label: 'an empty workspace', script: 'rm -rf logs')
    int status = factoryCommand(['status'], log: 'logs/status.log', status: true)
    int left = factoryCommand(['reap'], log: 'logs/reap.log', status: true)
    archiveArtifacts(artifacts: 'logs/**', allowEmptyArchive: true)
    if (status != 0 || left != 0) error('something is not in order: see the log')
}
