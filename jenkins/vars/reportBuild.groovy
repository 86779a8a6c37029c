import factory.BuildText

/** What remains of a build in Jenkins: test results, artefacts, statistics, a description, and the mail. */
def call() {
    Map shown = env.SPAWNED == 'true' ? factoryJson(['build', 'show', params.IMAGE]) ?: [:] : [:]
    if (shown.build) {
        catchError(buildResult: currentBuild.currentResult, stageResult: 'UNSTABLE', message: 'not all results could be fetched') {
            keep(shown.build)
        }
    }
    archiveArtifacts(artifacts: 'logs/**, statistics/**', allowEmptyArchive: true)
    Map row = statistics()
    currentBuild.description = BuildText.description(shown, row, facts())
    if (mailBuild.wanted()) mailBuild(shown, facts())
}

private void keep(String build) {
    // the command works elsewhere: what it is to write here has to be named in full
    factoryCommand(['artefacts', build, '--to', "${pwd()}/artefacts", '--without-image'], log: 'logs/artefacts.log')
    junit(testResults: 'artefacts/**/junit.xml', allowEmptyResults: true, skipMarkingBuildUnstable: true)
    archiveArtifacts(artifacts: 'artefacts/**', excludes: '**/*.qcow2', allowEmptyArchive: true, fingerprint: true)
}

/** This build's row; the whole table is archived. */
private Map statistics() {
    Map all = factoryJson(['build', 'statistics', params.IMAGE]) as Map
    if (!all?.builds) return [:]
    writeFile(file: 'statistics/builds.json', text: groovy.json.JsonOutput.toJson(all))
    archiveArtifacts(artifacts: 'statistics/builds.json', allowEmptyArchive: true)
    return all.builds.last() as Map
}

/** What texts are made of beside the factory's own words. */
Map facts() {
    return [image: params.IMAGE, result: currentBuild.currentResult, previous: currentBuild.previousBuild?.result ?: '',
        url: env.BUILD_URL, unchanged: env.UNCHANGED == 'true', failedStage: env.FAILED_STAGE ?: '', kept: params.KEEP_HOST as boolean]
}
