import hudson.model.User
import hudson.tasks.MailAddressResolver
import jenkins.model.Jenkins

/** Refuses a person who is neither the image's owner nor one who may build all images. Schedules may. */
def call(String owner = '', String what = 'build this image') {
    List causes = currentBuild.getBuildCauses('hudson.model.Cause$UserIdCause')
    for (Map cause in causes) {
        if (allowed(cause.userId as String, owner, env.FACTORY_OPERATIONS)) continue
        // says nothing about the image: it is neither a failure nor a build that the next one could be better than
        env.REFUSED = 'true'
        currentBuild.result = 'NOT_BUILT'
        error("${cause.userId} may not ${owner ? "${what}: it is ${owner}'s" : 'do this: it is for administrators and operations'}")
    }
}

@com.cloudbees.groovy.cps.NonCPS
private static boolean allowed(String id, String owner, String operations) {
    User user = id ? User.getById(id, false) : null
    if (user == null) return false
    if (Jenkins.get().ACL.hasPermission2(user.impersonate2(), Jenkins.ADMINISTER)) return true
    return operations in user.authorities || (owner && owner.equalsIgnoreCase(directoryMail(user)))
}

/** Asked of the directory itself: the address in somebody's profile is what they have written there. */
@com.cloudbees.groovy.cps.NonCPS
private static String directoryMail(User user) {
    String directory = 'hudson.security.LDAPSecurityRealm$MailAdressResolverImpl'
    return MailAddressResolver.all().find { it.class.name == directory }?.findMailAddressFor(user)
}
