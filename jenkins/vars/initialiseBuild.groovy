/** Stage 1: everything is checked before anything is made, and whether there is anything to do. */
def call() {
    sh(label: 'an empty workspace', script: 'rm -rf logs artefacts statistics recipes')
    // the usual branch says whose an image is: in another one anybody may have written themselves
    checkoutRecipes('')
    Map job = factoryJson(['jenkins', 'catalogue', '--image', params.IMAGE], log: env.FAILED_LOG, needed: true)
    mayBuild(job.owner)
    env.OWNER = job.owner
    env.TEAM = job.team
    env.CHOSEN_REGIONS = buildForm.regions(job.regions).join(',')
    buildForm.checkNotify()
    if (params.RECIPES.trim()) checkoutRecipes(params.RECIPES)
    List part = params.TESTS_ONLY ? ['--only', 'test'] : []
    factoryCommand(['build', params.IMAGE, '--dry-run'] + part + buildForm.options(), log: env.FAILED_LOG)
    if (params.TESTS_ONLY) env.SPAWNED = 'true'
    if (params.FORCE || params.TESTS_ONLY) return
    int status = factoryCommand(['internal', 'unchanged', '--image', params.IMAGE], log: env.FAILED_LOG, status: true)
    env.UNCHANGED = status == 0 ? 'true' : 'false'
}
