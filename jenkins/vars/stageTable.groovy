/** The 15 stages in order; a test compares them with model/stages.ts. */
List<String> names() {
    return ['initialise', 'spawn-build-host', 'add-agent', 'checkout', 'configure-host', 'prepare', 'build-image', 'register', 'test',
        'sign', 'hashdeep', 'distribute', 'request-publication', 'clean-up', 'destroy-build-host']
}

/** `09-test`: as the stages' logs are called. */
String numbered(String stage) {
    int number = names().indexOf(stage) + 1
    if (number == 0) error("there is no stage ${stage}")
    return (number < 10 ? '0' : '') + number + '-' + stage
}

/** Those that run on the build host. */
boolean onHost(String stage) {
    int number = names().indexOf(stage) + 1
    return number >= 4 && number <= 14
}
