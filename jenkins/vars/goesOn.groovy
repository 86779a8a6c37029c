/** Whether a stage is to run: not when nothing has changed, nor what nobody asked for; what was made always ends. */
boolean call(String stage) {
    if (stage == 'clean-up') return env.SPAWNED == 'true' && !params.TESTS_ONLY
    if (stage == 'destroy-build-host') return env.SPAWNED == 'true' && !params.KEEP_HOST
    if (env.UNCHANGED == 'true') return false
    if (params.TESTS_ONLY) return stage in ['add-agent', 'test']
    return !(stage == 'request-publication' && params.SKIP_PUBLISH)
}
