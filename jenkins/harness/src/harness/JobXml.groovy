package harness

import groovy.xml.MarkupBuilder

/** A folder, a pipeline job or a list view as Jenkins keeps it: config.xml. */
class JobXml {
    /** Job DSL's word for a column, by its class. */
    private static final Map<String, String> COLUMNS = [status: 'Status', weather: 'Weather', name: 'Job', lastSuccess: 'LastSuccess',
        lastFailure: 'LastFailure', lastDuration: 'LastDuration', buildButton: 'BuildButton']

    private final JobDslBlock block
    private final StringWriter out = new StringWriter()
    private final MarkupBuilder xml

    JobXml(JobDslBlock block) {
        this.block = block
        xml = new MarkupBuilder(new IndentPrinter(out, '  '))
        xml.doubleQuotes = true
    }

    String text() {
        "${block.kind}"()
        return out.toString() + '\n'
    }

    private void folder() {
        xml.'com.cloudbees.hudson.plugins.folder.Folder' {
            description(block.value('description', ''))
            displayName(block.value('displayName', ''))
        }
    }

    private void listView() {
        JobDslBlock named = block.inner('jobs')
        xml.'hudson.model.ListView' {
            description(block.value('description', ''))
            recurse(block.value('recurse', false))
            jobNames { named.entries.findAll { it[0] == 'name' }.each { entry -> string(entry[1].first()) } }
            columns { block.inner('columns').entries.each { entry -> "hudson.views.${COLUMNS[entry[0] as String]}Column"() } }
        }
    }

    private void pipelineJob() {
        xml.'flow-definition' {
            description(block.value('description', ''))
            keepDependencies(block.value('keepDependencies', false))
            disabled(block.value('disabled', false))
            properties { theProperties() }
            theDefinition(block.inner('definition').inner('cpsScm'))
        }
    }

    private void theProperties() {
        JobDslBlock rotator = block.inner('logRotator')
        if (rotator) {
            xml.'jenkins.model.BuildDiscarderProperty' {
                strategy('class': 'hudson.tasks.LogRotator') {
                    daysToKeep(rotator.value('daysToKeep', -1))
                    numToKeep(rotator.value('numToKeep', -1))
                    artifactNumToKeep(rotator.value('artifactNumToKeep', -1))
                }
            }
        }
        if (block.has('parameters')) {
            xml.'hudson.model.ParametersDefinitionProperty' {
                parameterDefinitions { block.inner('parameters').entries.each { parameter(it[0] as String, it[1] as List) } }
            }
        }
        JobDslBlock properties = block.inner('properties')
        if (properties?.has('disableConcurrentBuilds')) {
            xml.'org.jenkinsci.plugins.workflow.job.properties.DisableConcurrentBuildsJobProperty' {
                abortPrevious(properties.inner('disableConcurrentBuilds').value('abortPrevious', false))
            }
        }
        if (properties?.has('pipelineTriggers')) {
            JobDslBlock cron = properties.inner('pipelineTriggers').inner('triggers').inner('cron')
            xml.'org.jenkinsci.plugins.workflow.job.properties.PipelineTriggersJobProperty' {
                triggers { 'hudson.triggers.TimerTrigger' { spec(cron.value('spec')) } }
            }
        }
    }

    private void parameter(String kind, List given) {
        String text = given.size() > 2 ? given[2] : ''
        switch (kind) {
            case 'choiceParam':
                xml.'hudson.model.ChoiceParameterDefinition' {
                    name(given[0])
                    choices('class': 'java.util.Arrays$ArrayList') { a('class': 'string-array') { given[1].each { choice -> string(choice) } } }
                    description(text)
                }
                break
            case 'stringParam': xml.'hudson.model.StringParameterDefinition' { name(given[0]); defaultValue(given[1]); description(text) }; break
            default: xml.'hudson.model.BooleanParameterDefinition' { name(given[0]); defaultValue(given[1]); description(text) }
        }
    }

    private void theDefinition(JobDslBlock cps) {
        JobDslBlock repository = cps.inner('scm').inner('git')
        xml.definition('class': 'org.jenkinsci.plugins.workflow.cps.CpsScmFlowDefinition') {
            scriptPath(cps.value('scriptPath'))
            lightweight(cps.value('lightweight', false))
            scm('class': 'hudson.plugins.git.GitSCM') {
                userRemoteConfigs { 'hudson.plugins.git.UserRemoteConfig' { url(repository.inner('remote').value('url')) } }
                branches { 'hudson.plugins.git.BranchSpec' { name(repository.value('branch')) } }
            }
        }
    }
}
