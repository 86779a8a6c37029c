package hudson.tasks

import hudson.security.LDAPSecurityRealm

/** Where Jenkins gets addresses from; here the directory alone. */
class MailAddressResolver {
    static List all() { [LDAPSecurityRealm.resolver()] }
}
