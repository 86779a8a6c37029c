/** The certificates that stand on the factory's nodes. */
import { X509Certificate } from "node:crypto";
import { DAY } from "./certificate-days";
import { CERTIFICATES, type EndingCredential } from "./certificate-files";
import type { Deployment } from "./deployment";
import { CONSOLE_WAIT } from "./node-status";
import { listNodes, Ways, type FactoryNode, type NodeRole } from "./nodes";
import { openSecrets } from "./secrets";
import type { SshHost } from "./ssh";
import { messageOf } from "./user-error";

export interface CertificateFacts {
  /** The file's name without `.pem`. */
  readonly name: string;
  /** Hex digits; a renewed certificate has another one. */
  readonly serial: string;
  /** `CN=demo-web-server` */
  readonly subject: string;
  /** Names and addresses that it is for. */
  readonly names: readonly string[];
  /** ISO 8601. */
  readonly expires: string;
  /** Whole days; below 0 when it has expired. */
  readonly daysLeft: number;
}

export interface NodeCertificate extends CertificateFacts {
  readonly node: string;
}

export interface Certificates {
  /** Of the CA, and of those beside it that are trusted while it is being replaced. */
  readonly authorities: readonly CertificateFacts[];
  readonly nodes: readonly NodeCertificate[];
  /** What could not be found out, one line each. */
  readonly problems: readonly string[];
}

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** What the certificates in a PEM text say. Throws when one can't be read. Pure. */
export function certificateFacts(name: string, pem: string, now: Date, authorities: boolean): CertificateFacts[] {
  return (pem.match(BLOCK) ?? [])
    .map((text) => new X509Certificate(text))
    .filter((certificate) => certificate.ca === authorities)
    .map((certificate) => ({
      name,
      serial: certificate.serialNumber,
      subject: certificate.subject.replaceAll("\n", ", "),
      names: (certificate.subjectAltName ?? "").split(", ").flatMap((one) => one.replace(/^[^:]*:/, "") || []),
      expires: new Date(certificate.validTo).toISOString(),
      daysLeft: Math.floor((Date.parse(certificate.validTo) - now.getTime()) / DAY),
    }));
}

/**
 * The certificates of a node, those of CAs that it trusts left out, and the credentials of it that end.
 * Throws an SshError when it can't be reached.
 */
export async function certificatesOf(host: SshHost, now = new Date()): Promise<CertificateFacts[]> {
  const script = `cd ${CERTIFICATES} 2>/dev/null || exit 0; for f in *.pem *.json; do [ ! -f "$f" ] || { echo "== $f"; cat "$f"; }; done`;
  return filesIn(await host.asRoot(script)).flatMap(({ name, kind, text }) =>
    kind === "json" ? credentialFacts(name, text, now) : certificateFacts(name, text, now, false),
  );
}

/** `== a.pem`, its text, `== b.json`, … */
function filesIn(text: string): { readonly name: string; readonly kind: string; readonly text: string }[] {
  return text
    .split(/^== /m)
    .slice(1)
    .map((part) => {
      const [, name = "", kind = "", rest = ""] = /^(.*)\.(pem|json)\n([\s\S]*)$/.exec(part) ?? [];
      return { name, kind, text: rest };
    });
}

function credentialFacts(name: string, text: string, now: Date): CertificateFacts {
  const { serial, subject, expires } = JSON.parse(text) as EndingCredential;
  return {
    name,
    serial,
    subject,
    names: [],
    expires,
    daysLeft: Math.floor((Date.parse(expires) - now.getTime()) / DAY),
  };
}

/** The CA's certificate and all nodes'; a node that can't be asked is told in `problems`. */
export async function listCertificates(deployment: Deployment): Promise<Certificates> {
  const problems: string[] = [];
  const told = async <T>(what: string, work: Promise<readonly T[]>): Promise<readonly T[]> =>
    work.catch((error: unknown) => {
      problems.push(`${what}: ${messageOf(error)}`);
      return [];
    });
  const [authorities, nodes] = await Promise.all([
    told("CA", authorityFacts(deployment)),
    told("nodes", listNodes(deployment)),
  ]);
  const ways = new Ways(deployment, undefined, CONSOLE_WAIT);
  const ofNode = async (node: FactoryNode): Promise<NodeCertificate[]> =>
    (await certificatesOf(await ways.to(node))).map((facts) => ({ ...facts, node: node.name }));
  const look = (role: (one: NodeRole) => boolean): Promise<(readonly NodeCertificate[])[]> =>
    Promise.all(nodes.filter((node) => role(node.role)).map((node) => told(node.name, ofNode(node))));
  // The way in first: all others then share its connection.
  const found = [
    ...(await look((role) => role === "jump-host")),
    ...(await look((role) => role !== "jump-host" && role !== "build-host")),
  ];
  return { authorities, nodes: found.flat(), problems };
}

/** Those of the CA itself. */
export async function authorityFacts(deployment: Deployment): Promise<CertificateFacts[]> {
  const { certificate } = await openSecrets(deployment).authority();
  return certificateFacts("ca", certificate, new Date(), true);
}
