/** After a failure or an abort: stops and cleans up what runs, then destroys the host; each once, and never twice. */
def call() {
    if (env.SPAWNED != 'true') {
        echo('no host was made: there is nothing to end')
        return
    }
    if (env.CLEANED_UP != 'true') {
        env.CLEANED_UP = 'true'
        // the host goes whatever becomes of this
        catchError(buildResult: 'FAILURE', stageResult: 'FAILURE', message: 'clean-up failed') {
            factoryCommand(['build', 'cancel', params.IMAGE, '--keep-host'], log: 'logs/14-clean-up.log')
        }
    }
    if (params.KEEP_HOST) echo("the host stays until it expires; end it with: factory build end ${params.IMAGE}")
    else if (env.DESTROYED != 'true') destroy()
}

/** Stage 15. */
void destroy() {
    env.DESTROYED = 'true'
    removeBuildAgent()
    factoryCommand(['build', 'end', params.IMAGE], log: 'logs/15-destroy-build-host.log')
}
