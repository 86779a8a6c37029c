import { jumpHostUserData, nfsServerUserData } from "../../../cloud-init/roles";
import { fileOf, joined, nodeValues, read } from "./all-roles";

const nfs = { ...nodeValues, volumeId: "v-1" };
const node = read(nfsServerUserData({ ...nfs, joined }));
const jumpHost = read(jumpHostUserData({ ...nodeValues, networks: ["10.0.0.0/24"], joined }));
const sssd = (role: typeof node): string => fileOf(role, "/etc/factory/sssd.conf");

test("admins log in everywhere, users on jump hosts", () => {
  expect(sssd(node)).toContain("\nsimple_allow_groups = factory-admins\n");
  expect(sssd(jumpHost)).toContain("\nsimple_allow_groups = factory-admins, factory-users\n");
});

test("all replicas are asked, by TLS that is checked, under the names that /etc/hosts has", () => {
  expect(sssd(node)).toContain(
    "\nldap_uri = ldaps://demo-directory-replica.demo.internal, ldaps://demo-directory-replica-2.demo.internal\n",
  );
  expect(sssd(node)).toContain("\nldap_tls_reqcert = demand\nldap_tls_cacert = /etc/factory/ca.pem\n");
  expect(fileOf(node, "/etc/hosts")).toBe(
    "10.0.1.5 demo-directory-replica.demo.internal directory.demo.internal\n" +
      "10.0.1.6 demo-directory-replica-2.demo.internal directory.demo.internal\n",
  );
});

test("the password is added at the start, to the last section of a file in memory", () => {
  expect(sssd(node)).not.toMatch(/ldap_default_authtok = /);
  const sections = sssd(node).match(/^\[.*\]$/gm);
  expect(sections?.at(-1)).toBe("[domain/factory]");
  expect(fileOf(node, "/etc/systemd/system/sssd.service.d/factory.conf")).toContain(
    "LoadCredentialEncrypted=directory-reader:/etc/credstore.encrypted/directory-reader\n",
  );
  expect(fileOf(node, "/etc/systemd/system/var-lib-sss-db.mount")).toContain("\nType=tmpfs\n");
});

test("only admins may use sudo", () => {
  expect(fileOf(node, "/etc/sudoers.d/50-directory")).toBe("%factory-admins ALL=(ALL:ALL) NOPASSWD: ALL\n");
  expect(fileOf(jumpHost, "/etc/sudoers.d/50-directory")).not.toContain("factory-users");
});

test("without a directory nothing of it is there", () => {
  const alone = read(nfsServerUserData(nfs));
  expect(alone.write_files.filter(({ path }) => /sss|directory|hosts/.test(path))).toEqual([]);
});
