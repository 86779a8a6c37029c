/**
 * A claim on something that several hosts share by NFS: a file that says who holds it and until when. It is put there
 * whole by link(2), which fails when one is there, and an expired one is moved away by rename(2), which one host alone
 * can. A claim saves work; what it guards must stay right without it, for a clock may be wrong and a host may hang.
 */
import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface Claim {
  /** Who: the build's id. */
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

export interface ClaimOptions {
  readonly owner: string;
  /** Milliseconds that the work may take. */
  readonly lasts: number;
  /** Milliseconds to wait for another's claim to end. */
  readonly patience: number;
  readonly signal: AbortSignal;
  /** @default the clock */
  readonly now?: () => number;
}

const POLL = 500;

/** Runs `work` under the claim; undefined when another held it for all of our patience. */
export async function whileClaimed<T>(
  file: string,
  options: ClaimOptions,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const { patience, signal, now = Date.now } = options;
  const until = now() + patience;
  while (!(await claim(file, options))) {
    if (now() >= until) return undefined;
    await sleep(POLL, undefined, { signal });
  }
  try {
    return await work();
  } finally {
    await release(file, options.owner);
  }
}

/** True: it is ours now. */
export async function claim(
  file: string,
  { owner, lasts, now = Date.now }: Pick<ClaimOptions, "owner" | "lasts" | "now">,
): Promise<boolean> {
  await mkdir(path.dirname(file), { recursive: true });
  const held = await holder(file);
  if (held && held.expires > now()) return false;
  if (held && !(await removeExpired(file, held))) return false;
  const own = beside(file);
  const text: Claim = { owner, expires: now() + lasts };
  await writeFile(own, JSON.stringify(text), { flag: "wx" });
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** Who holds it; what can't be read is nobody's claim, and has expired. */
export async function holder(file: string): Promise<Claim | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const { owner, expires } = JSON.parse(text) as Partial<Claim>;
    if (typeof owner === "string" && typeof expires === "number") return { owner, expires };
  } catch {
    // told below
  }
  return { owner: "", expires: 0 };
}

/** Whether the expired claim is gone. Another host may have put its own there since we looked: that goes back. */
async function removeExpired(file: string, seen: Claim): Promise<boolean> {
  const aside = beside(file);
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
    throw error;
  }
  try {
    const moved = await holder(aside);
    if (moved?.owner === seen.owner && moved.expires === seen.expires) return true;
    await link(aside, file).catch(() => undefined);
    return false;
  } finally {
    await rm(aside, { force: true });
  }
}

async function release(file: string, owner: string): Promise<void> {
  if ((await holder(file))?.owner === owner) await rm(file, { force: true });
}

const beside = (file: string): string =>
  path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString("hex")}`);
