package harness

/** The pipeline does what Jenkins would not take, or what this harness does not know; no pipeline can catch it. */
class HarnessError extends Error {
    HarnessError(String message) { super(message) }
}
