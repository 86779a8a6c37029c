import hudson.model.User
import hudson.tasks.Mailer

/** Refuses a person who is neither the image's owner nor of a group that may build all images. Schedules may. */
def call(String owner) {
    List causes = currentBuild.getBuildCauses('hudson.model.Cause$UserIdCause')
    for (Map cause in causes) {
        if (!allowed(cause.userId as String, owner, [env.FACTORY_ADMINS, env.FACTORY_OPERATIONS]))
            error("${cause.userId} may not build this image: it is ${owner}'s")
    }
}

@com.cloudbees.groovy.cps.NonCPS
private static boolean allowed(String id, String owner, List<String> groups) {
    User user = id ? User.getById(id, false) : null
    if (user == null) return false
    if (user.getProperty(Mailer.UserProperty)?.address?.equalsIgnoreCase(owner)) return true
    // without a directory there is the administrator alone
    return !groups.any() || user.authorities.any { it in groups }
}
