/** What the form asks for, as options of the command line. */
List<String> call() {
    List<String> words = []
    if (params.FORCE) words << '--force'
    if (params.SKIP_PUBLISH) words << '--skip-publish'
    if (params.DEBUG) words << '--debug'
    return words
}
