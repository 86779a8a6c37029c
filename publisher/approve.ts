/** Approval and refusal by a person. */
import { stateOf, type ReleaseRecord } from "../model/release-record";
import { parseBuildId } from "../model/naming";
import { append, readLedger } from "./ledger";
import type { Publisher } from "./ports";
import { openRequest, type OpenedRequest } from "./request";

interface Asked {
  readonly build: string;
  /** SHA-256 of the request. */
  readonly request: string;
}

/** What somebody signs who approves a build: this request and no other. */
export const approvalText = ({ build, request }: Asked): Buffer => Buffer.from(`approval ${build} ${request}\n`);

/** Binary OpenPGP signature of a person's key. */
export type SignAs = (content: Buffer) => Promise<Buffer>;

/** Records an approval. Throws where approvers are named and the signature is none of theirs. */
export async function approve(publisher: Publisher, build: string, signAs: SignAs | undefined): Promise<void> {
  const { opened, ledger, asked } = await open(publisher, build);
  const { validUntil } = opened.request.requested;
  if (validUntil < publisher.now().toISOString()) throw new Error(`${build}: the request was good until ${validUntil}`);
  const at = publisher.now().toISOString();
  if (signAs && !publisher.approvers)
    throw new Error("publish.approvers names nobody whose key would count: leave --key out");
  if (await hasApproval(publisher, ledger.records, asked)) {
    publisher.say(`${build}: is approved already; factory publish ${build} publishes it`);
    return;
  }
  const record = { kind: "approved", ...asked, at, by: publisher.who } as const;
  if (!publisher.approvers) {
    await append(publisher, ledger, record);
  } else {
    if (!signAs)
      throw new Error("publish.approvers names whose approval counts: say which key signs it: --key FINGERPRINT");
    const signature = await signAs(approvalText(asked));
    const key = await publisher.approvers.signer(approvalText(asked), signature);
    if (key === undefined) throw new Error(`${build}: the key that signed is none of publish.approvers`);
    await append(publisher, ledger, { ...record, approval: { key, signature: signature.toString("base64") } });
  }
  publisher.say(`${build}: approved; factory publish ${build} publishes it`);
}

/** Records that a person does not want it published. */
export async function refuse(publisher: Publisher, build: string, reason: string): Promise<void> {
  const { ledger, asked } = await open(publisher, build);
  const at = publisher.now().toISOString();
  await append(publisher, ledger, { kind: "refused", ...asked, at, by: publisher.who, reason });
  publisher.say(`${build}: refused: ${reason}`);
}

async function open(publisher: Publisher, build: string) {
  const opened: OpenedRequest = await openRequest(publisher, build);
  let ledger = await readLedger(publisher, parseBuildId(build).image);
  const asked = { build, request: opened.digest };
  const state = stateOf(ledger.records, asked);
  if (state !== undefined && state !== "requested" && state !== "approved") throw new Error(`${build}: is ${state}`);
  if (state === undefined) {
    const at = publisher.now().toISOString();
    ledger = await append(publisher, ledger, { kind: "requested", ...asked, at, by: publisher.who });
  }
  return { opened, ledger, asked };
}

/** Whether there is an approval that counts today: one by a named approver where some are named. */
export async function hasApproval(
  { approvers }: Pick<Publisher, "approvers">,
  records: readonly ReleaseRecord[],
  asked: Asked,
): Promise<boolean> {
  const given = records.filter(
    ({ kind, build, request }) => kind === "approved" && build === asked.build && request === asked.request,
  );
  if (!approvers) return given.length > 0;
  for (const { approval } of given) {
    if (!approval) continue;
    const signer = await approvers.signer(approvalText(asked), Buffer.from(approval.signature, "base64"));
    if (signer !== undefined) return true;
  }
  return false;
}
