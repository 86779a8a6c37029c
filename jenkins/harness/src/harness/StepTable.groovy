package harness

/** Which steps there are and what they take: steps.tsv. */
class StepTable {
    private final Map<String, Map> rows = [:]

    StepTable(File table) {
        table.eachLine { line ->
            if (line.startsWith('#') || line.trim().isEmpty()) return
            def (name, alone, block, named) = line.split('\t', -1).toList() + ['']
            def types = named.trim().isEmpty() || named == 'any' ? [:]
                : named.split(' ').collectEntries { def (parameter, type) = it.split(':').toList(); [parameter, type] }
            rows[name] = [alone: alone == '-' ? null : alone, block: block == 'yes', any: named == 'any', types: types]
        }
    }

    boolean knows(String name) { rows.containsKey(name) }

    /** The named parameters and the block of a call. Throws a HarnessError when the step does not take them. */
    List read(String name, List arguments) {
        def row = rows[name]
        if (row == null) throw new HarnessError("step ${name}: is not in steps.tsv")
        def rest = arguments.toList()
        Closure body = null
        if (row.block) {
            if (!(rest && rest.last() instanceof Closure)) throw new HarnessError("step ${name}: takes a block")
            body = rest.removeAt(rest.size() - 1)
        }
        if (row.any) return [rest, body]
        def named = [:]
        if (rest && rest.first() instanceof Map) named.putAll(rest.removeAt(0))
        if (rest.size() > 1) throw new HarnessError("step ${name}: takes at most one parameter without a name, got ${rest.size()}")
        if (rest) {
            if (row.alone == null) throw new HarnessError("step ${name}: takes no parameter without a name")
            named[row.alone] = rest.first()
        }
        named.each { parameter, value -> check(name, row.types, parameter as String, value) }
        return [named, body]
    }

    private static void check(String step, Map types, String parameter, Object value) {
        def type = types[parameter]
        if (type == null) {
            throw new HarnessError("step ${step}: has no parameter ${parameter}; there are ${types.keySet().join(', ') ?: 'none'}")
        }
        if (value != null && !fits(type as String, value)) {
            throw new HarnessError("step ${step}: parameter ${parameter} wants ${type}, got ${value.getClass().simpleName}")
        }
    }

    private static boolean fits(String type, Object value) {
        switch (type) {
            case 'String': return value instanceof CharSequence
            case 'boolean': return value instanceof Boolean
            case 'Integer': return value instanceof Integer || value instanceof Long
            case 'Double': return value instanceof Number
            case 'List': return value instanceof List || value.getClass().isArray()
            default: return value instanceof Map
        }
    }
}
