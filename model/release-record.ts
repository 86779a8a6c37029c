/**
 * What happened to an image's releases: signed records, numbered from 1, each with the hash of the one before it. They are
 * only ever added to; what customers see, which builds were revoked and why follows from them.
 */
import { z } from "zod";
import { BUILD_ID } from "./naming";

export const RECORD_KINDS = [
  "requested",
  "approved",
  "refused",
  "expired",
  "published",
  "abandoned",
  "rolled-back",
  "revoked",
] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const build = z.string().regex(BUILD_ID);

export const releaseRecordSchema = z.strictObject({
  version: z.literal(1),
  image: z.string().min(1),
  sequence: z.int().min(1),
  /** SHA-256 of the former record's object. */
  previous: sha256.nullable(),
  kind: z.enum(RECORD_KINDS),
  build,
  at: z.iso.datetime(),
  /** user@host, or by which rule. */
  by: z.string().min(1),
  /** SHA-256 of the request that it is about. */
  request: sha256.optional(),
  /** Refused and revoked: why. */
  reason: z.string().min(1).optional(),
  /** Rolled back: to which build. */
  to: build.optional(),
  /** Approved by a person's own key: its fingerprint, and the signature over `approval <build> <request>`, base64. */
  approval: z.strictObject({ key: z.string(), signature: z.string() }).optional(),
});

export type ReleaseRecord = z.output<typeof releaseRecordSchema>;
export type NewRecord = Omit<ReleaseRecord, "version" | "image" | "sequence" | "previous">;

/** Where records lie in bucket release. */
export const RECORDS = "records/";
/** Those of an image. */
export const recordPrefix = (image: string): string => `${RECORDS}${image}/`;
export const recordName = (image: string, sequence: number): string =>
  `${recordPrefix(image)}${String(sequence).padStart(6, "0")}.json`;

export type BuildState = "requested" | "approved" | "refused" | "expired" | "published" | "revoked";

export interface ReleaseHistory {
  /** What customers get; undefined: nothing yet, or it was revoked and nothing took its place. */
  readonly current: string | undefined;
  /** Oldest first, each once. */
  readonly published: readonly { readonly build: string; readonly at: string }[];
  /** Builds that were rolled back from and not published again. */
  readonly withdrawn: readonly string[];
  readonly revoked: readonly { readonly build: string; readonly at: string; readonly reason: string }[];
}

/** Pure. */
export function historyOf(records: readonly ReleaseRecord[]): ReleaseHistory {
  let current: string | undefined;
  const published = new Map<string, string>();
  const withdrawn = new Set<string>();
  const revoked = new Map<string, { at: string; reason: string }>();
  for (const { kind, build: one, to, at, reason = "" } of records) {
    if (kind === "published") {
      current = one;
      withdrawn.delete(one);
      if (!published.has(one)) published.set(one, at);
    }
    if (kind === "rolled-back" && to !== undefined) {
      current = to;
      withdrawn.add(one).delete(to);
    }
    if (kind === "revoked") {
      if (!revoked.has(one)) revoked.set(one, { at, reason });
      if (current === one) current = undefined;
    }
  }
  return {
    current,
    published: [...published].map(([one, at]) => ({ build: one, at })),
    withdrawn: [...withdrawn],
    revoked: [...revoked].map(([one, why]) => ({ build: one, ...why })),
  };
}

/** What became of a request; undefined: nobody has looked at it. Pure. */
export function stateOf(
  records: readonly ReleaseRecord[],
  { build: one, request }: { readonly build: string; readonly request: string },
): BuildState | undefined {
  const own = records.filter((record) => record.build === one);
  if (own.some(({ kind }) => kind === "revoked")) return "revoked";
  if (own.some(({ kind }) => kind === "published")) return "published";
  // A request that was made anew is another one.
  const last = own.filter((record) => record.request === request && record.kind !== "abandoned").at(-1);
  return last && (last.kind as BuildState);
}

/** The record in a document's text. Throws one line for what is none. */
export function readRecord(text: string, name: string): ReleaseRecord {
  const result = releaseRecordSchema.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`${name}: is no release record: ${problems.join(" | ")}`);
}
