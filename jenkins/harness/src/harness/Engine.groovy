package harness

import org.codehaus.groovy.control.CompilerConfiguration

/** Compiles a Jenkinsfile and the shared library, and leads their calls to steps. */
class Engine {
    /** What stands as a value between a step's parameters: credentials, parameters of jobs, conditions of retry. */
    private static final Set<String> SYMBOLS = ['string', 'booleanParam', 'text', 'choice', 'file', 'usernamePassword', 'usernameColonPassword',
        'sshUserPrivateKey', 'agent', 'nonresumable', 'kubernetesAgent'] as Set

    final File jenkins
    private final GroovyClassLoader loader

    /** @param jenkins the library's directory, with vars/, src/ and resources/ in it */
    Engine(File jenkins) {
        this.jenkins = jenkins
        CompilerConfiguration configuration = new CompilerConfiguration()
        configuration.scriptBaseClass = PipelineScript.name
        loader = new GroovyClassLoader(Engine.classLoader, configuration)
        File sources = new File(jenkins, 'src')
        if (sources.directory) loader.addClasspath(sources.path)
    }

    /** Runs the Jenkinsfile as the build `run`. */
    void run(File jenkinsfile, Run run) {
        Run.current = run
        Map<String, Class> classes = classes()
        Class script = compiled(jenkinsfile)
        classes.each { name, type -> run.vars[name] = type.newInstance() }
        new Checks(run.table, classes.keySet()).library(new File(jenkins, 'vars'))
        new Checks(run.table, classes.keySet()).jenkinsfile(jenkinsfile)
        script.newInstance().run()
    }

    private final Map<String, Class> known = [:]

    private Class compiled(File file) {
        String key = "${file.path} ${file.lastModified()}"
        if (!known.containsKey(key)) known[key] = loader.parseClass(file.text, (file.name - '.groovy').replaceAll(/\W/, '_') + '.groovy')
        return known[key]
    }

    private Map<String, Class> classes() {
        File folder = new File(jenkins, 'vars')
        Map<String, Class> found = new TreeMap<String, Class>()
        (folder.listFiles() ?: []).findAll { it.name.endsWith('.groovy') }.each { found[it.name - '.groovy'] = compiled(it) }
        return found
    }

    /** A call of something that the script itself has not: of the library, a step, or unknown. */
    static def call(Object script, String name, List arguments) {
        Run run = Run.current
        if (name == 'pipeline') return new DeclarativeRunner(run, script, new PipelineSpec(run, script).read(arguments.first() as Closure)).run()
        if (run.vars.containsKey(name)) return run.vars[name].invokeMethod('call', arguments as Object[])
        if (SYMBOLS.contains(name)) return [symbol: name] + (arguments ? arguments.first() as Map : [:])
        if (!run.table.knows(name)) throw new HarnessError("nobody knows ${name}(): no step of steps.tsv, nothing in jenkins/vars")
        def (parameters, body) = run.table.read(name, arguments)
        return Steps.of(run).invoke(name, parameters, body as Closure)
    }

    /** A name that the script itself does not know. */
    static def read(String name) {
        Run run = Run.current
        switch (name) {
            case 'params': return new ReadOnly('parameter', run.params)
            case 'env': return new Environment(run)
            case 'currentBuild': return run.currentBuild
            case 'scm': return [$class: 'GitSCM']
        }
        if (run.vars.containsKey(name)) return run.vars[name]
        String variable = run.variable(name)
        if (variable != null) return variable
        throw new MissingPropertyException("No such property: ${name}")
    }
}

/** `params`: what the job declares, nothing else. */
class ReadOnly {
    private final String what
    private final Map values

    ReadOnly(String what, Map values) {
        this.what = what
        this.values = values
    }

    def propertyMissing(String name) {
        if (!values.containsKey(name)) throw new HarnessError("the job declares no ${what} ${name}")
        return values[name]
    }

    def propertyMissing(String name, value) { throw new HarnessError("${what} ${name} can't be set") }

    def getAt(String name) { propertyMissing(name) }
}

/** `env`: strings; what is not there is null. */
class Environment {
    private final Run run

    Environment(Run run) { this.run = run }

    def propertyMissing(String name) { run.variable(name) }

    def propertyMissing(String name, value) { run.globals[name] = "${value}".toString() }

    def getAt(String name) { run.variable(name) }

    void putAt(String name, value) { propertyMissing(name, value) }
}
