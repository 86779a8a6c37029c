/** factory.yaml: directory. */
import { z } from "zod";
import { distinguishedName, text } from "./fields";

const group = z
  .string()
  .regex(/^[a-z_][a-z0-9_-]{0,31}$/, "is no group's name; use 1 to 32 of a-z 0-9 _ - and begin with a letter")
  // To Jenkins these are no groups: https://www.jenkins.io/doc/book/security/access-control/permissions/
  .refine((name) => !["anonymous", "authenticated"].includes(name), "would be everybody to Jenkins; name a group");

const fields = z.strictObject({
  baseDn: distinguishedName
    .default("dc=factory,dc=internal")
    .describe("Where entries are; of an own provider and of an existing one alike"),
  provider: z
    .strictObject({
      url: z
        .string()
        .regex(/^ldaps:\/\/[^\s/]+$/, "is no LDAP server over TLS; write it as ldaps://ldap.example.org")
        .describe("The provider that the replicas copy"),
      bindDn: distinguishedName.describe("Whom the replicas bind as; the password is secrets.directoryReplicator"),
      ca: text.optional().describe("File with the CA certificate of that provider; default: the factory's own CA"),
    })
    .optional()
    .describe("An existing directory; without it the first replica is the provider, seeded from directory.seed"),
  seed: text.optional().describe("LDIF file of the first entries of an own provider; default: groups only"),
  adminGroup: group.default("factory-admins").describe("Its members may log in everywhere and use sudo"),
  operationsGroup: group.default("factory-operations").describe("Its members may build every image in Jenkins"),
  userGroup: group.default("factory-users").describe("Its members may log in to jump hosts"),
});

export const directorySchema = fields.superRefine(({ adminGroup, operationsGroup, userGroup }, context) => {
  for (const [name, group] of Object.entries({ adminGroup, operationsGroup })) {
    const message = `has ${group} as ${name} and as userGroup: all users would have its rights; name another group`;
    if (group === userGroup) context.addIssue({ code: "custom", message });
  }
});
