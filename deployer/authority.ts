/** The factory's CA: made once, and what it issues. Keys are made where they are needed and go nowhere by themselves. */
import "reflect-metadata";
import { createPrivateKey, randomBytes, webcrypto, X509Certificate, type KeyObject } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { DAY, LEAF_DAYS } from "./certificate-days";
import type { Authority, Certificate, CertificateRequest, KeyCertificateRequest } from "./roles/role";

/** A CA whose certificate and key belong together. */
export interface CertificateAuthority {
  /** PEM of the issuing certificate, and of further ones that are trusted: those above it, a former or a coming one. */
  readonly certificate: string;
  readonly key: KeyObject;
}

const AUTHORITY_DAYS = 3653;
/** Milliseconds: nodes' clocks may be a little behind ours. */
const BACKDATED = 5 * 60_000;
/** What X.520 grants a common name. */
const LONGEST_NAME = 64;

const P384 = { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" } as const;
const P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

x509.cryptoProvider.set(webcrypto);

/** A new CA of a factory as PEM: its certificate, then its private key. */
export async function makeAuthority(factory: string, now = new Date()): Promise<string> {
  const keys = await webcrypto.subtle.generateKey(P384, true, ["sign", "verify"]);
  const { KeyUsageFlags } = x509;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    // Of two CAs, an old one and a new one, people should see which is which.
    name: [{ CN: [`CA of factory ${factory}`] }, { OU: [`made ${now.toISOString().slice(0, 10)}`] }],
    notBefore: new Date(now.getTime() - BACKDATED),
    notAfter: new Date(now.getTime() + AUTHORITY_DAYS * DAY),
    signingAlgorithm: P384,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return `${certificate.toString("pem")}\n${await privateKeyPem(keys.privateKey)}`;
}

/**
 * The CA at work.
 * @param trusted PEM of what nodes are to trust, when that is more than the CA itself
 */
export function authorityOf(authority: CertificateAuthority, trusted = authority.certificate): Authority {
  return {
    certificate: trusted,
    issue: (request) => issue(authority, request),
    certify: (request) => certify(authority, request),
  };
}

/** A certificate for one node, for both sides of a connection, with a key of its own. */
export async function issue(
  authority: CertificateAuthority,
  { commonName, dnsNames, addresses = [] }: CertificateRequest,
  now = new Date(),
): Promise<Certificate> {
  checkName(commonName);
  if (dnsNames.length + addresses.length === 0)
    throw new Error(`certificate for ${commonName}: it would be for no name and no address`);
  const keys = await webcrypto.subtle.generateKey(P256, true, ["sign", "verify"]);
  const names = [
    ...dnsNames.map((value) => ({ type: "dns" as const, value })),
    ...addresses.map((value) => ({ type: "ip" as const, value })),
  ];
  const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
  const certificate = await certificateFor(authority, now, {
    commonName,
    publicKey: keys.publicKey,
    days: LEAF_DAYS,
    extensions: [
      new x509.ExtendedKeyUsageExtension([serverAuth, clientAuth]),
      new x509.SubjectAlternativeNameExtension(names),
    ],
  });
  return { certificate, privateKey: await privateKeyPem(keys.privateKey) };
}

/** A certificate, PEM, for a P-384 key that stays where it is and signs what others run: images. */
export async function certify(
  authority: CertificateAuthority,
  { commonName, publicKey, days }: KeyCertificateRequest,
  now = new Date(),
): Promise<string> {
  checkName(commonName);
  const spki = publicKey.export({ type: "spki", format: "der" });
  return certificateFor(authority, now, {
    commonName,
    publicKey: await webcrypto.subtle.importKey("spki", spki, P384, true, ["verify"]),
    days,
    extensions: [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.codeSigning])],
  });
}

function checkName(commonName: string): void {
  if (commonName.length > LONGEST_NAME)
    throw new Error(`certificate for ${commonName}: a common name has at most ${LONGEST_NAME} characters`);
}

interface LeafRequest {
  readonly commonName: string;
  readonly publicKey: webcrypto.CryptoKey;
  readonly days: number;
  /** What it is for, beside what every certificate of ours has. */
  readonly extensions: readonly x509.Extension[];
}

/** PEM of a certificate that is no CA's. */
async function certificateFor(
  { certificate, key }: CertificateAuthority,
  now: Date,
  { commonName, publicKey, days, extensions }: LeafRequest,
): Promise<string> {
  const issuer = new x509.X509Certificate(new X509Certificate(certificate).raw);
  const { algorithm, signingKey } = await signer(key);
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: [commonName] }],
    issuer: issuer.subjectName,
    notBefore: latest(issuer.notBefore, new Date(now.getTime() - BACKDATED)),
    notAfter: earliest(issuer.notAfter, new Date(now.getTime() + days * DAY)),
    publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ...extensions,
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await authorityKeyIdentifier(issuer),
    ],
  });
  return `${made.toString("pem")}\n`;
}

/** What the CA calls its key; where it has no name, the key's own. */
async function authorityKeyIdentifier(issuer: x509.X509Certificate): Promise<x509.AuthorityKeyIdentifierExtension> {
  const own = issuer.getExtension(x509.SubjectKeyIdentifierExtension);
  return own
    ? new x509.AuthorityKeyIdentifierExtension(own.keyId)
    : x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey);
}

type SignatureKind = (webcrypto.EcKeyImportParams & { readonly hash: string }) | webcrypto.RsaHashedImportParams;

const CURVES: Readonly<Record<string, SignatureKind>> = {
  prime256v1: P256,
  secp384r1: P384,
  secp521r1: { name: "ECDSA", namedCurve: "P-521", hash: "SHA-512" },
};

/** How a CA's key signs, by its kind; undefined for kinds that are not signed with. */
export function signatureOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): SignatureKind | undefined {
  if (asymmetricKeyType === "ec") return CURVES[asymmetricKeyDetails?.namedCurve ?? ""];
  return asymmetricKeyType === "rsa" ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } : undefined;
}

async function signer(key: KeyObject): Promise<{ algorithm: SignatureKind; signingKey: webcrypto.CryptoKey }> {
  const algorithm = signatureOf(key);
  if (!algorithm) throw new Error("the CA's key is of a kind that can't be signed with");
  const pkcs8 = key.export({ type: "pkcs8", format: "der" });
  return { algorithm, signingKey: await webcrypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]) };
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key));
  return createPrivateKey({ key: der, type: "pkcs8", format: "der" })
    .export({ type: "pkcs8", format: "pem" })
    .toString();
}

/** 126 random bits as hex digits: positive, and never shorter. */
function serialNumber(): string {
  const [first = 0, ...rest] = randomBytes(16);
  return Buffer.from([(first & 0x3f) | 0x40, ...rest]).toString("hex");
}

const earliest = (a: Date, b: Date): Date => (a < b ? a : b);
const latest = (a: Date, b: Date): Date => (a > b ? a : b);
