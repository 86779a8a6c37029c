/** The result of the newest build before this one; one that was refused to somebody counts for none. Null without one. */
String call() {
    def build = currentBuild.previousBuild
    while (build != null && build.result == 'NOT_BUILT') build = build.previousBuild
    return build?.result
}
