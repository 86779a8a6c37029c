package harness

/** What stands in a block, in order: [word, values, inner block]. */
class JobDslBlock {
    final String kind
    final List<List> entries = []

    JobDslBlock(String kind) { this.kind = kind }

    JobDslBlock fill(Closure body) {
        Closure block = body.clone() as Closure
        block.delegate = this
        block.resolveStrategy = Closure.DELEGATE_FIRST
        block.call()
        return this
    }

    def methodMissing(String word, arguments) {
        List given = arguments as List
        List<String> words = JobDsl.WORDS[kind] ?: []
        if (!words.contains(word)) throw new HarnessError("Job DSL: ${word} does not belong into ${kind}; there may be ${words.join(', ')}")
        Closure inner = given && given.last() instanceof Closure ? given.last() as Closure : null
        entries << [word, given.findAll { !(it instanceof Closure) }, inner == null ? null : new JobDslBlock(word).fill(inner)]
        return null
    }

    /** The value of a word, or its default. */
    def value(String word, fallback = null) { entries.find { it[0] == word }?.get(1)?.first() ?: fallback }

    JobDslBlock inner(String word) { entries.find { it[0] == word }?.get(2) as JobDslBlock }

    boolean has(String word) { entries.any { it[0] == word } }
}
