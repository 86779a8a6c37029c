package harness

/** The build's log: lines as they come, with secrets as ****. */
class Console {
    private final StringBuffer log = new StringBuffer()
    private final Set<String> secrets = Collections.synchronizedSet(new LinkedHashSet<String>())
    private final PrintStream copy

    Console(PrintStream copy) { this.copy = copy }

    void hide(String secret) { if (secret) secrets << secret }

    String masked(String text) {
        String shown = text
        synchronized (secrets) {
            secrets.sort(false) { -it.size() }.each { String secret -> shown = shown.replace(secret, '****') }
        }
        return shown
    }

    void line(String text) {
        String shown = masked(text)
        log.append(shown).append('\n')
        if (copy != null) synchronized (copy) { copy.println(shown) }
    }

    String getText() { log.toString() }
}
