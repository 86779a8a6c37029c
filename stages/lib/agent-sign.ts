/** Signatures by a P-384 key in a gpg-agent elsewhere: only a digest goes there, and only two numbers come back. */
import { createVerify, verify, X509Certificate, type KeyObject } from "node:crypto";
import { createReadStream } from "node:fs";
import { withAgent } from "./assuan";
import { StageError } from "./errors";
import { listNamed, parseSExpression, valueNamed } from "./s-expression";

export interface AgentKey {
  /** The agent's socket, its restricted one is enough. */
  readonly socket: string;
  readonly keygrip: string;
  readonly signal?: AbortSignal;
}

/** libgcrypt's number of SHA-384: older agents know no name for it. */
const SHA384 = 9;

/** The ECDSA signature of a SHA-384 digest, in its DER form. */
export async function signDigest({ socket, keygrip, signal }: AgentKey, digest: Buffer): Promise<Buffer> {
  const answer = await withAgent(
    socket,
    async (agent) => {
      await agent.ask(`SIGKEY ${keygrip}`);
      await agent.ask(`SETHASH ${SHA384} ${digest.toString("hex").toUpperCase()}`);
      return agent.ask("PKSIGN");
    },
    signal,
  );
  const expression = listNamed(parseSExpression(answer), "ecdsa") ?? [];
  const [r, s] = [valueNamed(expression, "r"), valueNamed(expression, "s")];
  if (!r || !s) throw new StageError(`gpg agent: key ${keygrip} made no ECDSA signature; it has to be a P-384 key`);
  return ecdsaDer(r, s);
}

/** Pure: SEQUENCE { INTEGER r, INTEGER s } of two unsigned numbers. */
export function ecdsaDer(r: Buffer, s: Buffer): Buffer {
  const integer = (value: Buffer): Buffer => {
    const first = value.findIndex((byte) => byte !== 0);
    const digits = first < 0 ? Buffer.from([0]) : value.subarray(first);
    // The first bit is the sign.
    const body = (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits;
    return Buffer.concat([Buffer.from([0x02, body.length]), body]);
  };
  const body = Buffer.concat([integer(r), integer(s)]);
  // Two numbers of 384 bits stay below 128 bytes, up to which a length is one byte.
  if (body.length > 127) throw new RangeError(`two numbers of ${body.length} bytes: too long for a curve of 384 bits`);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

/** The public key of a PEM certificate. Throws a StageError unless it is one of P-384. */
export function certifiedKey(certificate: string): KeyObject {
  const { publicKey } = new X509Certificate(certificate);
  if (publicKey.asymmetricKeyDetails?.namedCurve !== "secp384r1")
    throw new StageError("the certificate for image signatures is not one of a P-384 key; check factory.yaml: signing");
  return publicKey;
}

/** Whether a DER signature is the key's over these bytes, hashed by SHA-384. */
export function verifyBytes(content: Buffer, signature: Buffer, key: KeyObject): boolean {
  return verify("sha384", content, key, signature);
}

/** The same of a file, however large. */
export async function verifyFileSignature(
  file: string,
  signature: Buffer,
  key: KeyObject,
  signal?: AbortSignal,
): Promise<boolean> {
  const verifier = createVerify("sha384");
  const bytes = createReadStream(file, { highWaterMark: 1024 * 1024, ...(signal && { signal }) });
  for await (const chunk of bytes as AsyncIterable<Buffer>) verifier.update(chunk);
  return verifier.verify(key, signature);
}

/** PEM of a certificate's public key, as `openssl` wants it. */
export function publicPem(certificate: string): string {
  return certifiedKey(certificate).export({ type: "spki", format: "pem" }).toString();
}
