/** Runs the factory's command line on the agent `deployer`: `factoryCommand(['build', 'show', image], stdout: true)`. */
def call(Map how = [:], List words) {
    String line = (['factory'] + words).collect { quoted("${it}") }.join(' ')
    String log = quoted(how.log ?: 'logs/factory.log')
    // bash, for a pipe whose exit status is that of its beginning
    String kept = how.stdout ? "{ ${line} 2>&1 >&3 | tee -a ${log} >&2; } 3>&1" : "${line} 2>&1 | tee -a ${log}"
    String script = "#!/bin/bash\nset -o pipefail\nmkdir -p logs\n${kept}\n"
    def done = null
    withEnv(chosen()) {
        done = sh(label: line, script: script, returnStdout: how.stdout == true, returnStatus: how.status == true)
    }
    return done
}

/** Recipes and regions of this build, as the command line takes them from the environment. */
private List<String> chosen() {
    return assignments([FACTORY_RECIPES: env.RECIPES_DIRECTORY, FACTORY_REGIONS: env.CHOSEN_REGIONS])
}

/** For withEnv, which expands $NAME in it. */
@com.cloudbees.groovy.cps.NonCPS
private static List<String> assignments(Map values) {
    return values.findAll { it.value }.collect { "${it.key}=${it.value.replace('$', '$$')}".toString() }
}

@com.cloudbees.groovy.cps.NonCPS
static String quoted(String word) {
    return word ==~ /[A-Za-z0-9_.,:\/=-]+/ ? word : "'" + word.replace("'", "'\\''") + "'"
}
