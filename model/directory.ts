/** What replicas, joined nodes and the deploying side have to agree on: accounts, credentials, files, ports. */

/** The accounts of the factory's own nodes are no people's: a small database of their own, made anew at every start. */
export const DIRECTORY = {
  /** LDAP over TLS; there is no other port. */
  port: 636,
  reader: { dn: "cn=reader,cn=factory", credential: "directory-reader" },
  replicator: { dn: "cn=replicator,cn=factory", credential: "directory-replicator" },
  /** Credential with the passwords that replicas take: a line `reader …` or `replicator …` for each. */
  accountsCredential: "directory-accounts",
  /** Credential with the private key of a replica's certificate. */
  keyCredential: "directory-key",
  certificate: "/etc/factory/certificates/directory.pem",
  /** Certificate of the factory's CA, on every node. */
  ca: "/etc/factory/ca.pem",
  /** Certificate of the CA of an existing provider. */
  providerCa: "/etc/factory/directory/provider-ca.pem",
  /** First entries that the user brings. */
  seed: "/etc/factory/directory/seed.ldif",
  unit: "factory-directory.service",
} as const;
