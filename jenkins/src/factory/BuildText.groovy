package factory

import com.cloudbees.groovy.cps.NonCPS

/** Texts about a build for people: description, subject, mail. Of `factory build show --json` and the pipeline's own facts. */
class BuildText implements Serializable {
    private static final long serialVersionUID = 1L
    private static final Map<String, String> WORDS = [SUCCESS: 'succeeded', UNSTABLE: 'succeeded in part', FAILURE: 'failed', ABORTED: 'was aborted',
        NOT_BUILT: 'was not built']

    /** One line under the build's number. */
    @NonCPS
    static String description(Map shown, List<String> numbers, Map facts) {
        if (facts.unchanged) return 'no change'
        List<String> parts = [shown.build ?: 'no host was made']
        if (facts.result != 'SUCCESS' && facts.failedStage) parts << "stage ${facts.failedStage}: ${reason(shown, facts)}".toString()
        if (facts.result == 'SUCCESS' && change(shown)) parts << change(shown)
        return (parts + numbers).join(' · ')
    }

    @NonCPS
    static String subject(Map shown, Map facts) {
        String where = facts.result != 'SUCCESS' && facts.failedStage ? " at stage ${facts.failedStage}" : ''
        return "Image ${facts.image} ${facts.result == 'SUCCESS' ? success(facts) : failure(facts)}${where}"
    }

    /** HTML that reads well when its tags are taken out. */
    @NonCPS
    static String mail(Map shown, Map facts, String last) {
        List<String> lines = ["<p>${html(subject(shown, facts))}.</p>"]
        if (facts.result != 'SUCCESS') lines << "<p>Reason: ${html(reason(shown, facts))}</p>"
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

    /** The mail about a job of the factory itself. */
    @NonCPS
    static String ofFactory(Map facts) {
        String reason = facts.result == 'SUCCESS' ? '' : "<p>Reason: ${html(facts.reason ?: 'see its log')}</p>\n"
        return "<p>${html(facts.job)} ${WORDS[facts.result as String]}.</p>\n${reason}<p>Log: <a href=\"${html(facts.url)}console\">console</a></p>\n"
    }

    @NonCPS
    static String lastLines(String text, int count) {
        List<String> lines = text.readLines()
        return lines.drop(Math.max(0, lines.size() - count)).join('\n')
    }

    @NonCPS
    private static String success(Map facts) {
        if (facts.previous && facts.previous != 'SUCCESS') return facts.testsOnly ? 'passes its tests again' : 'is well again'
        if (facts.testsOnly) return 'passed its tests'
        if (facts.unchanged) return 'is as it should be'
        return facts.previous ? WORDS.SUCCESS : 'was built for the first time'
    }

    @NonCPS
    private static String failure(Map facts) {
        return facts.timedOut ? 'ran out of time' : WORDS[facts.result as String] ?: facts.result
    }

    /** What the pipeline knows itself; else what the build says. */
    @NonCPS
    private static String reason(Map shown, Map facts) {
        Map told = (shown.stages ?: []).find { it.state == 'failed' } as Map
        return Secrets.hidden(facts.reason ?: told?.message ?: 'see its log')
    }

    /** What stage 4 says about it. */
    @NonCPS
    private static String change(Map shown) {
        Map told = (shown.stages ?: []).find { it.name == 'checkout' } as Map
        return told?.state == 'succeeded' ? told.message as String : null
    }

    /** Nor does a mail's $NAME become what the mail plugin has under that name. */
    @NonCPS
    private static String html(String text) {
        return Secrets.hidden(text).replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;').replace('"', '&quot;').replace('$', '&#36;')
    }
}
