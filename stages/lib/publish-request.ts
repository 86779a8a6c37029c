/** The publish request of a build. Pure; its shape is model/publish-request.ts, whose schema the publisher checks. */
import type { PublishRequest } from "../../model/publish-request";
import type { BuildPlan } from "../../model/plan";
import type { StoredImage } from "./results";

export interface RequestFacts {
  readonly stored: readonly StoredImage[];
  readonly artefacts: PublishRequest["artefacts"];
  readonly at: Date;
}

const DAY = 86_400_000;

/** Everything that the publisher needs; `recipes.dirty` must be false. */
export function publishRequest(plan: BuildPlan, { stored, artefacts, at }: RequestFacts): PublishRequest {
  const { factory, build, recipes, signing, requestedBy, base, publish } = plan;
  const targets = [plan.home, ...plan.regions];
  return {
    version: 2,
    factory,
    build,
    image: imageFacts(plan.image),
    target: {
      name: plan.image.publish?.name ?? plan.image.name,
      visibility: plan.image.publish?.visibility ?? publish.visibility,
    },
    recipe: { commit: recipes.commit, branch: recipes.branch ?? null, dirty: false },
    ...(base && { base }),
    regions: stored.map(({ region, imageId, hashAlgo, hashValue }) => ({
      name: region,
      region: targets.find((target) => target.name === region)?.region ?? region,
      imageId,
      hash: { algorithm: hashAlgo, value: hashValue },
    })),
    artefacts,
    signedBy: signing.fingerprint,
    requested: {
      at: at.toISOString(),
      by: requestedBy,
      validUntil: new Date(at.getTime() + publish.requestDays * DAY).toISOString(),
    },
  };
}

function imageFacts(image: BuildPlan["image"]): PublishRequest["image"] {
  const { name, description, owner, os, architecture, support, publish } = image;
  const { purpose, replaceFrequency, providedUntil, uuidValidity } = image;
  return {
    name,
    description,
    owner,
    os,
    architecture,
    purpose,
    replaceFrequency,
    providedUntil,
    uuidValidity,
    support,
    certification: publish?.certification ?? { required: false, records: [] },
  };
}

/** The document's bytes. */
export function requestText(request: PublishRequest): string {
  return `${JSON.stringify(request, undefined, 2)}\n`;
}

/**
 * Whether a request's text asks for the same as another one would, and still will: when and by whom it was asked does
 * not count.
 */
export function asksTheSame(text: string | undefined, request: PublishRequest): boolean {
  if (text === undefined) return false;
  const asked = (one: PublishRequest): string => requestText({ ...one, requested: request.requested });
  try {
    const former = JSON.parse(text) as PublishRequest;
    return asked(former) === asked(request) && former.requested.validUntil > request.requested.at;
  } catch {
    return false;
  }
}
