/** What stages 6, 7, 10 and 11 leave of a small image, made on this machine with an agent beside them. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Deployment } from "../../deployer/deployment";
import { GnupgHome } from "../../deployer/gnupg";
import { SIGNING_KEY } from "../../deployer/gnupg-keys";
import { openImageKey } from "../../deployer/image-key";
import type { BuildPlan } from "../../model/plan";
import { stage as hashdeep } from "../../stages/hashdeep";
import { stage as prepare } from "../../stages/prepare";
import { stage as sign } from "../../stages/sign";
import { ARTEFACTS } from "../../stages/lib/artefacts";
import { writeChangeLog } from "../../stages/lib/change-log";
import { digestFile } from "../../stages/lib/digests";
import { signImage } from "../../stages/lib/image-signature";
import { layout, type Layout } from "../../stages/lib/layout";
import { rawToQcow2 } from "../../stages/lib/qemu-img";
import { readInstalled } from "../../stages/lib/installed";
import { writeBills } from "../../stages/lib/sbom";
import type { StageContext } from "../../stages/lib/stage";
import { certificateOf } from "./certificate";
import { exampleContext } from "../unit/stacks/context";
import { PLAN } from "../unit/stages/plan";

const OWNER = "Test <test@example.org>";
const TIME = "2026-01-01T00:00:00.000Z";
const MIB = 1024 ** 2;

/** A disk with one partition, whose file system holds the package database of this machine and a few files. */
function makeDisk(directory: string, raw: string): void {
  const root = path.join(directory, "root");
  for (const folder of ["var/lib/dpkg", "etc", "usr/share/doc"])
    mkdirSync(path.join(root, folder), { recursive: true });
  execFileSync("cp", ["/var/lib/dpkg/status", path.join(root, "var/lib/dpkg/status")]);
  for (const name of ["bash", "coreutils", "dpkg"])
    execFileSync("cp", ["-RL", `/usr/share/doc/${name}`, path.join(root, "usr/share/doc", name)]);
  writeFileSync(path.join(root, "etc/motd"), "hello\n");
  execFileSync("truncate", ["-s", "64M", raw]);
  execFileSync("sfdisk", ["-q", raw], { input: "label: gpt\n2048,126943,L\n" });
  const file = ["-F", "-q", "-d", root, "-E", `offset=${MIB}`];
  execFileSync("mkfs.ext4", [...file, raw, `${61 * 1024}K`], { stdio: "ignore" });
}

export interface MadeArtefacts {
  readonly directory: string;
  readonly build: string;
  readonly plan: BuildPlan;
  stop(): void;
}

/**
 * Runs the stages below `directory`, whose path has to be short: sockets lie in it.
 * @param source of the OpenPGP key, as `signing.key` of the configuration; the GnuPG home is `owner` in the directory
 */
export async function makeArtefacts(directory: string, source = "generate"): Promise<MadeArtefacts> {
  const home = path.join(directory, "owner");
  const gnupg = new GnupgHome(home);
  const { fingerprint } = await gnupg.ensureKey(SIGNING_KEY, source, OWNER, () => Promise.resolve(""));
  const { config } = exampleContext();
  const key = await openImageKey({ config, home: { gnupg: home } } as Deployment);
  if (!key) throw new Error("there is no image key");
  const plan: BuildPlan = {
    ...PLAN,
    image: { ...PLAN.image, minDiskGiB: 1 },
    signing: { fingerprint, publicKey: await gnupg.publicKey(fingerprint) },
    imageSigning: {
      keygrip: key.keygrip,
      keyType: "ECC_SECP384R1",
      hashMethod: "SHA-384",
      certificate: await certificateOf(key.publicKey),
      certificates: {},
      verifiedAtUpload: [],
    },
  };
  const paths: Layout = { ...layout(plan, directory), agentSocket: await gnupg.agentSocket() };
  await runStages(plan, paths, directory);
  const stop = (): void => void execFileSync("gpgconf", ["--homedir", home, "--kill", "gpg-agent"]);
  return { directory: paths.local, build: plan.build, plan, stop };
}

async function runStages(plan: BuildPlan, paths: Layout, directory: string): Promise<void> {
  const data: Record<string, unknown> = {
    checkout: { commit: "1".repeat(40), recipeDigest: "r", sourceDigest: "s", builderVersion: "3", repositories: {} },
    "configure-host": { versions: {} },
  };
  const context = {
    plan,
    paths,
    signal: new AbortController().signal,
    log: { line: () => undefined, step: (_: string, work: () => Promise<unknown>) => work(), steps: [] },
    progress: () => undefined,
    data: (name: string) => data[name],
  } as unknown as StageContext;
  mkdirSync(paths.build, { recursive: true });
  mkdirSync(paths.scratch, { recursive: true });
  await prepare.run(context);
  const raw = path.join(paths.work, "image.raw");
  const file = path.join(paths.local, ARTEFACTS.image(plan.build));
  makeDisk(directory, raw);
  await rawToQcow2(raw, file, context.signal);
  const { size, hex } = await digestFile(file, ["sha256", "sha384", "sha512"]);
  await signImage(context, file, hex.sha384);
  const { sha256, sha512 } = hex;
  const { software } = await readInstalled(context, { raw, packageList: "" });
  await writeBills(context, { sha256, sha512, patchedUntil: TIME }, software);
  await writeChangeLog(context, { packages: [], size, virtualSize: 64 * MIB });
  writeFileSync(path.join(paths.local, ARTEFACTS.packages), "bash\t5\tamd64\n");
  mkdirSync(path.join(paths.local, ARTEFACTS.test), { recursive: true });
  writeFileSync(path.join(paths.local, ARTEFACTS.test, "results.tap"), "1..0\n");
  data["build-image"] = { file, raw, size, sha256, sha512, patchedUntil: TIME, finished: TIME };
  await hashdeep.run(context);
  await sign.run(context);
}
