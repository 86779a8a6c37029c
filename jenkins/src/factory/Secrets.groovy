package factory

import com.cloudbees.groovy.cps.NonCPS

/**
 * What looks like a secret, as stars. Jenkins itself hides in its own log only what a job binds, and our jobs bind nothing;
 * but of a tool's output nobody knows, and mail goes further than the log. The kinds are those of model/secret-text.ts.
 */
class Secrets implements Serializable {
    private static final long serialVersionUID = 1L
    private static final String STARS = '****'

    @NonCPS
    static String hidden(String text) {
        return (text ?: '')
            .replaceAll(/(?s)-----BEGIN [A-Z ]*PRIVATE KEY.*?(-----END [A-Z ]*PRIVATE KEY[A-Z ]*-----|\z)/, STARS)
            .replaceAll(/gAAAAA[A-Za-z0-9_-]{20,}/, STARS)
            .replaceAll(/(?i)([a-z][a-z0-9+.-]*:\/\/)[^\/\s@]+@/, '$1' + STARS + '@')
            .replaceAll(/(?i)((?:password|passwd|passphrase|secret|token)["']?\s*[:=]\s*["']?)[^\s"']{8,}/, '$1' + STARS)
    }
}
