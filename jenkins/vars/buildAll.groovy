/** Starts the job of every tested image and waits for all; each has its own place among the build hosts. */
def call() {
    mayBuild()
    checkoutRecipes('')
    List images = factoryJson(['jenkins', 'catalogue']) as List
    if (images == null) error('the catalogue is wrong: see above')
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
