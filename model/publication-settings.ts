/** What the publisher is told, wherever it runs; no secret is in it. */
import type { FactoryConfig } from "./config";
import { names } from "./naming";
import type { RotationPolicy } from "./rotation";

export interface PublisherPolicy extends RotationPolicy {
  readonly approval: "person" | "automatic";
  readonly branches: readonly string[];
  readonly signatureProperties: "keep" | "drop";
}

export interface TrustedKeys {
  /** Whose requests and artefacts are believed: armoured OpenPGP public keys. */
  readonly openPgp: readonly string[];
  /** PEM of P-384 keys, or of certificates of theirs; where there is one, requests and provenance have to be signed by it too. */
  readonly image: readonly string[];
}

export interface PublicationSettings {
  readonly factory: string;
  /** Of the web site, without a slash at its end. */
  readonly address: string;
  readonly policy: PublisherPolicy;
  readonly regions: readonly {
    /** As in factory.yaml. */
    readonly name: string;
    readonly region: string;
    /** Entry of the publisher's clouds.yaml that may change images there. */
    readonly cloud: string;
    /** Entry of any customer's project; undefined: what customers may read there is not known. */
    readonly customer?: string;
    /** Entry of a project whose secrets everybody may read. */
    readonly certificates?: string;
  }[];
  readonly buckets: { readonly requests: string; readonly staging: string; readonly release: string };
  readonly trusted: TrustedKeys;
  /** Armoured OpenPGP public keys of those whose approval counts; none: whoever runs the publisher. */
  readonly approvers: readonly string[];
  /** Where reviewed branches are looked at: an address or a path. */
  readonly repository?: string;
}

interface Surroundings {
  readonly trusted: TrustedKeys;
  readonly approvers: readonly string[];
  /** Where recipes are when factory.yaml names no repository. */
  readonly checkout?: string;
}

/** Pure. */
export function publicationSettings(config: FactoryConfig, around: Surroundings): PublicationSettings {
  const { factory, publish, buckets, regions, infrastructure } = config;
  const { requests, staging, release } = buckets;
  const { visibility, keep, deleteAfterDays, previous, approval, branches, signatureProperties } = publish;
  const repository = publish.repository ?? infrastructure.git?.url ?? around.checkout;
  return {
    factory,
    address: publish.address ?? `https://${names.web(factory)}`,
    policy: { visibility, keep, deleteAfterDays, previous, approval, branches, signatureProperties },
    regions: regions.map(({ name, region, cloud }) => {
      const { [name]: customer } = publish.customers;
      const { [name]: certificates } = publish.certificates;
      return {
        name,
        region,
        cloud: publish.clouds[name] ?? cloud,
        ...(customer !== undefined && { customer }),
        ...(certificates !== undefined && { certificates }),
      };
    }),
    buckets: { requests, staging, release },
    trusted: around.trusted,
    approvers: around.approvers,
    ...(repository !== undefined && { repository }),
  };
}
