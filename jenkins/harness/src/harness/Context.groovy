package harness

/** What surrounds a step: stage, node, directory, variables, time limits. Each branch of a parallel has its own. */
class Context {
    List<Map> stages = []
    Map node
    File directory
    List<Map<String, String>> variables = []
    /** Ends of the timeouts around, the outermost first: [end: nanoseconds, minutes: …]. */
    List<Map> deadlines = []
    List<String> locks = []
    String branch

    Context copy() {
        new Context(stages: stages.toList(), node: node, directory: directory, variables: variables.toList(),
            deadlines: deadlines.toList(), locks: locks.toList(), branch: branch)
    }

    Map getStage() { stages ? stages.last() : null }
}
