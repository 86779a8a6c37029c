/** X.509 certificates for keys of tests, by a CA that is forgotten at once. */
import type { KeyObject } from "node:crypto";
import { certify, makeAuthority } from "../../deployer/authority";
import { parseAuthority } from "../../deployer/authority-file";

/** PEM of a certificate for this key, whatever its curve. */
export async function certificateOf(publicKey: KeyObject): Promise<string> {
  const authority = parseAuthority(await makeAuthority("test"), "test");
  return certify(authority, { commonName: "image signatures of a test", publicKey, days: 30 });
}
