package harness

/**
 * Runs Job DSL scripts, as far as ours go, into the XML that Jenkins keeps of a job. What it does not know it refuses.
 */
class JobDsl {
    /** Which words a block may hold; a word that has a block of its own is a key itself. */
    static final Map<String, List<String>> WORDS = [
        folder: ['displayName', 'description'],
        pipelineJob: ['description', 'displayName', 'disabled', 'keepDependencies', 'logRotator', 'parameters', 'properties', 'definition'],
        logRotator: ['numToKeep', 'artifactNumToKeep', 'daysToKeep'],
        parameters: ['choiceParam', 'stringParam', 'booleanParam'],
        properties: ['disableConcurrentBuilds', 'pipelineTriggers'],
        disableConcurrentBuilds: ['abortPrevious'],
        pipelineTriggers: ['triggers'],
        triggers: ['cron'],
        cron: ['spec'],
        definition: ['cpsScm'],
        cpsScm: ['lightweight', 'scm', 'scriptPath'],
        scm: ['git'],
        git: ['remote', 'branch'],
        remote: ['url', 'credentials'],
        listView: ['description', 'recurse', 'jobs', 'columns'],
        jobs: ['name', 'regex'],
        columns: ['status', 'weather', 'name', 'lastSuccess', 'lastFailure', 'lastDuration', 'buildButton'],
    ]

    final Map<String, String> items = [:]
    final List<String> jobs = []
    final List<String> queued = []
    private final Map<String, Object> parameters

    JobDsl(Map<String, Object> parameters) { this.parameters = parameters }

    void run(String script) {
        Binding binding = new Binding(new LinkedHashMap(parameters))
        Script parsed = new GroovyShell(binding).parse(script)
        JobDsl dsl = this
        parsed.metaClass.methodMissing = { String word, arguments -> dsl.top(word, arguments as List) }
        parsed.run()
    }

    private def top(String word, List given) {
        if (word == 'queue') { queued << (given.first() as String); return null }
        if (!(word in ['folder', 'pipelineJob', 'listView'])) throw new HarnessError("Job DSL: nobody knows ${word}()")
        String name = given.first()
        String parent = name.contains('/') ? name.substring(0, name.lastIndexOf('/')) : null
        if (parent != null && !items.containsKey(parent)) throw new HarnessError("Job DSL: ${name}: there is no folder ${parent}")
        if (items.containsKey(name)) throw new HarnessError("Job DSL: ${name} is made twice")
        JobDslBlock block = new JobDslBlock(word).fill(given.last() as Closure)
        items[name] = new JobXml(block).text()
        if (word == 'pipelineJob') jobs << name
        return null
    }
}
