/** The publish request of a build. Pure; its shape is model/publish-request.ts, whose schema the publisher checks. */
import type { PublishRequest } from "../../model/publish-request";
import type { BuildPlan } from "../../model/plan";
import type { StoredImage } from "./results";

export interface RequestFacts {
  readonly stored: readonly StoredImage[];
  readonly artefacts: PublishRequest["artefacts"];
  readonly at: Date;
}

/** Everything that the publisher needs; `recipes.dirty` must be false. */
export function publishRequest(plan: BuildPlan, { stored, artefacts, at }: RequestFacts): PublishRequest {
  const { factory, build, image, recipes, signing, requestedBy } = plan;
  const { name, description, owner, os, architecture } = image;
  const { distro, version, codename } = os;
  const targets = [plan.home, ...plan.regions];
  return {
    version: 1,
    factory,
    build,
    image: { name, description, owner, os: { distro, version, codename }, architecture },
    recipe: { commit: recipes.commit, dirty: false },
    regions: stored.map(({ region, imageId, hashAlgo, hashValue }) => ({
      name: region,
      region: targets.find((target) => target.name === region)?.region ?? region,
      imageId,
      hash: { algorithm: hashAlgo, value: hashValue },
    })),
    artefacts,
    signedBy: signing.fingerprint,
    requested: { at: at.toISOString(), by: requestedBy },
  };
}

/** The document's bytes. */
export function requestText(request: PublishRequest): string {
  return `${JSON.stringify(request, undefined, 2)}\n`;
}

/** Whether a request's text asks for the same as another one would: when and by whom it was asked does not count. */
export function asksTheSame(text: string | undefined, request: PublishRequest): boolean {
  if (text === undefined) return false;
  const asked = (one: PublishRequest): string => requestText({ ...one, requested: request.requested });
  try {
    return asked(JSON.parse(text) as PublishRequest) === asked(request);
  } catch {
    return false;
  }
}
