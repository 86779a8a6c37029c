/** What a command of the factory prints for programs, as maps and lists; null when it fails. */
def call(List words) {
    String text = ''
    try {
        text = factoryCommand(words + ['--json'], stdout: true)
    } catch (hudson.AbortException failure) {
        echo("factory ${words.join(' ')}: ${failure.message}")
    }
    return text ? parsed(text) : null
}

/** Of a class that can be kept over a restart of the controller. */
@com.cloudbees.groovy.cps.NonCPS
static parsed(String text) {
    return new groovy.json.JsonSlurperClassic().parseText(text)
}
