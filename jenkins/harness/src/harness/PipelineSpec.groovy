package harness

/** What stands in a `pipeline { … }`, read without running any step of it. */
class PipelineSpec {
    final Section root
    private final Run run
    private final Object script

    PipelineSpec(Run run, Object script) {
        this.run = run
        this.script = script
        root = new Section(this, 'pipeline', null)
    }

    Section read(Closure body) { fill(root, body) }

    /** Calls a section's block with its words as the only ones that there are. */
    Section fill(Section section, Closure body) {
        Closure block = body.clone() as Closure
        block.delegate = section
        block.resolveStrategy = Closure.DELEGATE_ONLY
        block.call()
        return section
    }

    /** A block of steps, which belongs to the script. */
    Closure steps(Closure body) { body.rehydrate(script, script, script) }
}

/** One block: what it holds, by name. The words that each may hold are in WORDS. */
class Section {
    static final Map<String, Map<String, String>> WORDS = [
        pipeline: [agent: 'agent', options: 'calls', triggers: 'calls', parameters: 'calls', environment: 'variables',
            stages: 'stages', post: 'conditions', tools: 'calls', libraries: 'calls'],
        stages: [stage: 'stage'],
        parallel: [stage: 'stage'],
        stage: [agent: 'agent', options: 'calls', environment: 'variables', when: 'calls', input: 'calls', steps: 'steps',
            stages: 'stages', parallel: 'stages', failFast: 'value', post: 'conditions', tools: 'calls'],
    ]
    static final List<String> CONDITIONS = ['always', 'changed', 'fixed', 'regression', 'aborted', 'failure', 'success',
        'unstable', 'unsuccessful', 'cleanup']
    /** Read when the build comes there, like the agent and the variables: they may refer to what is not known before. */
    static final List<String> LATER = ['options', 'when']
    /** What else may hold which words. */
    static final Map<String, List<String>> CALLS = [
        options: ['buildDiscarder', 'disableConcurrentBuilds', 'disableResume', 'disableRestartFromStage', 'preserveStashes', 'quietPeriod',
            'skipDefaultCheckout', 'skipStagesAfterUnstable', 'parallelsAlwaysFailFast', 'timestamps', 'timeout', 'lock', 'retry', 'durabilityHint',
            'overrideIndexTriggers', 'checkoutToSubdirectory', 'newContainerPerStage', 'logRotator'],
        triggers: ['cron', 'pollSCM', 'upstream'],
        parameters: ['string', 'text', 'booleanParam', 'choice', 'password'],
        when: ['expression', 'beforeAgent', 'beforeOptions', 'beforeInput', 'not', 'anyOf', 'allOf', 'environment', 'equals',
            'branch', 'buildingTag', 'triggeredBy'],
        agent: ['label', 'node', 'customWorkspace'],
        tools: [],
        libraries: ['lib'],
        input: ['message', 'id', 'ok', 'submitter', 'submitterParameter', 'parameters'],
    ]

    /** Named parameters of options that are no steps. */
    static final Map<String, List<String>> PARAMETERS = [
        logRotator: ['daysToKeepStr', 'numToKeepStr', 'artifactDaysToKeepStr', 'artifactNumToKeepStr', 'removeLastBuild'],
        disableConcurrentBuilds: ['abortPrevious'],
        preserveStashes: ['buildCount'],
    ]

    final PipelineSpec spec
    final String kind
    final String name
    final Map<String, Object> parts = [:]
    final List<Section> children = []
    final List<Map> calls = []
    final Map<String, Object> variables = [:]

    Section(PipelineSpec spec, String kind, String name) {
        this.spec = spec
        this.kind = kind
        this.name = name
    }

    def methodMissing(String word, arguments) {
        List given = arguments as List
        if (WORDS.containsKey(kind)) return part(word, given)
        if (kind == 'post') return condition(word, given)
        if (kind == 'environment' && word == 'credentials') return [credentials: given.first()]
        if (!CALLS.containsKey(kind) || !CALLS[kind].contains(word)) throw unknown(word)
        String wrong = kind == 'options' && PARAMETERS.containsKey(word) && given && given.first() instanceof Map
            ? (given.first() as Map).keySet().find { !(it in PARAMETERS[word]) } : null
        if (wrong) throw new HarnessError("${word}: has no parameter ${wrong}; there are ${PARAMETERS[word].join(', ')}")
        calls << [name: word, arguments: given]
        return [(word): given]
    }

    def propertyMissing(String word) {
        if (kind in ['pipeline', 'stage'] && word in ['none', 'any']) return word
        if (kind == 'environment' && variables.containsKey(word)) return variables[word]
        return Engine.read(word)
    }

    def propertyMissing(String word, value) {
        if (kind != 'environment') throw new HarnessError("${where()}: ${word} = … is no declaration")
        variables[word] = value
    }

    private def part(String word, List given) {
        String how = WORDS[kind][word]
        if (how == null) throw unknown(word)
        if (how == 'stage') {
            if (given.size() != 2) throw new HarnessError("${where()}: a stage has a name and a block")
            if (children.any { it.name == given[0] as String }) throw new HarnessError("${where()}: has the stage '${given[0]}' twice")
            children << spec.fill(new Section(spec, 'stage', given[0] as String), given[1] as Closure)
            return new EndOfLine(word)
        }
        if (parts.containsKey(word)) throw new HarnessError("${where()}: has ${word} twice")
        switch (how) {
            case ['agent', 'variables', 'value']: parts[word] = given.first(); break
            case 'steps': parts.steps = spec.steps(given.first() as Closure); break
            case 'stages':
                parts[word] = spec.fill(new Section(spec, word, null), given.first() as Closure)
                if (!parts[word].children) throw new HarnessError("${word}: has no stage")
                break
            case 'conditions': parts.post = spec.fill(new Section(spec, 'post', null), given.first() as Closure); break
            default: parts[word] = LATER.contains(word) ? given.first() : spec.fill(new Section(spec, word, null), given.first() as Closure)
        }
        return new EndOfLine(word)
    }

    private def condition(String word, List given) {
        if (!CONDITIONS.contains(word)) throw new HarnessError("post: there is no condition ${word}; there are ${CONDITIONS.join(', ')}")
        if (parts.containsKey(word)) throw new HarnessError("post: has ${word} twice")
        parts[word] = spec.steps(given.first() as Closure)
        return null
    }

    private HarnessError unknown(String word) {
        Collection<String> there = WORDS[kind]?.keySet() ?: CALLS[kind]
        return new HarnessError("${where()}: ${word} does not belong there; there may be ${there.join(', ')}")
    }

    private String where() { name == null ? kind : "${kind} '${name}'" }
}

/** What stands behind a section on its line would be a call on it, which Jenkins refuses. */
class EndOfLine {
    private final String word

    EndOfLine(String word) { this.word = word }

    def methodMissing(String next, arguments) { throw new HarnessError("${next} stands on the line of ${word}: each section has a line of its own") }
}
