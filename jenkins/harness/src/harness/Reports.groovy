package harness

import hudson.AbortException
import hudson.model.Result

import java.nio.file.FileSystems
import java.nio.file.Path

/** junit and archiveArtifacts: files of the workspace by Ant's patterns. */
class Reports {
    private final Run run

    Reports(Run run) { this.run = run }

    def archive(Map it) {
        List<String> found = matching(it.artifacts as String, it.excludes as String)
        if (!found && !it.allowEmptyArchive) throw new AbortException("No artifacts found that match the file pattern \"${it.artifacts}\"")
        File kept = new File(run.directory, 'archive')
        found.each { String name ->
            File target = new File(kept, name)
            target.parentFile.mkdirs()
            target.bytes = new File(here(), name).bytes
            run.archived << name
        }
    }

    def junit(Map it) {
        List<String> found = matching(it.testResults as String, null)
        if (!found && !it.allowEmptyResults) throw new AbortException('No test report files were found. Configuration error?')
        Map counts = [total: 0, failed: 0, skipped: 0]
        found.each { String name ->
            new XmlSlurper().parse(new File(here(), name)).depthFirst().findAll { it.name() == 'testcase' }.each { test ->
                counts.total++
                if (test.failure.size() + test.error.size() > 0) counts.failed++
                if (test.skipped.size() > 0) counts.skipped++
            }
        }
        run.tests << ([files: found] + counts)
        if (counts.failed > 0 && !it.skipMarkingBuildUnstable) run.worsen(Result.UNSTABLE)
        return [totalCount: counts.total, failCount: counts.failed, skipCount: counts.skipped, passCount: counts.total - counts.failed - counts.skipped]
    }

    private File here() { new Shell(run).here('files') }

    private List<String> matching(String patterns, String excludes) {
        File top = here()
        List wanted = patterns.split(/\s*,\s*/).collect { matcher(it) }
        List unwanted = excludes ? excludes.split(/\s*,\s*/).collect { matcher(it) } : []
        List<String> names = []
        if (top.directory) top.eachFileRecurse { if (it.file) names << top.toPath().relativize(it.toPath()).toString() }
        return names.findAll { String name -> wanted.any { it(name) } && !unwanted.any { it(name) } }.sort()
    }

    /** Ant: `**` between slashes stands for no directory, too. */
    private static Closure matcher(String pattern) {
        List globs = [pattern, pattern.replace('**/', '')].unique().collect { FileSystems.default.getPathMatcher("glob:${it}") }
        return { String name -> Path path = FileSystems.default.getPath(name); globs.any { it.matches(path) } }
    }
}
