/** Stage 10: detached OpenPGP signatures by a forwarded agent. No secret key is ever on this host. */
import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { IN_TOTO } from "../model/dsse";
import { ARTEFACTS, filesBelow, snapshot, toShare } from "./lib/artefacts";
import { digestFile, sha256 } from "./lib/digests";
import { StageError } from "./lib/errors";
import { exists, writeAtomic } from "./lib/files";
import { exportSigningKey, signFile } from "./lib/gpg";
import { provenance, type Subject } from "./lib/provenance";
import type { SignData } from "./lib/results";
import type { HostStage, StageContext } from "./lib/stage";
import { writeEnvelope } from "./lib/signed-envelope";
import { withSigner } from "./lib/signer";

export const stage: HostStage = {
  name: "sign",
  async upToDate(context) {
    const { paths, plan } = context;
    const done = context.data("sign");
    const file = path.join(paths.local, ARTEFACTS.sums);
    if (done.fingerprint !== plan.signing.fingerprint || !(await exists(`${file}.asc`))) return false;
    const signed = await readFile(file, "utf8");
    // The log of this build went on after it was signed; everything else must be as it was.
    return sha256(signed) === done.sums && withoutLogs(signed) === withoutLogs(await sums(context));
  },
  async run(context) {
    const { plan, paths, log, signal, data } = context;
    await mkdir(paths.local, { recursive: true });
    await snapshot(paths.logs, path.join(paths.local, ARTEFACTS.logs));
    const keyring = path.join(paths.local, ARTEFACTS.keyring);
    const armoured = path.join(paths.local, ARTEFACTS.key);
    await exportSigningKey(paths, plan.signing.fingerprint, { keyring, armoured }, signal);
    const subjects = await log.step("checksums", async () => digests(context, isSubject));
    assertImageUnchanged(context, sumsText(subjects, "sha256"));
    const facts = { subjects, checkout: data("checkout"), host: data("configure-host"), image: data("build-image") };
    const statement = Buffer.from(`${JSON.stringify(provenance(plan, facts), null, 2)}\n`);
    await writeAtomic(path.join(paths.local, ARTEFACTS.provenance), statement);
    let text = "";
    let files: string[] = [];
    await withSigner(context, async () => {
      const file = path.join(paths.local, ARTEFACTS.provenanceSigned);
      const statementInEnvelope = { payload: statement, type: IN_TOTO, file, name: "provenance" };
      await log.step("provenance", async () => writeEnvelope(context, statementInEnvelope));
      // What is there already was read once; these are a few kilobytes.
      const all = [...subjects, ...(await digests(context, (name) => isContent(name) && !isSubject(name)))].sort(
        byName,
      );
      text = sumsText(all, "sha256");
      await writeAtomic(path.join(paths.local, ARTEFACTS.sums), text);
      await writeAtomic(path.join(paths.local, ARTEFACTS.longSums), sumsText(all, "sha512"));
      files = await toSign(context);
      for (const name of files) {
        const file = path.join(paths.local, name);
        const options = {
          file,
          keyring,
          signal,
          fingerprint: plan.signing.fingerprint,
          log: (line: string) => log.line(line),
        };
        await log.step(`signature of ${name}`, async () => signFile(paths, options));
      }
    });
    await log.step("copies on the share", async () => share(context, files));
    const result: SignData = { sums: sha256(text), fingerprint: plan.signing.fingerprint, files };
    return {
      message: `${files.length} signatures by ${plan.signing.fingerprint.slice(-16)}, each verified`,
      data: result,
    };
  },
};

/** Both hashes of the artefacts that are asked for, the image first. */
async function digests({ paths, plan, signal }: StageContext, wanted: (name: string) => boolean): Promise<Subject[]> {
  const found: Subject[] = [];
  for (const name of (await filesBelow(paths.local)).filter(wanted)) {
    const { hex } = await digestFile(path.join(paths.local, name), ["sha256", "sha512"], signal);
    found.push({ name, digest: hex });
  }
  const isImage = ({ name }: Subject): number => (name === ARTEFACTS.image(plan.build) ? 0 : 1);
  return found.sort((a, b) => isImage(a) - isImage(b));
}

const byName = (a: Subject, b: Subject): number => (a.name < b.name ? -1 : 1);

/** As sha256sum and sha512sum check it. */
function sumsText(files: readonly Subject[], algorithm: "sha256" | "sha512"): string {
  return files.map(({ name, digest }) => `${digest[algorithm]}  ${name}\n`).join("");
}

/** SHA256SUMS over everything that belongs to the build, but signatures and itself. */
async function sums(context: StageContext): Promise<string> {
  return sumsText((await digests(context, isContent)).sort(byName), "sha256");
}

const SUMS: readonly string[] = [ARTEFACTS.sums, ARTEFACTS.longSums];
/** Made after the checksums, or what they are checked by. */
const OUTSIDE: readonly string[] = [...SUMS, ARTEFACTS.keyring, ARTEFACTS.request, ARTEFACTS.requestSigned];
const PROVENANCE: readonly string[] = [ARTEFACTS.provenance, ARTEFACTS.provenanceSigned];

/** Pure: whether a file of the artefacts has a line in SHA256SUMS. */
export function isContent(name: string): boolean {
  return !name.endsWith(".asc") && !OUTSIDE.includes(name);
}

/** Pure: whether provenance tells of it: of all but itself. */
export function isSubject(name: string): boolean {
  return isContent(name) && !PROVENANCE.includes(name);
}

const withoutLogs = (text: string): string =>
  text
    .split("\n")
    .filter((line) => !line.includes(`  ${ARTEFACTS.logs}/`))
    .join("\n");

/** The image that is signed must be the one that was built, registered and tested. */
function assertImageUnchanged(context: StageContext, text: string): void {
  const { sha256: built } = context.data("build-image");
  const name = ARTEFACTS.image(context.plan.build);
  if (!text.includes(`${built}  ${name}\n`)) {
    throw new StageError(`${name}: is not the file that stage 7 made (sha256 ${built}); it is not signed`);
  }
}

/** What gets a signature of its own: the checksums (they cover everything) and what people download alone. */
async function toSign({ plan, paths }: StageContext): Promise<string[]> {
  const all = await filesBelow(paths.local);
  const single = [
    ARTEFACTS.image(plan.build),
    ARTEFACTS.packages,
    ARTEFACTS.imageHashes,
    ARTEFACTS.fileHashes,
    ARTEFACTS.sbomSpdx,
    ARTEFACTS.sbomCycloneDx,
    ARTEFACTS.changes,
    ARTEFACTS.changesText,
    ARTEFACTS.provenance,
  ].filter((name) => all.includes(name));
  const results = all.filter((name) => /^test\/[^/]+\.(xml|tap|html)$/.test(name));
  const log = all.filter((name) => name === path.join(ARTEFACTS.logs, "07-build-image.log"));
  return [...SUMS, ...single, ...results, ...log];
}

async function share({ paths, signal }: StageContext, signed: readonly string[]): Promise<void> {
  const logs = (await filesBelow(path.join(paths.local, ARTEFACTS.logs))).map((name) =>
    path.join(ARTEFACTS.logs, name),
  );
  await rm(path.join(paths.artefacts, ARTEFACTS.logs), { recursive: true, force: true });
  const names = [
    ...SUMS,
    ...(await filesBelow(paths.local)).filter((name) => PROVENANCE.includes(name)),
    ARTEFACTS.keyring,
    ARTEFACTS.key,
    ...logs,
    ...signed.map((name) => `${name}.asc`),
  ];
  for (const name of names) await toShare(paths, name, signal);
}
