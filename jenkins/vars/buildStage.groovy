/** Runs one of the 15 stages by the command that a shell uses; what fails is remembered for the mail. */
def call(String stage) {
    env.FAILED_STAGE = stage
    env.FAILED_LOG = "logs/${stageTable.numbered(stage)}.log"
    withReason {
        // what stage 1 found out is not there when somebody begins behind it
        if (stage != 'initialise' && !env.OWNER) error("nothing is known of this build at stage ${stage}: start it from its beginning")
        lock(resource: "image-${params.IMAGE}") {
            switch (stage) {
                case 'initialise': initialiseBuild(); break
                case 'destroy-build-host': endBuild.destroy(); break
                default: upTo(stage)
            }
        }
        if (stageTable.onHost(stage)) hostLog(stage)
    }
    env.FAILED_STAGE = ''
}

private void upTo(String stage) {
    // before the command: what it made by halves has to go, too
    if (stage == 'spawn-build-host') env.SPAWNED = 'true'
    if (stage == 'clean-up') env.CLEANED_UP = 'true'
    List part = params.TESTS_ONLY ? ['--only', stage] : ['--until', stage]
    // the host's end is a stage of its own
    List words = ['build', params.IMAGE] + part + ['--keep-host'] + buildForm.options()
    if (stage == 'distribute') regionStages(words)
    else if (!(params.TESTS_ONLY && stage == 'add-agent')) factoryCommand(words, log: env.FAILED_LOG)
    if (stage == 'add-agent') addBuildAgent()
    if (stage == 'checkout') env.UNCHANGED = factoryJson(['build', 'show', params.IMAGE])?.unchanged ? 'true' : 'false'
}
