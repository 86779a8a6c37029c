/*
 * Logs people in as Jenkins' LDAP plugin does with the settings of its realm, by the same Java: the account that reads
 * finds the entry, the person binds as it, the account finds their groups. Reads {settings, people, groups} as JSON.
 */
import groovy.json.JsonOutput
import groovy.json.JsonSlurper
import javax.naming.AuthenticationException
import javax.naming.Context
import javax.naming.directory.InitialDirContext
import javax.naming.directory.SearchControls

Map input = new JsonSlurper().parse(System.in) as Map
Map settings = input.settings as Map
String url = settings.server.split(' ').collect { "${it}/${settings.rootDN}" }.join(' ')

Closure bind = { String dn, String password ->
    Map environment = [(Context.INITIAL_CONTEXT_FACTORY): 'com.sun.jndi.ldap.LdapCtxFactory', (Context.PROVIDER_URL): url,
        (Context.SECURITY_AUTHENTICATION): 'simple', (Context.SECURITY_PRINCIPAL): dn, (Context.SECURITY_CREDENTIALS): password,
        'com.sun.jndi.ldap.connect.timeout': '5000', 'com.sun.jndi.ldap.read.timeout': '10000']
    new InitialDirContext(new Hashtable(environment))
}
InitialDirContext manager = bind(settings.managerDN as String, settings.managerPasswordSecret as String)
Closure search = { String base, String filter, List words ->
    manager.search(base, filter, words as Object[], new SearchControls(searchScope: SearchControls.SUBTREE_SCOPE)).toList()
}

List people = input.people.collect { Map person ->
    List found = search(settings.userSearchBase as String, settings.userSearch as String, [person.name])
    if (found.size() != 1) return [name: person.name, result: 'unknown']
    String dn = found.first().nameInNamespace
    try {
        bind(dn, person.password as String).close()
    } catch (AuthenticationException refused) {
        return [name: person.name, result: 'refused']
    }
    String filter = settings.groupMembershipStrategy.fromGroupSearch.filter
    List groups = search(settings.groupSearchBase as String, filter, [dn, person.name])
    [name: person.name, result: 'in', displayName: found.first().attributes.get(settings.displayNameAttributeName as String)?.get(),
        mail: found.first().attributes.get(settings.mailAddressAttributeName as String)?.get(), groups: groups*.attributes*.get('cn')*.get().sort()]
}
List groups = input.groups.findAll { search(settings.groupSearchBase as String, settings.groupSearchFilter as String, [it]).size() == 1 }
print(JsonOutput.toJson([people: people, groups: groups]))
