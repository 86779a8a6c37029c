package harness

import hudson.model.Result

/** Runs a declarative pipeline as Jenkins does: stages in order, what follows a failure skipped, post conditions. */
class DeclarativeRunner {
    private final Run run
    private final Object script
    private final Section pipeline
    private boolean implicitCheckout = true
    private Throwable broken

    DeclarativeRunner(Run run, Object script, Section pipeline) {
        this.run = run
        this.script = script
        this.pipeline = pipeline
    }

    void run() {
        if (pipeline.parts.agent == null) throw new HarnessError('pipeline: has no agent')
        if (pipeline.parts.stages == null) throw new HarnessError('pipeline: has no stages')
        declareParameters()
        try {
            surrounded(optionsOf(pipeline), variablesOf(pipeline), pipeline.parts.agent) {
                (pipeline.parts.stages as Section).children.each { runStage(it) }
                post(pipeline, false)
            }
        } catch (HarnessError error) {
            throw error
        } catch (Throwable failure) {
            // only what surrounds all stages can end here: a timeout, a lock, a missing agent
            note(failure)
            post(pipeline, false)
        }
    }

    private void declareParameters() {
        Map given = (run.scenario.params ?: [:]) as Map
        Section declared = pipeline.parts.parameters as Section
        (declared ? declared.calls : []).each { call ->
            Map about = call.arguments.first() as Map
            def otherwise = call.name == 'booleanParam' ? false : ''
            def value = about.containsKey('defaultValue') ? about.defaultValue : (about.choices ? choices(about).first() : otherwise)
            run.params[about.name as String] = given.containsKey(about.name) ? given[about.name] : value
        }
        // parameters of a job that its seed declares
        ((run.scenario.jobParams ?: [:]) as Map).each { name, value -> run.params.putIfAbsent(name as String, given.containsKey(name) ? given[name] : value) }
        given.keySet().each { if (!run.params.containsKey(it)) throw new HarnessError("the job has no parameter ${it}") }
    }

    private static List choices(Map about) { about.choices instanceof List ? about.choices as List : (about.choices as String).readLines() }

    private Section optionsOf(Section section) {
        Section options = new Section(section.spec, 'options', section.name)
        if (section.parts.options) section.spec.fill(options, section.parts.options as Closure)
        options.calls.each { checkOption(it) }
        if (options.calls.any { it.name == 'skipDefaultCheckout' }) implicitCheckout = false
        return options
    }

    private void checkOption(Map call) {
        if (!(call.name in ['timeout', 'lock', 'retry'])) return
        run.table.read(call.name as String, (call.arguments as List) + [{ }])
    }

    private Map<String, String> variablesOf(Section section) {
        if (!section.parts.environment) return [:]
        Section environment = section.spec.fill(new Section(section.spec, 'environment', null), section.parts.environment as Closure)
        return environment.variables.collectEntries { name, value ->
            if (value instanceof Map) {
                String secret = (run.scenario.credentials ?: [:])[value.credentials]
                if (secret == null) throw new HarnessError("there are no credentials ${value.credentials}")
                run.console.hide(secret)
                return [name, secret]
            }
            return [name, "${value}".toString()]
        } as Map<String, String>
    }

    /** `work` with a section's options, variables and agent around it. */
    private void surrounded(Section options, Map<String, String> variables, agent, Closure work) {
        Closure inner = {
            String label = labelOf(agent)
            Closure body = { run.within({ Context c -> c.variables << variables }, work) }
            label == null ? body() : Steps.of(run).onNode(label) { checkoutThere(); body() }
        }
        options.calls.reverse().each { call ->
            if (!(call.name in ['timeout', 'lock', 'retry'])) return
            Closure around = inner
            inner = {
                List read = run.table.read(call.name as String, (call.arguments as List) + [around])
                Steps.of(run).invoke(call.name as String, read.first() as Map, around)
            }
        }
        inner()
    }

    private void checkoutThere() { if (implicitCheckout) throw new HarnessError('an agent checks out the job\'s repository; say skipDefaultCheckout()') }

    /** The label that an agent wants; empty for any, null for none. */
    private String labelOf(agent) {
        if (agent == null || agent == 'none') return null
        if (agent == 'any') return ''
        Section section = pipeline.spec.fill(new Section(pipeline.spec, 'agent', null), agent as Closure)
        Map wanted = section.calls.find { it.name in ['label', 'node'] }
        if (!wanted) throw new HarnessError('agent { … }: names no label')
        return wanted.arguments.first() as String
    }

