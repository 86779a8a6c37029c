import { directoryReplicaUserData, minimalEntries } from "../../../cloud-init/directory-replica";
import { directoryProvider, directoryValues, fileOf, read } from "./all-roles";

const provider = read(directoryReplicaUserData(directoryValues));
const consumer = read(directoryReplicaUserData({ ...directoryValues, provider: directoryProvider }));
const UNIT = "/etc/systemd/system/factory-directory.service";

test("slapd listens by TLS and on root's own socket only, and has its key and passwords as credentials", () => {
  const unit = fileOf(provider, UNIT);
  expect(unit).toContain('-h "ldaps:/// ldapi:///"');
  for (const name of ["key", "accounts", "reader", "replicator"]) {
    expect(unit).toContain(`LoadCredentialEncrypted=directory-${name}:/etc/credstore.encrypted/directory-${name}\n`);
    expect(unit).toContain(`ConditionPathExists=/etc/credstore.encrypted/directory-${name}\n`);
  }
});

test("who is anonymous reads nothing, the reader no password, the replicator all", () => {
  const conf = fileOf(provider, "/etc/factory/directory/slapd.conf");
  expect(conf).toContain("disallow bind_anon\nrequire authc\n");
  const entries = conf.slice(conf.indexOf('suffix "dc=factory,dc=internal"'));
  const [passwords, everything] = entries.split("\n").filter((line) => line.startsWith("access to"));
  expect(passwords).toBe(
    'access to attrs=userPassword by dn.exact="cn=replicator,cn=factory" read by anonymous auth by * none',
  );
  expect(everything).toMatch(
    /^access to \* by dn.exact="cn=replicator,cn=factory" read by dn.exact="cn=reader,.* by \* none$/,
  );
  expect(conf).not.toMatch(/rootpw/);
});

test("TLS begins at 1.2", () => {
  const conf = fileOf(provider, "/etc/factory/directory/slapd.conf");
  expect(/^TLSCipherSuite .*$/m.exec(conf)?.[0]).toContain("-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:");
});

test("keys of SSH are in the schema that everybody knows them by", () => {
  const schema = fileOf(provider, "/etc/factory/directory/ssh-key.schema");
  expect(schema).toMatch(/1\.3\.6\.1\.4\.1\.24552\.500\.1\.1\.1\.13 NAME 'sshPublicKey'/);
  expect(schema).toMatch(/1\.3\.6\.1\.4\.1\.24552\.500\.1\.1\.2\.0 NAME 'ldapPublicKey' SUP top AUXILIARY/);
});

test("a provider knows whom it may take its entries back from", () => {
  expect(fileOf(provider, "/etc/factory/directory/peers")).toBe("demo-directory-replica-2.demo.internal\n");
});

test("a provider can be copied and copies nobody", () => {
  expect(fileOf(provider, "/etc/factory/directory/replication.conf")).toContain("overlay syncprov\n");
  expect(provider.write_files.map(({ path }) => path)).not.toContain("/etc/factory/directory/syncrepl.conf");
});

test("a consumer copies its provider by checked TLS, tries again for ever, and refers who wants to write", () => {
  const syncrepl = fileOf(consumer, "/etc/factory/directory/syncrepl.conf");
  expect(syncrepl).toContain("provider=ldaps://demo-directory-replica.demo.internal type=refreshAndPersist");
  expect(syncrepl).toContain('tls_cacert=/etc/factory/ca.pem tls_reqcert=demand retry="5 12 30 +"');
  expect(syncrepl.trimEnd()).not.toContain("\n");
  expect(syncrepl).not.toContain("credentials");
  expect(fileOf(consumer, "/etc/factory/directory/replication.conf")).toContain(
    "updateref ldaps://demo-directory-replica.demo.internal\n",
  );
});

test("a consumer is never seeded, and its backup is not what is restored", () => {
  expect(consumer.write_files.map(({ path }) => path)).not.toContain("/etc/factory/directory/minimal.ldif");
  expect(fileOf(consumer, "/usr/local/sbin/factory-backup-apply")).toMatch(/restore that one" >&2\nexit 1\n$/);
});

test("a directory with nobody in it has its branches and groups", () => {
  expect(minimalEntries("dc=example,dc=org", ["admins", "users"])).toBe(
    [
      "dn: dc=example,dc=org\nobjectClass: domain\ndc: example\n",
      "dn: ou=people,dc=example,dc=org\nobjectClass: organizationalUnit\nou: people\n",
      "dn: ou=groups,dc=example,dc=org\nobjectClass: organizationalUnit\nou: groups\n",
      "dn: cn=admins,ou=groups,dc=example,dc=org\nobjectClass: posixGroup\ncn: admins\ngidNumber: 10000\n",
      "dn: cn=users,ou=groups,dc=example,dc=org\nobjectClass: posixGroup\ncn: users\ngidNumber: 10001\n",
    ].join("\n"),
  );
});

test.each([
  ["o=Example Inc,c=DE", "objectClass: organization\no: Example Inc"],
  ["ou=factory,dc=example", "objectClass: organizationalUnit\nou: factory"],
  ["c=DE", "objectClass: country\nc: DE"],
])("the topmost entry of %s is of a class that has its attribute", (baseDn, expected) => {
  expect(minimalEntries(baseDn, [])).toContain(`dn: ${baseDn}\n${expected}\n`);
});
