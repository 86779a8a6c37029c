package factory

import com.cloudbees.groovy.cps.NonCPS

/** Texts about a build for people: description, subject, mail. Of `factory build show --json` and the pipeline's own facts. */
class BuildText implements Serializable {
    private static final long serialVersionUID = 1L
    private static final Map<String, String> WORDS = [SUCCESS: 'succeeded', UNSTABLE: 'succeeded in part', FAILURE: 'failed', ABORTED: 'was aborted',
        NOT_BUILT: 'was not built']

    /** One line under the build's number. */
    @NonCPS
    static String description(Map shown, Map row, Map facts) {
        if (facts.unchanged) return 'no change'
        List<String> parts = [shown.build ?: 'no host was made']
        if (facts.result != 'SUCCESS' && facts.failedStage) parts << "stage ${facts.failedStage}: ${reason(shown, facts)}".toString()
        if (facts.result == 'SUCCESS' && change(shown)) parts << change(shown)
        if (row.megabytes) parts << "${row.megabytes} MB".toString()
        if (row.packages) parts << "${row.packages} packages".toString()
        if (row.lynis != null) parts << "lynis ${row.lynis}".toString()
        if (row.cves != null) parts << "${row.cves} known holes".toString()
        if (row.seconds) parts << duration(row.seconds as int)
        return parts.join(' · ')
    }

    @NonCPS
    static String subject(Map shown, Map facts) {
        String what = facts.result == 'SUCCESS' && facts.previous && facts.previous != 'SUCCESS' ? 'is well again'
            : facts.result == 'SUCCESS' && !facts.previous ? 'was built for the first time' : WORDS[facts.result as String] ?: facts.result
        String where = facts.result != 'SUCCESS' && facts.failedStage ? " at stage ${facts.failedStage}" : ''
        return "Image ${facts.image} ${what}${where}"
    }

    /** HTML that reads well when its tags are taken out. */
    @NonCPS
    static String mail(Map shown, Map facts, String last) {
        List<String> lines = ["<p>${html(subject(shown, facts))}.</p>"]
        if (facts.result != 'SUCCESS' && facts.failedStage) lines << "<p>Reason: ${html(reason(shown, facts))}</p>"
        if (facts.unchanged) lines << '<p>Nothing has changed since the last release: no new image was needed.</p>'
        else if (change(shown)) lines << "<p>Change: ${html(change(shown))}</p>"
        lines << '<table>'
        if (shown.build) lines << "<tr><td>Build</td><td>${html(shown.build as String)}</td></tr>"
        lines << "<tr><td>Log</td><td><a href=\"${html(facts.url)}console\">console</a></td></tr>"
        lines << "<tr><td>Results</td><td><a href=\"${html(facts.url)}artifact/\">artefacts</a></td></tr>"
        lines << "<tr><td>Tests</td><td><a href=\"${html(facts.url)}testReport/\">tests</a></td></tr>"
        lines << '</table>'
        if (facts.kept) lines << '<p>The build host was kept; it goes when it expires.</p>'
        if (last) lines << "<p>Its last lines:</p><pre>${html(last)}</pre>"
        return lines.join('\n') + '\n'
    }

    @NonCPS
    static String lastLines(String text, int count) {
        List<String> lines = text.readLines()
        return lines.drop(Math.max(0, lines.size() - count)).join('\n')
    }

    @NonCPS
    private static String reason(Map shown, Map facts) {
        Map told = (shown.stages ?: []).find { it.state == 'failed' } as Map
        return told?.message ?: (facts.result == 'ABORTED' ? 'it was stopped' : 'see its last lines')
    }

    /** What stage 4 says about it. */
    @NonCPS
    private static String change(Map shown) {
        Map told = (shown.stages ?: []).find { it.name == 'checkout' } as Map
        return told?.state == 'succeeded' ? told.message as String : null
    }

    @NonCPS
    private static String duration(int seconds) {
        return seconds < 90 ? "${seconds} s" : seconds < 5400 ? "${Math.round(seconds / 60.0d)} min" : "${Math.round(seconds / 360.0d) / 10.0d} h"
    }

    @NonCPS
    private static String html(String text) {
        return (text ?: '').replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;').replace('"', '&quot;')
    }
}
