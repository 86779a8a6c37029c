package factory

import com.cloudbees.groovy.cps.NonCPS

/** Of `factory build statistics --json`: what one build's description says of it. */
class BuildNumbers implements Serializable {
    private static final long serialVersionUID = 1L
    /** Builds that a success rate is of. */
    private static final int LAST = 10

    /** Of the build of this id; nothing when the statistics have none such, or none is named. */
    @NonCPS
    static List<String> of(Map statistics, String build) {
        Map row = (statistics.builds ?: []).find { build && it.build == build } as Map
        if (row == null) return []
        List<String> parts = []
        if (row.megabytes) parts << "${row.megabytes} MB".toString()
        if (row.packages) parts << "${row.packages} packages".toString()
        if (row.lynis != null) parts << "lynis ${row.lynis}".toString()
        if (row.cves != null) parts << "${row.cves} known holes".toString()
        if (row.seconds) parts << duration(row.seconds as int) + slowest(row.stages as Map)
        return parts + rate(statistics.builds as List)
    }

    @NonCPS
    private static String slowest(Map stages) {
        List two = (stages ?: [:]).entrySet().sort { -it.value }.take(2)
        return two ? " (${two.collect { "${it.key} ${duration(it.value as int)}" }.join(', ')})" : ''
    }

    @NonCPS
    private static List<String> rate(List builds) {
        List ended = builds.findAll { it.result in ['succeeded', 'failed'] }
        List last = ended.drop(Math.max(0, ended.size() - LAST))
        return last.size() < 2 ? [] : ["${last.count { it.result == 'succeeded' }} of the last ${last.size()} succeeded".toString()]
    }

    @NonCPS
    private static String duration(int seconds) {
        if (seconds < 90) return "${seconds} s"
        return seconds < 5400 ? "${Math.round(seconds / 60.0d)} min" : "${Math.round(seconds / 360.0d) / 10.0d} h"
    }
}
