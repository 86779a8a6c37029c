/** The locks that deploying sides take on the NFS server by flock(1), taken the same way. */
import { spawn } from "node:child_process";

/** Seconds that a lock may be held by somebody else; a lease is swapped in less than one. */
const WAIT = 60;

/** Does the work while holding the lock. Throws when somebody else holds it for too long. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  // `cat` ends, and the lock with it, when we close its input: at the latest when this process is gone.
  const args = ["-w", String(WAIT), file, "sh", "-c", "echo held; exec cat"];
  const holder = spawn("flock", args, { stdio: ["pipe", "pipe", "inherit"] });
  const closed = new Promise<void>((resolve) => holder.on("close", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    holder.on("error", reject);
    holder.stdout.once("data", () => resolve());
    holder.on("close", () => reject(new Error(`${file}: is locked by another process`)));
  });
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await closed;
  }
}
