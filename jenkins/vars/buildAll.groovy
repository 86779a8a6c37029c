/** Starts the job of every tested image and waits for all; each has its own place among the build hosts. */
def call() {
    withReason {
        mayBuild()
        checkoutRecipes('')
        List images = factoryJson(['jenkins', 'catalogue'], needed: true) as List
        Map branches = [failFast: false]
        images.findAll { !it.untested }.each { Map image ->
            String job = "/images/${image.family}/${image.name}"
            branches[image.name] = {
                catchError(buildResult: 'UNSTABLE', stageResult: 'FAILURE', catchInterruptions: false) {
                    build(job: job, parameters: [string(name: 'IMAGE', value: image.name)], wait: true)
                }
            }
        }
        parallel(branches)
    }
}
