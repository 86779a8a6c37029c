/** Runs the factory's command line on the agent `deployer`: `factoryCommand(['build', 'show', image], stdout: true)`. */
def call(Map how = [:], List words) {
    String line = (['factory'] + words).collect { quoted("${it}") }.join(' ')
    String log = how.log ?: 'logs/factory.log'
    // bash, for a pipe whose exit status is that of its beginning
    String script = how.stdout ? line : "#!/bin/bash\nset -o pipefail\nmkdir -p logs\n${line} 2>&1 | tee -a ${quoted(log)}\n"
    def done = null
    withEnv(chosen()) {
        done = sh(label: line, script: script, returnStdout: how.stdout == true, returnStatus: how.status == true)
    }
    return done
}

/** Recipes and regions of this build, as the command line takes them from the environment. */
private List<String> chosen() {
    return (env.RECIPES_DIRECTORY ? ["FACTORY_RECIPES=${env.RECIPES_DIRECTORY}"] : []) + (env.CHOSEN_REGIONS ? ["FACTORY_REGIONS=${env.CHOSEN_REGIONS}"] : [])
}

@com.cloudbees.groovy.cps.NonCPS
static String quoted(String word) {
    return word ==~ /[A-Za-z0-9_.,:\/=-]+/ ? word : "'" + word.replace("'", "'\\''") + "'"
}
