package harness

import hudson.model.Result
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException
import org.jenkinsci.plugins.workflow.steps.TimeoutStepExecution

/** One build of a job: what it was started with, what it is doing, and what comes of it. */
class Run {
    static volatile Run current

    final Map scenario
    final Console console
    final StepTable table
    final File directory
    final Map<String, Object> vars = [:]
    final Map<String, Object> params = [:]
    final Map<String, String> globals = Collections.synchronizedMap([:])
    final List<Map> stages = Collections.synchronizedList([])
    final List<Map> shells = Collections.synchronizedList([])
    final List<Map> mails = Collections.synchronizedList([])
    final List<Map> locks = Collections.synchronizedList([])
    final List<Map> started = Collections.synchronizedList([])
    final List<String> archived = Collections.synchronizedList([])
    final List<Map> tests = Collections.synchronizedList([])
    final List<Map> agents = Collections.synchronizedList([])
    final Map<String, Map> nodes = Collections.synchronizedMap([:])
    /** XML by name of what a seed has made; jobs that there are. */
    final Map<String, String> generated = new TreeMap<String, String>()
    final Map<String, Object> jobs = new TreeMap<String, Object>()
    final CurrentBuild currentBuild
    private final ThreadLocal<Context> surroundings = new ThreadLocal<Context>()

    Run(Map scenario, StepTable table, File directory, PrintStream copy) {
        this.scenario = scenario
        this.table = table
        this.directory = directory
        console = new Console(copy)
        currentBuild = new CurrentBuild(this)
        (scenario.nodes ?: [[name: 'deployer', labels: ['deployer']]]).each { nodes[it.name] = it }
        globals.putAll([JOB_NAME: "images/${scenario.job ?: 'job'}".toString(), JOB_BASE_NAME: "${scenario.job ?: 'job'}".toString(),
            BUILD_NUMBER: "${scenario.number ?: 1}".toString(), BUILD_URL: "${scenario.url ?: 'https://jenkins.invalid/job/'}".toString(),
            JENKINS_URL: 'https://jenkins.invalid/'])
        globals.putAll(scenario.environment ?: [:])
        (scenario.existing ?: []).each { jobs[it] = new org.jenkinsci.plugins.workflow.job.WorkflowJob(it as String) }
        surroundings.set(new Context())
    }

    Context getContext() { surroundings.get() }

    /** Calls `work` with a changed copy of what surrounds it. */
    def within(Closure change, Closure work) {
        Context before = surroundings.get()
        Context inner = before.copy()
        change(inner)
        surroundings.set(inner)
        try {
            return work()
        } finally {
            surroundings.set(before)
        }
    }

    /** For another thread: `work` in a copy of what surrounds us. */
    Closure carried(String branch, Closure work) {
        Context copy = surroundings.get().copy()
        copy.branch = branch
        return {
            surroundings.set(copy)
            Run.current = this
            try { work() } finally { surroundings.remove() }
        }
    }

    String variable(String name) {
        Context inner = surroundings.get()
        for (Map<String, String> level : inner.variables.reverse()) if (level.containsKey(name)) return level[name]
        if (name == 'NODE_NAME') return inner.node?.name
        if (name == 'WORKSPACE') return inner.directory?.path
        if (name == 'STAGE_NAME') return inner.stage?.name
        return globals[name]
    }

    Map<String, String> environment() {
        Map<String, String> all = new LinkedHashMap<String, String>(globals)
        params.each { name, value -> all[name] = "${value}".toString() }
        surroundings.get().variables.each { all.putAll(it) }
        ['NODE_NAME', 'WORKSPACE', 'STAGE_NAME'].each { String name -> if (variable(name) != null) all[name] = variable(name) }
        return all
    }

    /** A node with this label. One that is not there would be waited for until a timeout ends that. */
    Map nodeFor(String label) {
        Map found = nodes.values().find { !it.offline && (!label || it.name == label || (it.labels ?: []).contains(label)) }
        if (found) return found
        if (surroundings.get().deadlines.isEmpty()) throw new HarnessError("no node has the label ${label}, and nothing ends the waiting for it")
        console.line("Still waiting to schedule task: there are no nodes with the label '${label}'")
        throw timedOut()
    }

    FlowInterruptedException timedOut() {
        new FlowInterruptedException(Result.ABORTED, [TimeoutStepExecution.exceeded()])
    }

    File directoryOf(Map node) {
        File folder = node.workspace ? new File(node.workspace as String) : new File(directory, "nodes/${node.name}")
        folder.mkdirs()
        return folder
    }

    /** Notes how bad it is; it never gets better. */
    void worsen(Result result) { currentBuild.worsen(result) }

    static Result resultOf(Throwable failure) {
        failure instanceof FlowInterruptedException ? failure.result : Result.FAILURE
    }

    static String messageOf(Throwable failure) {
        if (failure instanceof FlowInterruptedException) return failure.causes*.shortDescription.join('; ')
        return failure instanceof hudson.AbortException ? failure.message : failure.toString()
    }
}
