package harness

/** What a Jenkinsfile and the steps of a library are: scripts that know steps, library variables, params, env. */
abstract class PipelineScript extends Script {
    def methodMissing(String name, arguments) { Engine.call(this, name, arguments as List) }

    def propertyMissing(String name) { Engine.read(name) }

    def propertyMissing(String name, value) { binding.setVariable(name, value) }

    // Groovy's own, which would be found first
    def sleep(Map arguments) { Engine.call(this, 'sleep', [arguments]) }
    def sleep(int seconds) { Engine.call(this, 'sleep', [seconds]) }
    @Override void println(value) { Run.current.console.line("${value}") }
    @Override void print(value) { Run.current.console.line("${value}") }
    @Override void println() { Run.current.console.line('') }
}
