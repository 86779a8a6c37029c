/** Appends events to one writer's file, each on disk before the next is written. */
import { mkdir, open, readdir, readFile, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { mergeEvents, parseEvents, type BuildEvent } from "../../model/events";
import { readIfThere } from "./files";

export interface EventLog {
  /** Appends and resolves when the line is on disk. Calls keep their order. */
  append(event: BuildEvent): Promise<void>;
  close(): Promise<void>;
}

/** Opens a writer's file; a last line that a crash cut off is taken away first. */
export async function openEventLog(file: string): Promise<EventLog> {
  await mkdir(path.dirname(file), { recursive: true });
  await repair(file);
  const handle = await open(file, "a");
  let queue: Promise<void> = Promise.resolve();
  return {
    append(event) {
      const next = queue.then(async () => write(handle, `${JSON.stringify(event)}\n`));
      // The caller sees the failure; it must not keep later events from being tried.
      queue = next.catch(() => undefined);
      return next;
    },
    async close() {
      await queue;
      await handle.close();
    },
  };
}

/** The events of a file; none when there is no such file. */
export async function readEvents(file: string): Promise<BuildEvent[]> {
  return parseEvents((await readIfThere(file)) ?? "");
}

/** All writers' events of a build in the order of their times. */
export async function readAllEvents(directory: string): Promise<BuildEvent[]> {
  const files = (await readdir(directory)).filter((name) => name.endsWith(".jsonl")).sort();
  return mergeEvents(...(await Promise.all(files.map((name) => readEvents(path.join(directory, name))))));
}

async function write(handle: FileHandle, line: string): Promise<void> {
  await handle.appendFile(line);
  await handle.sync();
}

async function repair(file: string): Promise<void> {
  if ((await readIfThere(file)) === undefined) return;
  const bytes = await readFile(file);
  const whole = bytes.lastIndexOf(0x0a) + 1;
  if (whole === bytes.length) return;
  const handle = await open(file, "r+");
  try {
    await handle.truncate(whole);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
