/** Stage 10: detached OpenPGP signatures by a forwarded agent. No secret key is ever on this host. */
import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { ARTEFACTS, filesBelow, snapshot, toShare } from "./lib/artefacts";
import { digestFile, sha256 } from "./lib/digests";
import { StageError } from "./lib/errors";
import { exists, writeAtomic } from "./lib/files";
import { exportSigningKey, signFile } from "./lib/gpg";
import { provenance } from "./lib/provenance";
import type { SignData } from "./lib/results";
import type { HostStage, StageContext } from "./lib/stage";
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
    const facts = { checkout: data("checkout"), host: data("configure-host"), image: data("build-image") };
    const statement = `${JSON.stringify(provenance(plan, facts), null, 2)}\n`;
    await writeAtomic(path.join(paths.local, ARTEFACTS.provenance), statement);
    const text = await log.step("checksums", async () => sums(context));
    assertImageUnchanged(context, text);
    await writeAtomic(path.join(paths.local, ARTEFACTS.sums), text);
    const files = await toSign(context);
    await withSigner(context, async () => {
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

/** SHA256SUMS over everything that belongs to the build, but signatures and itself. */
async function sums({ paths, signal }: StageContext): Promise<string> {
  const names = (await filesBelow(paths.local)).filter((name) => isContent(name));
  const lines: string[] = [];
  for (const name of names) {
    const { hex } = await digestFile(path.join(paths.local, name), ["sha256"], signal);
    lines.push(`${hex.sha256}  ${name}\n`);
  }
  return lines.join("");
}

/** Pure: whether a file of the artefacts has a line in SHA256SUMS. */
export function isContent(name: string): boolean {
  return !name.endsWith(".asc") && name !== ARTEFACTS.sums && name !== ARTEFACTS.keyring && name !== ARTEFACTS.request;
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
    ARTEFACTS.provenance,
  ];
  const results = all.filter((name) => /^test\/(junit\.xml|results\.tap)$/.test(name));
  const log = all.filter((name) => name === path.join(ARTEFACTS.logs, "07-build-image.log"));
  return [ARTEFACTS.sums, ...single, ...results, ...log];
}

async function share({ paths, signal }: StageContext, signed: readonly string[]): Promise<void> {
  const logs = (await filesBelow(path.join(paths.local, ARTEFACTS.logs))).map((name) =>
    path.join(ARTEFACTS.logs, name),
  );
  await rm(path.join(paths.artefacts, ARTEFACTS.logs), { recursive: true, force: true });
  const names = [
    ARTEFACTS.sums,
    ARTEFACTS.provenance,
    ARTEFACTS.keyring,
    ARTEFACTS.key,
    ...logs,
    ...signed.map((name) => `${name}.asc`),
  ];
  for (const name of names) await toShare(paths, name, signal);
}
