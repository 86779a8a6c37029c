/** `factory secrets rotate`: a new value in place of a generated one, and every node that uses it has it. */
import type { SecretName } from "../../model/config/secrets";
import type { NodeRole } from "../../model/naming";
import { createSecret, deleteSecret, secretsNamed, type StoredSecret } from "../../openstack/barbican";
import type { Session } from "../../openstack/session";
import type { Deployment } from "../deployment";
import { UserError } from "../user-error";
import { newValue } from "./generated";
import { forgetSecrets } from "./index";
import { locked } from "./lock";
import { keptAs, parseSource, whereOf, type KeptNames } from "./source";
import { SECRET_USES } from "./uses";

/**
 * Hands what is now in use over to every node of these roles; throws when one of them could not be given it, or
 * is not well with it.
 */
export type HandOverSecret = (name: SecretName, roles: readonly NodeRole[]) => Promise<void>;

/** What a rotation works with. */
interface Rotation {
  readonly deployment: Deployment;
  readonly session: Session;
  readonly name: SecretName;
  readonly names: KeptNames;
  readonly handOver: HandOverSecret;
  readonly say: (line: string) => void;
}

/**
 * Replaces a generated secret. What is kept in Barbican tells how far it has come: after an interruption the same
 * command goes on from there. Former values go only when all nodes have the new one.
 */
export async function rotate(
  deployment: Deployment,
  name: SecretName,
  handOver: HandOverSecret,
  say: (line: string) => void,
): Promise<void> {
  const source = deployment.config.secrets[name];
  if (source === undefined || parseSource(source).kind !== "generate") {
    throw new UserError(
      `${whereOf(name, source ?? "not set")}: is not made by the factory; change it at its source, then run: factory secrets hand-over ${name}`,
    );
  }
  const { factory } = deployment.config;
  const session = deployment.project("build");
  const rotation = { deployment, session, name, names: keptAs(factory, name), handOver, say };
  const marks = await begin(rotation);
  if (name === "ca") await introduce(rotation);
  const { roles, acceptedBy, formerKept } = SECRET_USES[name];
  await spread(rotation, roles, `${name}: the new value is on all nodes`);
  const gone = formerKept ? 0 : await dropFormer(rotation, marks);
  if (gone > 0 && acceptedBy.length > 0)
    await spread(rotation, acceptedBy, `${name}: the former value is worth nothing`);
  for (const mark of [...(await secretsNamed(session, rotation.names.switched)), ...marks])
    await deleteSecret(session, mark.id);
  forgetSecrets(deployment);
  say(`${name}: rotated${formerKept ? "; the former value is kept for what it has encrypted" : ""}`);
}

/** Makes the new value, unless an earlier run has; gives the marks that say that a rotation is under way. */
function begin({ deployment, session, name, names, say }: Rotation): Promise<readonly StoredSecret[]> {
  return locked(session, names.lock, nothingYet, async (signal) => {
    const [marks, values] = [await secretsNamed(session, names.rotation), await secretsNamed(session, names.value)];
    const [mark] = marks;
    const newest = values.at(-1);
    if (!newest) throw new UserError(`${name}: was not made yet: the first deploy that needs it makes it`);
    if (mark) say(`${name}: going on with the rotation that was begun at ${mark.created.toISOString()}`);
    else await createSecret(session, { name: names.rotation, payload: "under way", signal });
    if (mark && newest.created >= mark.created) return marks;
    const payload = await newValue(name, deployment.config.factory);
    await createSecret(session, { name: names.value, payload, signal });
    say(`${name}: a new value is made`);
    return mark ? marks : secretsNamed(session, names.rotation);
  });
}

const nothingYet = (): Promise<undefined> => Promise.resolve(undefined);

/** Before a node shows a certificate of the new CA, all others have to trust it. */
async function introduce({ session, names, ...rotation }: Rotation): Promise<void> {
  if ((await secretsNamed(session, names.switched)).length > 0) return;
  const { roles } = SECRET_USES[rotation.name];
  await spread(
    { session, names, ...rotation },
    roles,
    `${rotation.name}: all nodes trust the new CA beside the former one`,
  );
  await createSecret(session, { name: names.switched, payload: "all nodes trust both" });
}

async function spread(
  { deployment, name, handOver, say }: Rotation,
  roles: readonly NodeRole[],
  done: string,
): Promise<void> {
  forgetSecrets(deployment);
  await handOver(name, roles);
  say(done);
}

/** Deletes the values from before the rotation; gives how many. */
async function dropFormer({ session, names }: Rotation, [mark]: readonly StoredSecret[]): Promise<number> {
  const values = await secretsNamed(session, names.value);
  const former = values.slice(0, -1).filter(({ created }) => mark !== undefined && created <= mark.created);
  for (const { id } of former) await deleteSecret(session, id);
  return former.length;
}
