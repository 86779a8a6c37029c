import factory.BuildText
import factory.Secrets

/** The mail about a build: to the image's owner, the team in copy. */
def call(Map shown, Map facts) {
    String last = ''
    // what is cut off must not take away what tells a secret
    if (env.FAILED_STAGE && fileExists(env.FAILED_LOG)) last = BuildText.lastLines(Secrets.hidden(readFile(env.FAILED_LOG)), 25)
    emailext(to: recipients(), subject: BuildText.subject(shown, facts), body: BuildText.mail(shown, facts, last), mimeType: 'both')
}

/** On failure, on recovery, and on an image's first success; nobody is told what was refused to somebody. */
boolean wanted() {
    if (env.REFUSED) return false
    if (currentBuild.currentResult != 'SUCCESS') return true
    String before = lastResult()
    return before == null ? env.UNCHANGED != 'true' && !params.TESTS_ONLY : before != 'SUCCESS'
}

String recipients() {
    String team = env.TEAM ?: env.FACTORY_TEAM
    // before the catalogue was read nobody knows the owner
    List<String> people = env.OWNER ? [env.OWNER, "cc:${team}"] : [team]
    people.addAll(buildForm.addresses().collect { "cc:${it}" })
    return people.collect { "${it}".toString() }.unique().join(', ')
}
