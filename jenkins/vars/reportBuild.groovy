import factory.BuildNumbers
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
    List<String> numbers = BuildNumbers.of(statistics(), shown.build)
    currentBuild.description = BuildText.description(shown, numbers, facts())
    if (mailBuild.wanted()) mailBuild(shown, facts() + [kept: params.KEEP_HOST && shown.build as boolean])
}

private void keep(String build) {
    // the command works elsewhere: what it is to write here has to be named in full
    factoryCommand(['artefacts', build, '--to', "${pwd()}/artefacts", '--without-image'], log: 'logs/artefacts.log')
    junit(testResults: 'artefacts/**/junit.xml', allowEmptyResults: true, skipMarkingBuildUnstable: true)
    archiveArtifacts(artifacts: 'artefacts/**', excludes: '**/*.qcow2', allowEmptyArchive: true, fingerprint: true)
}

/** Of all builds of the image; archived as a whole. */
private Map statistics() {
    Map all = factoryJson(['build', 'statistics', params.IMAGE]) as Map
    if (!all?.builds) return [:]
    writeFile(file: 'statistics/builds.json', text: groovy.json.JsonOutput.toJson(all))
    archiveArtifacts(artifacts: 'statistics/builds.json', allowEmptyArchive: true)
    return all
}

/** What texts are made of beside the factory's own words. */
Map facts() {
    return [image: params.IMAGE, result: currentBuild.currentResult, previous: lastResult() ?: '', url: env.BUILD_URL,
        unchanged: env.UNCHANGED == 'true', testsOnly: params.TESTS_ONLY as boolean, failedStage: env.FAILED_STAGE ?: '',
        reason: env.FAILED_REASON ?: '', timedOut: env.TIMED_OUT == 'true']
}
