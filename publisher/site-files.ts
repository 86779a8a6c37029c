/** Files of the site in bucket release: written is only what differs from what lies there, and what is made no more goes. */
import { createHash } from "node:crypto";
import { SITE_LIST } from "../model/dsse";
import { signatureOf, type SiteFile, type SiteFiles } from "../site/site-file";
import { sealed, unsealed } from "./ledger";
import type { Publisher } from "./ports";

type Store = Pick<Publisher, "release" | "key">;

/** What the site consisted of, as it was last written. */
const LIST = ".factory/site.json";

interface Listed {
  /** MD5 of the content as it was rendered. */
  readonly content: string;
  /** MD5 of the object that has its signature: the detached one, or the clear-signed file itself. */
  readonly signature?: string;
}

interface SiteList {
  /** Fingerprint of the key that signed. */
  readonly key: string;
  readonly files: Readonly<Record<string, Listed>>;
}

const md5 = (content: string | Buffer): string => createHash("md5").update(content).digest("hex");

/**
 * In the order that the renderer gives: what leads to others comes after them, and goes before them. Gives what lay in
 * the bucket before.
 */
export async function writeFiles(store: Store, files: SiteFiles): Promise<ReadonlyMap<string, string>> {
  const former = await readList(store);
  const there = await store.release.digests();
  const all = { ...former.files, ...Object.fromEntries([...files.keys()].map((name) => [name, { content: "" }])) };
  // Whatever may lie there stands in the list before it does: stopped in the middle, the next run finds it again.
  if (Object.keys(all).length > Object.keys(former.files).length)
    await writeList(store, { ...former, files: { ...all, ...former.files } });
  const listed: Record<string, Listed> = {};
  for (const [name, file] of files) listed[name] = await writeFile(store, name, file, { former, there });
  for (const name of Object.keys(all).filter((one) => !files.has(one))) {
    for (const object of [name, signatureOf(name)]) if (there.has(object)) await store.release.remove(object);
  }
  const list = { key: store.key.fingerprint, files: listed };
  if (JSON.stringify(list) !== JSON.stringify(former)) await writeList(store, list);
  return there;
}

interface Before {
  readonly former: SiteList;
  readonly there: ReadonlyMap<string, string>;
}

async function writeFile(
  { release, key }: Store,
  name: string,
  { content, type, sign }: SiteFile,
  { former, there }: Before,
): Promise<Listed> {
  const known = former.files[name];
  const isSame = known?.content === md5(content);
  const isSigned = (object: string): boolean =>
    isSame && former.key === key.fingerprint && known.signature !== undefined && there.get(object) === known.signature;
  if (sign === "clear") {
    if (isSigned(name)) return known as Listed;
    const signed = await key.clearSign(content);
    await release.write(name, signed, { type });
    return { content: md5(content), signature: md5(signed) };
  }
  let signature: string | undefined;
  if (sign === "detached") {
    const object = signatureOf(name);
    // A signature that is replaced goes with its file: never beside one that it is not of for longer than has to be.
    if (isSigned(object) && there.get(name) === md5(content)) return known as Listed;
    const bytes = await key.sign(Buffer.from(content));
    await release.write(object, bytes, { type: "application/pgp-signature" });
    signature = md5(bytes);
  }
  if (there.get(name) !== md5(content)) await release.write(name, content, { type });
  return { content: md5(content), ...(signature !== undefined && { signature }) };
}

async function readList(store: Store): Promise<SiteList> {
  const text = (await store.release.read(LIST))?.toString("utf8");
  if (text === undefined) return { key: store.key.fingerprint, files: {} };
  return JSON.parse(await unsealed(store, { type: SITE_LIST, text, name: LIST })) as SiteList;
}

async function writeList(store: Store, list: SiteList): Promise<void> {
  await store.release.write(LIST, await sealed(store, SITE_LIST, list), { type: "application/json" });
}
