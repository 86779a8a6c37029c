/** Reads a secret that the user brings from where it is. */
import { readFile } from "node:fs/promises";
import { userPath } from "../../config/paths";
import { redact } from "../../openstack/errors";
import { secretPayload, secretsNamed } from "../../openstack/barbican";
import type { Session } from "../../openstack/session";
import { lastWords, run } from "../process";
import { messageOf, UserError } from "../user-error";
import type { SourceKind } from "./source";

export interface FetchContext {
  /** What relative paths are relative to, and where commands run: the directory of factory.yaml. */
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  /** Project build. */
  readonly session: Session;
}

/** Milliseconds that a command may take; a person may have to touch a key. */
const COMMAND_WITHIN = 60_000;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "it may not be read",
  EISDIR: "it is a directory",
};

const READERS: Readonly<Record<SourceKind, (what: string, context: FetchContext) => Promise<string>>> = {
  async file(what, { directory }) {
    const file = userPath(directory, what);
    const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      throw new UserError(`${UNREADABLE[error.code ?? ""] ?? messageOf(error)} (${file})`);
    });
    return withoutNewline(text);
  },
  env(what, { env }) {
    const value = env[what];
    if (value === undefined) throw new UserError("this variable is not set in the environment");
    return Promise.resolve(value);
  },
  async command(what, { directory }) {
    const outcome = await run("sh", ["-c", what], { cwd: directory, timeout: COMMAND_WITHIN });
    if (outcome.code === 0) return withoutNewline(outcome.stdout);
    // what it has said so far may be the secret
    throw new UserError(redact(`the command failed: ${lastWords(outcome, COMMAND_WITHIN)}`, [outcome.stdout.trim()]));
  },
  async barbican(what, { session }) {
    const id = ID.test(what) ? what : await idOf(session, what);
    const payload = await secretPayload(session, id);
    if (payload === undefined)
      throw new UserError(`${session.cloud}: Barbican has no secret of this id in the project`);
    return withoutNewline(payload);
  },
};

/** The secret, never empty. Throws a UserError of one line that says what is wrong, without the value. */
export async function fetchSecret(kind: SourceKind, what: string, context: FetchContext): Promise<string> {
  const value = await READERS[kind](what, context).catch((error: unknown) => {
    throw new UserError(messageOf(error), { cause: error });
  });
  if (value.trim() === "") throw new UserError("it is empty");
  return value;
}

async function idOf(session: Session, name: string): Promise<string> {
  const [found, other] = await secretsNamed(session, name);
  if (!found) throw new UserError(`${session.cloud}: Barbican has no secret of this name in the project`);
  if (other) throw new UserError(`${session.cloud}: Barbican has several secrets of this name; write the id of one`);
  return found.id;
}

/** Editors and `echo` end a file with a newline that is not meant. */
const withoutNewline = (text: string): string => text.replace(/(\r?\n)+$/, "");
