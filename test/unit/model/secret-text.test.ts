import { secretIn } from "../../../model/secret-text";

test.each([
  ["a private key", "-----BEGIN OPENSSH PRIVATE KEY-----"],
  ["a token of Keystone", `X-Auth-Token gAAAAA${"x".repeat(80)}`],
  ["a password in an address", "https://user:hunter2@git.test/images.git"],
  ["a password, secret or token", "password: hunter2hunter2"],
  ["a password, secret or token", 'OS_APPLICATION_CREDENTIAL_SECRET="abcdefghijkl"'],
  ["a password, secret or token", "ldap_password = correct-horse"],
])("%s is found: %s", (what, text) => {
  expect(secretIn(`#cloud-config\n${text}\n`)).toBe(what);
});

test.each([
  "PasswordAuthentication no",
  "ssh_pwauth: false",
  "password: ${ADMIN_PASSWORD}",
  "passwordFile=/run/credentials/slapd.service/root",
  "token=$(cat /run/token)",
  "LoadCredentialEncrypted=backup:/etc/credstore.encrypted/backup",
  "https://mirror.test:8443/debian?mail=a@b.test",
])("what only speaks of secrets is none: %s", (text) => {
  expect(secretIn(text)).toBeUndefined();
});
