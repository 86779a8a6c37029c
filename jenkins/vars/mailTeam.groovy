/** A job of the factory itself went wrong: the team gets a line. */
def call() {
    if (!env.FACTORY_TEAM) return
    emailext(to: env.FACTORY_TEAM, subject: "Factory ${env.FACTORY}: ${env.JOB_BASE_NAME} ${currentBuild.currentResult.toLowerCase()}",
        body: "<p>${env.JOB_NAME} ended as ${currentBuild.currentResult}.</p><p>Log: <a href=\"${env.BUILD_URL}console\">console</a></p>", mimeType: 'both')
}
