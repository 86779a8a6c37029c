package hudson.model

import harness.Run

/** A person whom the scenario knows: `people: {id: {mail, groups, administers}}`. */
class User {
    final String id
    final Map inDirectory

    private User(String id, Map about) {
        this.id = id
        inDirectory = about
    }

    static User getById(String id, boolean create) {
        Map about = ((Run.current.scenario.people ?: [:]) as Map)[id] as Map
        return about == null ? null : new User(id, about)
    }

    List<String> getAuthorities() { (inDirectory.groups ?: []) as List }

    /** What permissions are asked for. */
    User impersonate2() { this }
}
