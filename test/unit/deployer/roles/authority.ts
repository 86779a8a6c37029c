/** A CA that certifies whatever it is asked for, and remembers it. */
import type { Authority, CertificateRequest } from "../../../../deployer/roles/role";

export function rememberingAuthority(asked: CertificateRequest[]): () => Promise<Authority> {
  const issue: Authority["issue"] = (request) => {
    asked.push(request);
    return Promise.resolve({ certificate: "CERTIFICATE", privateKey: "KEY" });
  };
  return () => Promise.resolve({ certificate: "CA", issue, certify: () => Promise.resolve("CERTIFICATE") });
}
