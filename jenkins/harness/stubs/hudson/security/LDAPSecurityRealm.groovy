package hudson.security

import hudson.model.User

/** The realm's own resolver, spelt as in the plugin. */
class LDAPSecurityRealm {
    static MailAdressResolverImpl resolver() { new MailAdressResolverImpl() }

    static class MailAdressResolverImpl {
        String findMailAddressFor(User user) { user.inDirectory.mail }
    }
}
