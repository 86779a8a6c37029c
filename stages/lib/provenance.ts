/** How the image came to be, as an in-toto statement with SLSA's provenance predicate. Pure. */
import type { BuildPlan } from "../../model/plan";
import type { BuildImageData, CheckoutData, ConfigureHostData } from "./results";

export interface ProvenanceFacts {
  /** Every artefact, the image first. */
  readonly subjects: readonly Subject[];
  readonly checkout: CheckoutData;
  readonly host: ConfigureHostData;
  readonly image: BuildImageData;
}

/** A file that this is about, as in-toto names it. */
export interface Subject {
  readonly name: string;
  readonly digest: Readonly<Record<"sha256" | "sha512", string>>;
}

/** The statement, for https://slsa.dev/spec/v1.0/provenance readers. */
export function provenance(plan: BuildPlan, { subjects, checkout, host, image }: ProvenanceFacts): object {
  const { source } = plan.recipes;
  const { name, recipe, os, architecture, builder } = plan.image;
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: subjects,
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: `urn:image-factory:${builder}:1`,
        externalParameters: { image: name, recipe, os, architecture, dirty: plan.recipes.dirty },
        internalParameters: { mirrors: plan.mirrors, requestedBy: plan.requestedBy },
        resolvedDependencies: [
          {
            ...(source.kind === "clone" && { uri: `git+${source.url}` }),
            name: "recipes",
            digest: { gitCommit: checkout.commit, sha256: checkout.recipeDigest },
          },
          ...Object.entries(checkout.repositories).map(([suite, sha256]) => ({
            name: suite,
            digest: { sha256 },
            annotations: { of: "InRelease" },
          })),
        ],
      },
      runDetails: {
        builder: { id: `urn:image-factory:${plan.factory}`, version: host.versions },
        metadata: { invocationId: plan.build, startedOn: image.patchedUntil, finishedOn: image.finished },
      },
    },
  };
}
