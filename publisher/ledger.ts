/** The signed records of an image's releases in bucket release. */
import { createHash } from "node:crypto";
import { preAuthEncoding, readEnvelope, RELEASE_RECORD, type Envelope } from "../model/dsse";
import {
  readRecord,
  RECORDS,
  recordName,
  recordPrefix,
  type NewRecord,
  type ReleaseRecord,
} from "../model/release-record";
import type { ObjectStore, Publisher } from "./ports";

type Keeper = Pick<Publisher, "key"> & { readonly release: ObjectStore };

export interface Ledger {
  readonly image: string;
  readonly records: readonly ReleaseRecord[];
  /** SHA-256 of the last record's object. */
  readonly head: string | null;
}

/** Signs a document with the publisher's key. */
export async function sealed(keeper: Pick<Keeper, "key">, type: string, document: unknown): Promise<string> {
  const payload = Buffer.from(JSON.stringify(document));
  const signature = await keeper.key.sign(preAuthEncoding(type, payload));
  const envelope: Envelope = {
    payloadType: type,
    payload: payload.toString("base64"),
    signatures: [{ keyid: keeper.key.fingerprint, sig: signature.toString("base64") }],
  };
  return `${JSON.stringify(envelope)}\n`;
}

/** What the publisher has signed. Throws one line for anything else. */
export async function unsealed(
  keeper: Pick<Keeper, "key">,
  { type, text, name }: { readonly type: string; readonly text: string; readonly name: string },
): Promise<string> {
  const envelope = readEnvelope(text, name);
  if (envelope.payloadType !== type) throw new Error(`${name}: holds ${envelope.payloadType}, not ${type}`);
  const payload = Buffer.from(envelope.payload, "base64");
  const bytes = preAuthEncoding(type, payload);
  for (const { sig } of envelope.signatures) {
    if (await keeper.key.verify(bytes, Buffer.from(sig, "base64"))) return payload.toString("utf8");
  }
  throw new Error(`${name}: is not signed by the publisher's key; nothing is done before somebody has looked at it`);
}

/** All records of an image. Throws where one is missing, altered or signed by somebody else. */
export async function readLedger(keeper: Keeper, image: string): Promise<Ledger> {
  const names = await keeper.release.list(recordPrefix(image));
  const records: ReleaseRecord[] = [];
  let head: string | null = null;
  for (let sequence = 1; sequence <= names.length; sequence++) {
    const name = recordName(image, sequence);
    const text = (await keeper.release.read(name))?.toString("utf8");
    if (text === undefined) throw new Error(`${name}: is missing, though there are ${names.length} records`);
    const record = readRecord(await unsealed(keeper, { type: RELEASE_RECORD, text, name }), name);
    if (record.image !== image || record.sequence !== sequence || record.previous !== head)
      throw new Error(`${name}: does not follow the record before it: records were removed or exchanged`);
    records.push(record);
    head = digest(text);
  }
  return { image, records, head };
}

/** One line for an image that there are no records of, naming those that there are. */
export async function unknownImage({ release }: Pick<Keeper, "release">, image: string): Promise<Error> {
  const names = (await release.list(RECORDS)).map((name) => name.split("/")[1] ?? "");
  const there = [...new Set(names)].join(", ");
  return new Error(`${image}: nobody has asked to publish an image of this name; there are: ${there || "none"}`);
}

/** Adds a record. Throws when somebody else has added one meanwhile. */
export async function append(keeper: Keeper, ledger: Ledger, record: NewRecord): Promise<Ledger> {
  const { image, records, head } = ledger;
  const sequence = records.length + 1;
  const whole: ReleaseRecord = { version: 1, image, sequence, previous: head, ...record };
  const name = recordName(image, sequence);
  // What could not be read again would stop this image for good.
  readRecord(JSON.stringify(whole), name);
  const text = await sealed(keeper, RELEASE_RECORD, whole);
  if ((await keeper.release.write(name, text, { type: "application/json", ifAbsent: true })) === "exists")
    throw new Error(`${name}: was written by another publisher just now; run the command again`);
  return { image, records: [...records, whole], head: digest(text) };
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
