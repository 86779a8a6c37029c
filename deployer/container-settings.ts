/** A container as the configuration wants it: who may read it, and whether it keeps former versions. */
import { tagMetadata } from "../model/naming";
import type { Session } from "../openstack/session";
import { changeContainer, headContainer, putContainer } from "../openstack/swift";
import { UserError } from "./user-error";

/** By the words of `--setting`. */
export type Settings = Readonly<Record<string, string>>;

/** Anybody who knows an object's name; not who would list them. */
const EVERYBODY = ".r:*";

type Apply = (session: Session, factory: string, name: string, on: boolean) => Promise<string | undefined>;

const APPLY: Readonly<Record<string, Apply>> = {
  async "public-read"(session, _factory, name, on) {
    await changeContainer(session, name, { readers: on ? EVERYBODY : "" });
    return on ? "read by everybody" : undefined;
  },
  async versioned(session, factory, name, on) {
    await changeContainer(session, name, { versioned: on });
    const now = await headContainer(session, name);
    if (!on) {
      if (now?.history !== undefined) await changeContainer(session, name, { history: "" });
      return undefined;
    }
    if (now?.versioned) return "keeps former versions";
    return keepHistory(session, factory, name);
  },
};

/** The older way: former versions go to a container beside it. */
async function keepHistory(session: Session, factory: string, name: string): Promise<string> {
  const history = historyOf(name);
  await putContainer(session, history, tagMetadata({ factory }));
  await changeContainer(session, name, { history });
  if ((await headContainer(session, name))?.history !== undefined) return `keeps former versions in ${history}`;
  return "keeps NO former versions: this cloud can not";
}

/** Name of the container for former versions. */
export const historyOf = (name: string): string => `${name}-history`;

/** Applies them; what is to be told. Throws a UserError for a setting that there is not. */
export async function applySettings(
  session: Session,
  factory: string,
  name: string,
  settings: Settings,
): Promise<string[]> {
  const told: string[] = [];
  for (const [key, value] of Object.entries(settings)) {
    const apply = APPLY[key];
    if (!apply || !["true", "false"].includes(value))
      throw new UserError(`bucket ${name}: there is no setting ${key}=${value}`);
    const line = await apply(session, factory, name, value === "true");
    if (line !== undefined) told.push(line);
  }
  return told;
}
