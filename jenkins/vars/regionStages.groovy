/** Distributes the image, then shows each region as a branch of its own: one that failed says nothing about the others. */
def call(List words) {
    List<String> regions = env.CHOSEN_REGIONS.split(',').toList()
    int status = 1
    lock(extra: regions.collect { [resource: "region-${it}"] }) {
        status = factoryCommand(words, log: env.FAILED_LOG, status: true)
    }
    Map shown = factoryJson(['build', 'show', params.IMAGE]) ?: [:]
    List<String> reached = reachedIn(shown)
    Map branches = [failFast: false]
    regions.each { String region ->
        branches[region] = {
            stage(region) {
                if (region in reached) echo("${region}: there and verified")
                else if (status == 0) echo("${region}: the image's home, or not one of its regions")
                else error("${region}: not there; ${reason(shown)}")
            }
        }
    }
    parallel(branches)
    if (status != 0) error(reason(shown))
}

@com.cloudbees.groovy.cps.NonCPS
static List<String> reachedIn(Map shown) {
    def told = shown.stages?.find { it.name == 'distribute' }?.data?.regions
    return told instanceof List ? told.collect { it instanceof Map ? "${it.name ?: it.region}".toString() : "${it}".toString() } : []
}

@com.cloudbees.groovy.cps.NonCPS
static String reason(Map shown) {
    return shown.stages?.find { it.name == 'distribute' }?.message ?: 'see the stage\'s log'
}
