package javaposse.jobdsl.plugin

class JenkinsJobManagement {
    final Map<String, Object> parameters

    JenkinsJobManagement(PrintStream log, Map<String, ?> parameters, File workspace) { this.parameters = parameters }
}
