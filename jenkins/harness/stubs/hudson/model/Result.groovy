package hudson.model

/** Ends of a build, the best one first. */
enum Result {
    SUCCESS, UNSTABLE, FAILURE, NOT_BUILT, ABORTED

    boolean isWorseThan(Result other) { ordinal() > other.ordinal() }
    boolean isWorseOrEqualTo(Result other) { ordinal() >= other.ordinal() }
}
