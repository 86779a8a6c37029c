// Job DSL: a job for each image of the catalogue, in a folder for each family of operating systems. CATALOGUE is what
// `factory jenkins catalogue --json` prints; GIT and COMMIT are where Jenkins takes the pipeline from, BRANCH is whose
// recipes are the usual ones.
import groovy.json.JsonSlurper

List images = new JsonSlurper().parseText(CATALOGUE) as List

folder('images') {
    displayName('Images')
    description('A job for each image of the catalogue')
}

images*.family.unique().sort().each { String family ->
    folder("images/${family}") {
        displayName(family)
        description("Images of ${family}")
    }
}

images.each { Map image ->
    pipelineJob("images/${image.family}/${image.name}") {
        description("${image.description}. Owner: ${image.owner}${image.untested ? '. UNTESTED: ' + image.untested : ''}")
        disabled(false)
        keepDependencies(false)
        logRotator {
            numToKeep(500)
            artifactNumToKeep(20)
        }
        parameters {
            choiceParam('IMAGE', [image.name], 'The image that this job builds')
            stringParam('RECIPES', '', "Branch, tag or commit whose images/ is built; empty: ${BRANCH}. Pipeline and tools stay those of the factory, and \
whose the image is says ${BRANCH}")
            stringParam('REGIONS', '', "Some of ${image.regions.join(', ')}, separated by commas; empty: all. ${image.regions.first()}, where it is built, \
always is one")
            booleanParam('FORCE', false, 'Build although nothing has changed')
            booleanParam('KEEP_HOST', false, "Keep the build host, until ${image.hostHours} hours after the build's beginning")
            booleanParam('SKIP_PUBLISH', false, 'Make no publish request')
            booleanParam('TESTS_ONLY', false, 'Only run the tests again, on a host that was kept; it is destroyed after, unless KEEP_HOST is ticked again')
            stringParam('NOTIFY', '', 'Mail addresses of more people who are told, separated by commas')
            booleanParam('DEBUG', false, 'Let the builder tell everything that it does')
        }
        properties {
            disableConcurrentBuilds { abortPrevious(false) }
            if (image.schedule && !image.untested) {
                pipelineTriggers {
                    triggers {
                        cron { spec(image.schedule) }
                    }
                }
            }
        }
        definition {
            cpsScm {
                // a commit by its name: what is checked out by halves has to be a branch
                lightweight(false)
                scm {
                    git {
                        remote { url(GIT) }
                        branch(COMMIT)
                    }
                }
                scriptPath('jenkins/jobs/image.Jenkinsfile')
            }
        }
    }
}

listView('nightly') {
    description('Images that are built by themselves')
    recurse(true)
    jobs {
        images.findAll { it.schedule && !it.untested }.each { name("images/${it.family}/${it.name}") }
    }
    columns {
        status()
        weather()
        name()
        lastSuccess()
        lastFailure()
        lastDuration()
        buildButton()
    }
}
