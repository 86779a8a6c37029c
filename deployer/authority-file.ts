/** A CA as its owner gives it: PEM of the certificate and its private key. */
import "reflect-metadata";
import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { signatureOf, type CertificateAuthority } from "./authority";
import { UserError } from "./user-error";

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/**
 * Reads a CA. Throws a UserError of one line that says what is wrong with it.
 * @param where what the message begins with: the source
 */
export function parseAuthority(pem: string, where: string, now = new Date()): CertificateAuthority {
  const wrong = (what: string): UserError => new UserError(`${where}: ${what}`);
  const blocks = [...pem.matchAll(BLOCK)].map(([text, kind = ""]) => ({ text, kind }));
  const certificates = blocks
    .filter(({ kind }) => kind === "CERTIFICATE")
    .map(({ text }) => certificateOf(text, wrong));
  const keys = blocks.filter(({ kind }) => kind.endsWith("PRIVATE KEY"));
  if (certificates.length === 0) throw wrong("holds no certificate; it has to be PEM with certificate and private key");
  const [keyBlock, another] = keys;
  if (!keyBlock || another)
    throw wrong(`holds ${keys.length === 0 ? "no private key" : "several private keys"}; it has to hold exactly one`);
  const key = keyOf(keyBlock.text, wrong);
  const own = certificates.find((one) => one.checkPrivateKey(key));
  if (!own) throw wrong("its private key is not that of its certificate");
  if (!mayIssue(own))
    throw wrong(`its certificate (${subject(own)}) is not that of a CA: it may not issue certificates`);
  if (!signatureOf(key)) throw wrong("its key is neither RSA nor on one of the curves P-256, P-384, P-521");
  const chain = upwards(own, certificates);
  for (const one of chain) {
    if (new Date(one.validTo) <= now)
      throw wrong(
        `its certificate (${subject(one)}) expired on ${day(one.validTo)}; give a valid one, or let the factory make one: factory secrets rotate ca`,
      );
    if (new Date(one.validFrom) > now)
      throw wrong(`its certificate (${subject(one)}) is valid only from ${day(one.validFrom)} on`);
  }
  const top = chain.at(-1) ?? own;
  // OpenSSL trusts nothing but a root
  if (!isRoot(top))
    throw wrong(`the certificate of its issuer (${oneLine(top.issuer)}) is missing; add all up to the root`);
  // further ones are trusted too: those of a CA that comes, or goes
  const further = certificates.filter((one) => !chain.includes(one) && one.ca && new Date(one.validTo) > now);
  return { certificate: [...chain, ...further].map((one) => one.toString()).join(""), key };
}

type Wrong = (what: string) => UserError;

function certificateOf(text: string, wrong: Wrong): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw wrong("holds a certificate that can't be read; it has to be PEM");
  }
}

function keyOf(text: string, wrong: Wrong): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    // the reason would be OpenSSL's, and may be about the key's content
    throw wrong(
      text.includes("ENCRYPTED")
        ? "its private key is encrypted; give it without a passphrase"
        : "holds a private key that can't be read; it has to be PEM",
    );
  }
}

/** The certificate and those above it, as far as they are there. */
function upwards(own: X509Certificate, all: readonly X509Certificate[]): X509Certificate[] {
  const chain = [own];
  for (let last = own; !isRoot(last);) {
    const issuer = all.find((one) => !chain.includes(one) && last.checkIssued(one) && last.verify(one.publicKey));
    if (!issuer) break;
    chain.push(issuer);
    last = issuer;
  }
  return chain;
}

const isRoot = (certificate: X509Certificate): boolean => certificate.verify(certificate.publicKey);

/** Whether it is a CA's, and its key may sign certificates. */
function mayIssue(certificate: X509Certificate): boolean {
  const usage = new x509.X509Certificate(certificate.raw).getExtension(x509.KeyUsagesExtension);
  return certificate.ca && (usage === null || (usage.usages & x509.KeyUsageFlags.keyCertSign) !== 0);
}

const oneLine = (name: string): string => name.trim().replace(/\n/g, ", ");
const subject = (certificate: X509Certificate): string => oneLine(certificate.subject);
const day = (time: string): string => new Date(time).toISOString().slice(0, 10);