    /** @param beside it is a branch: what fails in another one meanwhile does not keep it from beginning */
    private void runStage(Section stage, boolean beside = false) {
        checkStage(stage)
        Map told = [name: stage.name, status: 'SUCCESS', branch: run.context.branch, started: System.currentTimeMillis()]
        run.stages << told
        run.within({ Context c -> c.stages << told }) {
            if (broken != null && !beside) {
                told.status = 'NOT_BUILT'
                run.console.line("Stage \"${stage.name}\" skipped due to earlier failure(s)")
                nested(stage).each { runStage(it) }
                return
            }
            run.console.line("[Pipeline] { (${stage.name})")
            try {
                guarded(stage, told)
            } catch (HarnessError error) {
                throw error
            } catch (Throwable failure) {
                note(failure)
                told.status = Run.resultOf(failure).name()
                told.reason = Run.messageOf(failure)
            }
        }
        told.node = told.node ?: null
        told.seconds = (System.currentTimeMillis() - (told.started as long)) / 1000.0d
    }

    private List<Section> nested(Section stage) { ((stage.parts.stages ?: stage.parts.parallel) as Section)?.children ?: [] }

    private static void checkStage(Section stage) {
        List bodies = ['steps', 'stages', 'parallel'].findAll { stage.parts.containsKey(it) }
        if (bodies.size() != 1) throw new HarnessError("stage '${stage.name}': has to have one of steps, stages and parallel")
        if (stage.parts.parallel && stage.parts.agent) throw new HarnessError("stage '${stage.name}': parallel stages have agents of their own")
    }

    /** Options, then when (before the agent if it says so), agent, variables, steps, post. */
    private void guarded(Section stage, Map told) {
        Section conditions = new Section(stage.spec, 'when', stage.name)
        if (stage.parts.when) stage.spec.fill(conditions, stage.parts.when as Closure)
        boolean early = conditions.calls.any { it.name in ['beforeAgent', 'beforeOptions'] && it.arguments.first() == true }
        if (early && !holds(stage, conditions)) { skip(stage, told); return }
        surrounded(optionsOf(stage), variablesOf(stage), stage.parts.agent) {
            if (!early && !holds(stage, conditions)) { skip(stage, told); return }
            told.node = run.context.node?.name
            try {
                body(stage)
            } catch (HarnessError error) {
                throw error
            } catch (Throwable failure) {
                run.worsen(Run.resultOf(failure))
                told.status = Run.resultOf(failure).name()
                post(stage, true)
                throw failure
            }
            post(stage, true)
        }
    }

    private void skip(Section stage, Map told) {
        told.status = 'SKIPPED'
        run.console.line("Stage \"${stage.name}\" skipped due to when conditional")
    }

    private boolean holds(Section stage, Section conditions) {
        conditions.calls.every { call ->
            switch (call.name) {
                case ['beforeAgent', 'beforeOptions', 'beforeInput']: return true
                case 'expression': return truth(stage.spec.steps(call.arguments.first() as Closure).call())
                case 'not':
                    Section inner = stage.spec.fill(new Section(stage.spec, 'when', null), call.arguments.first() as Closure)
                    return !holds(stage, inner)
                default: throw new HarnessError("when: the harness does not know ${call.name}")
            }
        }
    }

    private static boolean truth(value) { value ? true : false }

    private void body(Section stage) {
        if (stage.parts.steps) { (stage.parts.steps as Closure).call(); return }
        if (stage.parts.stages) {
            nested(stage).each { runStage(it) }
            if (broken != null) throw broken
            return
        }
        Map branches = nested(stage).collectEntries { Section child -> [child.name, { runStage(child, true) }] }
        Steps.of(run).invoke('parallel', [branches], null)
        if (broken != null) throw broken
    }

    private synchronized void note(Throwable failure) {
        if (broken.is(failure)) return
        run.console.line(failure instanceof InterruptedException ? "Interrupted: ${Run.messageOf(failure)}" : "ERROR: ${Run.messageOf(failure)}")
        run.worsen(Run.resultOf(failure))
        if (broken == null) broken = failure
    }

    private void post(Section section, boolean ofStage) {
        Section post = section.parts.post as Section
        if (!post) return
        Section.CONDITIONS.each { name ->
            Closure body = post.parts[name] as Closure
            if (body == null || !applies(name)) return
            try {
                body.call()
            } catch (HarnessError error) {
                throw error
            } catch (Throwable failure) {
                run.console.line("Error when executing ${name} post condition: ${Run.messageOf(failure)}")
                run.worsen(Run.resultOf(failure))
                if (ofStage && broken == null) broken = failure
            }
        }
    }

    private boolean applies(String condition) {
        String now = run.currentBuild.currentResult
        String before = run.currentBuild.previousBuild?.result
        switch (condition) {
            case ['always', 'cleanup']: return true
            case 'success': return now == 'SUCCESS'
            case 'failure': return now == 'FAILURE'
            case 'aborted': return now == 'ABORTED'
            case 'unstable': return now == 'UNSTABLE'
            case 'unsuccessful': return now != 'SUCCESS'
            case 'changed': return before != now
            case 'fixed': return now == 'SUCCESS' && before in ['FAILURE', 'UNSTABLE', 'ABORTED']
            default: return before != null && Result.valueOf(now).isWorseThan(Result.valueOf(before))
        }
    }
}
