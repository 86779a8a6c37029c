/** What the form asks for, as options of the command line. */
List<String> options() {
    List<String> words = []
    if (params.FORCE) words << '--force'
    if (params.SKIP_PUBLISH) words << '--skip-publish'
    if (params.DEBUG) words << '--debug'
    return words
}

/** Those that are asked for; all that there are where nothing is. */
List<String> regions(List<String> all) {
    List<String> asked = words(params.REGIONS)
    List<String> unknown = asked - all
    if (unknown) error("REGIONS: ${params.IMAGE} does not go to ${unknown.join(', ')}; name some of ${all.join(', ')}, or nothing for all")
    return asked ?: all
}

void checkNotify() {
    List<String> wrong = words(params.NOTIFY) - addresses()
    if (wrong) error("NOTIFY: ${wrong.join(', ')} is no mail address; write name@example.org, more of them separated by commas")
}

/** Those of NOTIFY that are some: one that is none would cost everybody the mail. */
List<String> addresses() {
    return words(params.NOTIFY).findAll { it ==~ /[\w.%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*/ }
}

/** People separate by commas, semicolons, blanks. */
@com.cloudbees.groovy.cps.NonCPS
static List<String> words(String text) {
    return (text ?: '').tokenize(',; \t\r\n').unique()
}
