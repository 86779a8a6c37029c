/** A region's certificates: as a customer sees them, and where the publisher keeps its own for everybody. */
import { createHash, X509Certificate } from "node:crypto";
import { certificatePayload, createCertificate, readCertificate, secretsNamed } from "../openstack/barbican";
import type { Session } from "../openstack/session";
import type { CertificatesPort } from "./ports";

export interface CertificateSessions {
  /** Of a project without any special right. */
  readonly customer?: Session | undefined;
  /** Of a project whose secrets everybody may read. */
  readonly certificates?: Session | undefined;
}

export function barbicanCertificates(
  factory: string,
  { customer, certificates: place }: CertificateSessions,
): CertificatesPort {
  return {
    ...(customer && { seen: (id: string) => readCertificate(customer, id) }),
    ...(place && {
      place: {
        find: (pem: string) => find(place, nameOf(factory, pem), pem),
        keep: (pem: string) => createCertificate(place, { name: nameOf(factory, pem), pem }),
      },
    }),
  };
}

function nameOf(factory: string, pem: string): string {
  const hash = createHash("sha256").update(new X509Certificate(pem).raw).digest("hex");
  return `${factory}-published-images-${hash.slice(0, 16)}`;
}

async function find(session: Session, name: string, pem: string): Promise<string | undefined> {
  for (const { id } of await secretsNamed(session, name))
    if ((await certificatePayload(session, id))?.trim() === pem.trim()) return id;
  return undefined;
}
