package harness

import hudson.AbortException
import hudson.model.Result
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException

/** The steps that this harness runs. A method here is a step: its named parameters, its block. */
class Steps {
    private static final Map<String, Integer> UNITS = [SECONDS: 1, MINUTES: 60, HOURS: 3600, DAYS: 86400]

    final Run run
    private final Shell shell
    private final Reports reports

    private Steps(Run run) {
        this.run = run
        shell = new Shell(run)
        reports = new Reports(run)
    }

    static Steps of(Run run) { new Steps(run) }

    def invoke(String name, parameters, Closure body) {
        if (name == 'parallel') return parallel(parameters as List)
        if (name == 'archiveArtifacts') return reports.archive(parameters as Map)
        if (name == 'junit') return reports.junit(parameters as Map)
        if (name == 'emailext') return new Mail(run).send(parameters as Map)
        if (name == 'sh') return shell.sh(parameters as Map)
        def method = Steps.metaClass.methods.find { it.name == "step_${name}" }
        if (method == null) throw new HarnessError("step ${name}: the harness does not run it")
        return method.invoke(this, [parameters as Map, body] as Object[])
    }

    def step_echo(Map it, Closure body) { run.console.line(it.message as String) }

    def step_error(Map it, Closure body) { throw new AbortException(it.message as String) }

    def step_unstable(Map it, Closure body) {
        run.console.line("WARNING: ${it.message}")
        run.worsen(Result.UNSTABLE)
        if (run.context.stage) run.context.stage.status = 'UNSTABLE'
    }

    def step_script(Map it, Closure body) { body.call() }

    def step_timestamps(Map it, Closure body) { body.call() }

    def step_stage(Map it, Closure body) {
        Map told = [name: it.name, status: 'SUCCESS', branch: run.context.branch]
        run.stages << told
        run.within({ Context inner -> inner.stages << told }) {
            try {
                return body.call()
            } catch (HarnessError error) {
                throw error
            } catch (Throwable failure) {
                told.status = Run.resultOf(failure).name()
                throw failure
            }
        }
    }

    def step_node(Map it, Closure body) { onNode(it.label as String, body) }

    def onNode(String label, Closure body) {
        Map node = run.nodeFor(label)
        run.console.line("Running on ${node.name}")
        run.within({ Context inner -> inner.node = node; inner.directory = run.directoryOf(node) }, body)
    }

    def step_dir(Map it, Closure body) {
        File folder = shell.file(it.path as String)
        run.within({ Context inner -> inner.directory = folder }) { folder.mkdirs(); body.call() }
    }

    def step_deleteDir(Map it, Closure body) { shell.here('deleteDir').deleteDir() }

    def step_pwd(Map it, Closure body) { shell.here('pwd').path }

    def step_fileExists(Map it, Closure body) { shell.file(it.file as String).exists() }

    def step_readFile(Map it, Closure body) {
        File file = shell.file(it.file as String)
        if (!file.file) throw new java.nio.file.NoSuchFileException(file.path)
        return file.getText('UTF-8')
    }

    def step_writeFile(Map it, Closure body) {
        File file = shell.file(it.file as String)
        file.parentFile.mkdirs()
        file.setText(it.text as String, 'UTF-8')
    }

    def step_libraryResource(Map it, Closure body) {
        File file = new File(run.scenario.library as String, "resources/${it.resource}")
        if (!file.file) throw new AbortException("No such library resource ${it.resource} could be found.")
        return file.getText('UTF-8')
    }

    def step_withEnv(Map it, Closure body) {
        Map<String, String> known = run.environment()
        Map<String, String> added = (it.overrides as List).collectEntries { entry ->
            String text = "${entry}"
            int at = text.indexOf('=')
            if (at < 1) throw new HarnessError("withEnv: ${text} is no NAME=value")
            [text.substring(0, at), expanded(text.substring(at + 1), known)]
        } as Map<String, String>
        run.within({ Context inner -> inner.variables << added }, body)
    }

    /** $NAME and ${NAME} of what is known; $$ is a dollar. */
    private static String expanded(String text, Map<String, String> known) {
        text.replaceAll(/\$(?:\$|(\w+)|\{([\w.]+)\})/) { String whole, String bare, String braced ->
            whole == '$$' ? '$' : known.getOrDefault(bare ?: braced, whole)
        }
    }

