package harness

import hudson.AbortException
import hudson.model.Result
import jenkins.model.CauseOfInterruption
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException

import java.util.concurrent.TimeUnit

/** The step `sh`: really runs, or answers as the scenario's `shell` rules say. */
class Shell {
    private final Run run

    Shell(Run run) { this.run = run }

    /** The directory of the step `what`, which needs a node. */
    File here(String what) {
        if (run.context.directory == null) throw new HarnessError("step ${what}: needs a node around it")
        return run.context.directory
    }

    File file(String name) {
        File given = new File(name)
        return given.absolute ? given : new File(here('file'), name)
    }

    def sh(Map it) {
        if (it.returnStatus && it.returnStdout) throw new HarnessError('step sh: returnStatus and returnStdout exclude each other')
        File directory = here('sh')
        String script = it.script
        Map rule = ((run.scenario.shell ?: []) as List).find { matches(it as Map, script) } as Map
        run.console.line("+ ${it.label ?: script.readLines().findAll { !it.startsWith('#!') && !it.startsWith('set ') }.join('; ')}")
        Map told = [stage: run.context.stage?.name, node: run.context.node.name, script: script, label: it.label, branch: run.context.branch]
        run.shells << told
        Map done = rule != null || run.scenario.shell != null ? pretended(rule ?: [:], told) : really(script, directory, it.returnStdout as boolean)
        told.status = done.status
        if (it.returnStatus) return done.status
        if (done.status != 0) throw new AbortException("script returned exit code ${done.status}")
        return it.returnStdout ? done.stdout : null
    }

    /** A rule says in which stage, for which script, and the how manieth time it is meant. */
    private boolean matches(Map rule, String script) {
        if (rule.stage != null && rule.stage != run.context.stage?.name) return false
        if (rule.match != null && !(script =~ rule.match)) return false
        if (rule.times == null) return true
        rule.used = (rule.used ?: 0) + 1
        return rule.used <= (rule.times as int)
    }

    private Map pretended(Map rule, Map told) {
        ((rule.lines ?: []) as List).each { run.console.line(it as String) }
        (rule.files ?: [:]).each { name, text ->
            File file = file(name as String)
            file.parentFile.mkdirs()
            file.setText(text as String, 'UTF-8')
        }
        if (rule.abort) {
            told.status = 'aborted'
            throw new FlowInterruptedException(Result.ABORTED, [new CauseOfInterruption('Aborted by somebody')])
        }
        if (rule.hang) {
            told.status = 'hangs'
            if (run.context.deadlines.isEmpty()) throw new HarnessError('a script that hangs, and no timeout around it')
            throw run.timedOut()
        }
        return [status: (rule.status ?: 0) as int, stdout: (rule.stdout ?: '') as String]
    }

    private Map really(String script, File directory, boolean captured) {
        directory.mkdirs()
        File file = File.createTempFile('step-', '.sh')
        file.setText(script, 'UTF-8')
        file.executable = true
        try {
            // like Jenkins: sh -xe unless the script names its own interpreter
            List<String> command = script.startsWith('#!') ? [file.path] : ['sh', '-xe', file.path]
            ProcessBuilder builder = new ProcessBuilder(command).directory(directory)
            builder.environment().putAll(run.environment())
            return await(builder.start(), captured)
        } finally {
            file.delete()
        }
    }

    private Map await(Process process, boolean captured) {
        StringBuffer stdout = new StringBuffer()
        Thread out = Thread.start { process.inputStream.eachLine('UTF-8') { if (captured) stdout.append(it).append('\n') else run.console.line(it) } }
        Thread err = Thread.start { process.errorStream.eachLine('UTF-8') { run.console.line(it) } }
        process.outputStream.close()
        long end = run.context.deadlines.collect { it.end as long }.min() ?: Long.MAX_VALUE
        boolean ended = end == Long.MAX_VALUE ? process.waitFor() >= 0 : process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)
        if (!ended) {
            process.descendants().each { it.destroy() }
            process.destroy()
            if (!process.waitFor(30, TimeUnit.SECONDS)) process.destroyForcibly()
            throw run.timedOut()
        }
        out.join()
        err.join()
        return [status: process.exitValue(), stdout: stdout.toString()]
    }
}
