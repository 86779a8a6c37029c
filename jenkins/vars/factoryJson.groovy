import factory.BuildText

/** What a command of the factory prints for programs, as maps and lists; null when it fails. */
def call(Map how = [:], List words) {
    String text = ''
    String log = how.log ?: 'logs/factory.log'
    try {
        text = factoryCommand(words + ['--json'], stdout: true, log: log)
    } catch (hudson.AbortException failure) {
        String said = fileExists(log) ? BuildText.lastLines(readFile(log), 1) - 'factory: ' : ''
        if (how.needed) error(said ?: "factory ${words.join(' ')}: ${failure.message}")
        echo("factory ${words.join(' ')}: ${failure.message}")
    }
    return text ? parsed(text) : null
}

/** Of a class that can be kept over a restart of the controller. */
@com.cloudbees.groovy.cps.NonCPS
static parsed(String text) {
    return new groovy.json.JsonSlurperClassic().parseText(text)
}
