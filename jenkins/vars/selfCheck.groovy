/** Health of all nodes, quotas, certificates, what is left behind: as `factory status` and `factory reap` see it. */
def call() {
    withReason {
        mayBuild()
        sh(label: 'an empty workspace', script: 'rm -rf logs')
        List<String> wrong = []
        if (factoryCommand(['status'], log: 'logs/status.log', status: true) != 0) wrong << 'factory status'
        List left = factoryJson(['reap'], log: 'logs/reap.log') as List
        // what stays says why it does; all else the nightly reaper should have taken
        if (left == null) wrong << 'factory reap'
        else wrong.addAll(left.findAll { !it.stays }.collect { "${it.build} was left behind".toString() })
        archiveArtifacts(artifacts: 'logs/**', allowEmptyArchive: true)
        if (wrong) error("not in order: ${wrong.join(', ')}; see the log")
    }
}
