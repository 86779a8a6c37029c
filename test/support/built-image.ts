/** The artefacts of an image that was built, for tests that start from one. */
import { execFileSync, type ExecFileSyncOptionsWithStringEncoding } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { cloudEnv } from "./cloud-env";
import { RESULTS, ROOT } from "./paths";

const KEPT = path.join(RESULTS, "artefacts");

export interface BuiltImage {
  readonly qcow2: string;
  /** packages.txt of the same build. */
  readonly packages: string;
}

/** Keeps a build's artefacts for later tests, in place of those of an earlier one. */
export function keepArtefacts(image: string, artefacts: string): void {
  const kept = path.join(KEPT, image);
  rmSync(kept, { recursive: true, force: true });
  mkdirSync(kept, { recursive: true });
  for (const name of readdirSync(artefacts).filter((each) => /\.qcow2$|^packages\.txt$/.test(each)))
    cpSync(path.join(artefacts, name), path.join(kept, name));
}

/**
 * The newest build of an image: the one that the main job's test kept, else one of the factory of `npm start`.
 * Throws when there is neither.
 */
export function builtImage(image: string): BuiltImage {
  const kept = path.join(KEPT, image);
  if (!existsSync(kept)) fetchFromFactory(image, kept);
  const qcow2 = readdirSync(kept).find((name) => name.endsWith(".qcow2"));
  if (qcow2 === undefined) throw new Error(`${kept} holds no qcow2: remove it`);
  return { qcow2: path.join(kept, qcow2), packages: path.join(kept, "packages.txt") };
}

function fetchFromFactory(image: string, kept: string): void {
  const fetched = `${kept}.part`;
  const options: ExecFileSyncOptionsWithStringEncoding = {
    cwd: ROOT,
    env: cloudEnv(),
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
  };
  try {
    const json = execFileSync("npx", ["factory", "builds", image, "--json"], options);
    const good = (JSON.parse(json) as { readonly build: string; readonly good: boolean }[]).find((one) => one.good);
    if (!good) throw new Error(`no build of ${image} has succeeded`);
    execFileSync("npx", ["factory", "artefacts", good.build, "--to", fetched], options);
    keepArtefacts(image, path.join(fetched, "artefacts"));
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string };
    const reason = stderr?.trim().split("\n").at(-1) ?? String(error);
    throw new Error(`no built ${image} to test: run \`npm run test:cloud\` or \`npm start\` first (${reason})`, {
      cause: error,
    });
  } finally {
    rmSync(fetched, { recursive: true, force: true });
  }
}
