/** Runs the factory's command line on the agent `deployer`: `factoryCommand(['build', 'show', image], stdout: true)`. */
def call(Map how = [:], List words) {
    String line = (['factory'] + words).collect { quoted("${it}") }.join(' ')
    if (how.stdout) return sh(label: line, script: line, returnStdout: true)
    String log = how.log ?: 'logs/factory.log'
    // bash, for a pipe whose exit status is that of its beginning
    String script = "#!/bin/bash\nset -o pipefail\nmkdir -p logs\n${line} 2>&1 | tee -a ${quoted(log)}\n"
    if (how.status) return sh(label: line, script: script, returnStatus: true)
    sh(label: line, script: script)
    return null
}

@com.cloudbees.groovy.cps.NonCPS
static String quoted(String word) {
    return word ==~ /[A-Za-z0-9_.,:\/=-]+/ ? word : "'" + word.replace("'", "'\\''") + "'"
}
