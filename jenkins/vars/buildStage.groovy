/** Runs one of the 15 stages by the command that a shell uses; what fails is remembered for the mail. */
def call(String stage) {
    env.FAILED_STAGE = stage
    env.FAILED_LOG = "logs/${stageTable.numbered(stage)}.log"
    lock(resource: "image-${params.IMAGE}") {
        switch (stage) {
            case 'initialise': initialise(); break
            case 'destroy-build-host': endBuild.destroy(); break
            default: upTo(stage)
        }
    }
    if (stageTable.onHost(stage)) hostLog(stage)
    env.FAILED_STAGE = ''
}

/** Everything is checked before anything is made, and whether there is anything to do. */
private void initialise() {
    sh(label: 'an empty workspace', script: 'rm -rf logs artefacts statistics recipes')
    checkoutRecipes(params.RECIPES)
    Map job = factoryJson(['jenkins', 'catalogue', '--image', params.IMAGE])
    if (job == null) error("the catalogue has no ${params.IMAGE}, or its file is wrong: see above")
    mayBuild(job.owner)
    env.OWNER = job.owner
    env.TEAM = job.team
    env.CHOSEN_REGIONS = (params.REGIONS ?: job.regions.join(',')).replace(' ', '')
    List part = params.TESTS_ONLY ? ['--only', 'test'] : []
    factoryCommand(['build', params.IMAGE, '--dry-run'] + part + buildOptions(), log: env.FAILED_LOG)
    if (params.TESTS_ONLY) env.SPAWNED = 'true'
    if (params.FORCE || params.TESTS_ONLY) return
    int status = factoryCommand(['internal', 'unchanged', '--image', params.IMAGE], log: env.FAILED_LOG, status: true)
    env.UNCHANGED = status == 0 ? 'true' : 'false'
}

private void upTo(String stage) {
    // before the command: what it made by halves has to go, too
    if (stage == 'spawn-build-host') env.SPAWNED = 'true'
    if (stage == 'clean-up') env.CLEANED_UP = 'true'
    List part = params.TESTS_ONLY ? ['--only', stage] : ['--until', stage]
    // the host's end is a stage of its own
    List words = ['build', params.IMAGE] + part + ['--keep-host'] + buildOptions()
    if (stage == 'distribute') regionStages(words)
    else if (!(params.TESTS_ONLY && stage == 'add-agent')) factoryCommand(words, log: env.FAILED_LOG)
    if (stage == 'add-agent') addBuildAgent()
    if (stage == 'checkout') env.UNCHANGED = factoryJson(['build', 'show', params.IMAGE])?.unchanged ? 'true' : 'false'
}
