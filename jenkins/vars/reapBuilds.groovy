/** What builds left behind whose time is over, and why some of it stays: `factory reap`, with DELETE deleted. */
def call() {
    withReason {
        mayBuild()
        sh(label: 'an empty workspace', script: 'rm -rf logs')
        factoryCommand(['reap'] + (params.DELETE ? ['--delete'] : []), log: 'logs/reap.log')
        archiveArtifacts(artifacts: 'logs/**', allowEmptyArchive: true)
    }
}
