/** Stops the build of an image, for whom it may be built by: its job fails then, cleans up and tells its owner as ever. */
def call() {
    String image = params.IMAGE.trim()
    if (!image) error('IMAGE: name the image whose build is to be stopped')
    sh(label: 'an empty workspace', script: 'rm -rf logs recipes')
    checkoutRecipes('')
    Map job = factoryJson(['jenkins', 'catalogue', '--image', image], needed: true)
    mayBuild(job.owner, "stop this image's build")
    // the host's end is that of its job, which sees the build fail
    factoryCommand(['build', 'cancel', image, '--keep-host'], log: 'logs/stop.log')
    archiveArtifacts(artifacts: 'logs/**', allowEmptyArchive: true)
    currentBuild.description = "${image} was stopped"
}
