/** factory.yaml: signing. Which keys sign; never does a secret key get to a build host. */
import { z } from "zod";
import { text } from "./fields";

const KEY = /^(generate|[0-9A-Fa-f]{40}|file:\S.*|env:[A-Za-z_][A-Za-z0-9_]*|barbican:\S+|command:\S.*)$/;
const NO_KEY =
  "is no OpenPGP key; write generate, a fingerprint of 40 hex digits, or where an armoured secret key is: file:PATH, env:NAME, barbican:NAME, command:COMMAND";

export const signingSchema = z.strictObject({
  key: z
    .string()
    .regex(KEY, NO_KEY)
    .describe(
      "OpenPGP key that signs what people download. generate: one is made, without a passphrase. A fingerprint: the key " +
        "is in the agent of that home, or on a token that it knows. file:, env:, barbican:, command: where its armoured " +
        "secret key is imported from",
    ),
  imageKey: z
    .string()
    .regex(new RegExp(`^none$|${KEY.source}`), `${NO_KEY}; none: images carry no signature for Glance`)
    .default("generate")
    .describe(
      "The same for the P-384 key that signs images for Glance and Nova, and provenance; none: neither is signed",
    ),
  imageCertificate: text
    .optional()
    .describe("PEM file of that key's X.509 certificate, relative to this file; default: one of the factory's own CA"),
  certificateReaders: z
    .array(text)
    .default([])
    .describe("Ids of users who may read that certificate in the regions' key managers, beside those who deploy"),
  onController: z
    .boolean()
    .default(true)
    .describe(
      "Whether the controller is handed the keys that were generated or imported, so that Jenkins' builds sign; one " +
        "named by its fingerprint always stays where it is",
    ),
  home: text.optional().describe("GnuPG's home directory of those keys; default: gnupg/ below FACTORY_HOME"),
});
