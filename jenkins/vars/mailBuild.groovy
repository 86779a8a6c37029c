import factory.BuildText

/** The mail about a build: to the image's owner, the team in copy. */
def call(Map shown, Map facts) {
    String last = ''
    if (env.FAILED_STAGE && fileExists(env.FAILED_LOG)) last = BuildText.lastLines(readFile(env.FAILED_LOG), 25)
    emailext(to: recipients(), subject: BuildText.subject(shown, facts), body: BuildText.mail(shown, facts, last), mimeType: 'both')
}

/** On failure, on recovery, and on an image's first success. */
boolean wanted() {
    if (currentBuild.currentResult != 'SUCCESS') return true
    return currentBuild.previousBuild == null || currentBuild.previousBuild.result != 'SUCCESS'
}

String recipients() {
    String team = env.TEAM ?: env.FACTORY_TEAM
    // before the catalogue was read nobody knows the owner
    List<String> people = env.OWNER ? [env.OWNER, "cc:${team}"] : [team]
    if (params.NOTIFY) people.addAll(params.NOTIFY.tokenize(', ').collect { "cc:${it}" })
    return people.collect { "${it}".toString() }.unique().join(', ')
}
