package harness

import hudson.model.Result

/** `currentBuild` as pipelines see it. */
class CurrentBuild {
    private final Run run
    private Result set
    String description
    String displayName
    final long startTimeInMillis = System.currentTimeMillis()

    CurrentBuild(Run run) {
        this.run = run
        displayName = "#${run.scenario.number ?: 1}"
    }

    synchronized void worsen(Result result) { if (set == null || result.isWorseThan(set)) set = result }

    String getResult() { set?.name() }
    void setResult(String name) { worsen(Result.valueOf(name)) }
    String getCurrentResult() { (set ?: Result.SUCCESS).name() }
    boolean resultIsBetterOrEqualTo(String other) { !(set ?: Result.SUCCESS).isWorseThan(Result.valueOf(other)) }
    boolean resultIsWorseOrEqualTo(String other) { (set ?: Result.SUCCESS).isWorseOrEqualTo(Result.valueOf(other)) }
    int getNumber() { (run.scenario.number ?: 1) as int }
    long getDuration() { System.currentTimeMillis() - startTimeInMillis }
    String getDurationString() { "${(duration / 1000) as int} sec and counting" }
    String getAbsoluteUrl() { run.globals.BUILD_URL }
    String getProjectName() { run.globals.JOB_BASE_NAME }
    String getFullProjectName() { run.globals.JOB_NAME }
    List getBuildCauses(String type) { (run.scenario.causes ?: []).findAll { it._class == type } }
    List getBuildCauses() { (run.scenario.causes ?: [[shortDescription: 'Started by user']]) as List }

    /** The build before this one: its result is all that can be asked, and what was before it; null when there was none. */
    Map getPreviousBuild() { before([run.scenario.previous ?: []].flatten()) }
    Map getPreviousCompletedBuild() { previousBuild }

    private static Map before(List results) {
        results ? [result: results.first(), currentResult: results.first(), previousBuild: before(results.tail())] : null
    }

    def propertyMissing(String name) { throw new HarnessError("currentBuild has no ${name}") }
    def methodMissing(String name, arguments) { throw new HarnessError("currentBuild has no ${name}()") }
}
