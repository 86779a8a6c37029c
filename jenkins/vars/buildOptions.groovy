/** What the form asks for, as options of the command line. */
List<String> call() {
    List<String> words = recipes()
    if (params.REGIONS) words += ['--regions', params.REGIONS.replace(' ', '')]
    if (params.FORCE) words << '--force'
    if (params.SKIP_PUBLISH) words << '--skip-publish'
    if (params.DEBUG) words << '--debug'
    return words
}

List<String> recipes() {
    return params.RECIPES ? ['--ref', params.RECIPES] : []
}