    def step_withCredentials(Map it, Closure body) {
        Map<String, String> added = [:]
        (it.bindings as List).each { binding ->
            String id = binding.credentialsId
            String secret = (run.scenario.credentials ?: [:])[id]
            if (secret == null) throw new AbortException("Could not find credentials entry with ID '${id}'")
            run.console.hide(secret)
            added[binding.variable as String] = secret
        }
        run.within({ Context inner -> inner.variables << added }, body)
    }

    def step_timeout(Map it, Closure body) {
        int seconds = (it.time as int) * (UNITS[(it.unit ?: 'MINUTES') as String] ?: unknownUnit(it.unit))
        run.within({ Context inner -> inner.deadlines << [end: System.nanoTime() + seconds * 1_000_000_000L] }, body)
    }

    private static int unknownUnit(unit) { throw new HarnessError("timeout: there is no unit ${unit}") }

    def step_retry(Map it, Closure body) {
        int count = it.count as int
        for (int attempt = 1; ; attempt++) {
            try {
                return body.call()
            } catch (HarnessError | FlowInterruptedException failure) {
                throw failure
            } catch (Exception failure) {
                if (attempt >= count) throw failure
                run.console.line("ERROR: ${Run.messageOf(failure)}")
                run.console.line('Retrying')
            }
        }
    }

    def step_catchError(Map it, Closure body) {
        try {
            return body.call()
        } catch (HarnessError error) {
            throw error
        } catch (Throwable failure) {
            if (failure instanceof FlowInterruptedException && it.catchInterruptions == false) throw failure
            run.console.line("ERROR: ${it.message ?: Run.messageOf(failure)}")
            run.worsen(Result.valueOf((it.buildResult ?: 'FAILURE') as String))
            Result ofStage = Result.valueOf((it.stageResult ?: it.buildResult ?: 'FAILURE') as String)
            if (run.context.stage && ofStage != Result.SUCCESS) run.context.stage.status = ofStage.name()
        }
        return null
    }

    def step_warnError(Map it, Closure body) {
        step_catchError([message: it.message, buildResult: 'UNSTABLE', stageResult: 'UNSTABLE', catchInterruptions: it.catchInterruptions], body)
    }

    def step_lock(Map it, Closure body) {
        Map first = it.findAll { key, value -> key in ['resource', 'label', 'quantity'] }
        List<Map> wanted = ([first] + ((it.extra ?: []) as List)).findAll { it.resource || it.label }
        if (!wanted) throw new HarnessError('lock: names neither resource nor label')
        String nowhere = wanted*.label.find { it && !(it in (run.scenario.lockLabels ?: [])) }
        if (nowhere) throw new HarnessError("lock: nothing that is declared has the label ${nowhere}")
        List<String> names = wanted.collect { "${it.resource ?: it.label}".toString() }
        String twice = names.find { run.context.locks.contains(it) }
        if (twice) throw new HarnessError("lock: this build holds ${twice} already and would wait for itself")
        run.locks << [names: names, stage: run.context.stage?.name, held: run.context.locks.toList(),
            timeouts: run.context.deadlines.size()]
        run.console.line("Lock acquired on [${names.join(', ')}]")
        run.within({ Context inner -> inner.locks.addAll(names) }, body)
    }

    def step_milestone(Map it, Closure body) { null }

    /** Another job: noted, and ends as the scenario says. */
    def step_build(Map it, Closure body) {
        String result = ((run.scenario.jobs ?: [:]) as Map)[it.job] ?: 'SUCCESS'
        run.started << [job: it.job, parameters: (it.parameters ?: []).collectEntries { [it.name, it.value] }, wait: it.wait != false]
        if (it.wait != false && it.propagate != false && result != 'SUCCESS') throw new AbortException("${it.job} completed with status ${result}")
        Map done = [result: result, currentResult: result, absoluteUrl: "https://jenkins.invalid/${it.job}", fullProjectName: it.job]
        return it.wait == false ? null : done
    }

    /** Branches at once; all end before the first failure is told, unless failFast. */
    private def parallel(List given) {
        Map branches = [:] + (given.first() as Map)
        branches.remove('failFast')
        Map<String, Throwable> failures = Collections.synchronizedMap([:])
        Map results = Collections.synchronizedMap([:])
        List<Thread> threads = branches.collect { name, work ->
            Closure carried = run.carried(name as String, work as Closure)
            Thread.start { try { results[name] = carried() } catch (Throwable failure) { failures[name as String] = failure } }
        }
        threads*.join()
        List<Throwable> ordered = branches.keySet().collect { failures[it as String] }.findAll { it != null }
        Throwable first = ordered.find { it instanceof HarnessError } ?: (ordered ? ordered.first() : null)
        if (first != null) throw first
        return results
    }
}
