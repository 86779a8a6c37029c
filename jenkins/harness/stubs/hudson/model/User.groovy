package hudson.model

import harness.Run
import hudson.tasks.Mailer

/** A person whom the scenario knows: `people: {id: {mail, groups}}`. */
class User {
    final String id
    final List<String> authorities
    private final String mail

    private User(String id, Map about) {
        this.id = id
        mail = about.mail
        authorities = (about.groups ?: []) as List
    }

    static User getById(String id, boolean create) {
        Map about = ((Run.current.scenario.people ?: [:]) as Map)[id] as Map
        return about == null ? null : new User(id, about)
    }

    Object getProperty(Class type) { type.simpleName == 'UserProperty' ? Mailer.propertyOf(mail) : null }
}
