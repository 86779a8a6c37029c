import factory.BuildText

/** A job of the factory itself went wrong, or is well again: the team gets a line, once. */
def call() {
    String now = currentBuild.currentResult
    if (!env.FACTORY_TEAM || env.REFUSED || now == (lastResult() ?: 'SUCCESS')) return
    emailext(to: env.FACTORY_TEAM, subject: "Factory ${env.FACTORY}: ${env.JOB_BASE_NAME} ${now.toLowerCase()}",
        body: BuildText.ofFactory([job: env.JOB_NAME, result: now, reason: env.FAILED_REASON, url: env.BUILD_URL]), mimeType: 'both')
}
