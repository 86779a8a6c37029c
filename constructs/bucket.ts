import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { BucketSettings } from "../model/buckets";
import { ObsContainer } from "./obs-container";
import { Retained } from "./retained";

/** What is to be known of a bucket by those who use it. */
export interface IBucket {
  readonly bucketName: string;
  /** What must be there before it can be used. */
  readonly ready: ITerraformDependable[];
}

export interface BucketProps extends BucketSettings {
  /** The repository's root. */
  readonly root: string;
  readonly name: string;
  /** The kind of object storage. */
  readonly kind: BucketKind;
  /** Entry of clouds.yaml that it belongs to. */
  readonly cloud: string;
  /** obs: id of the KMS key that the cloud encrypts it with. @default - as the cloud does */
  readonly encryptionKey?: string;
}

const KINDS = {
  swift: (scope: Construct, { root, name, publicRead = false, versioned = false }: BucketProps) =>
    new Retained(scope, "retained", {
      root,
      project: "production",
      kind: "container",
      name,
      settings: { "public-read": String(publicRead), versioned: String(versioned) },
    }).settled,
  obs: (scope: Construct, props: BucketProps) => new ObsContainer(scope, "obs", props).resource,
} as const satisfies Record<string, (scope: Construct, props: BucketProps) => ITerraformDependable>;

export type BucketKind = keyof typeof KINDS;

/** Object storage of project production. What is in it outlives the stack (docs/buckets.md). */
export class Bucket extends Construct implements IBucket {
  /** A bucket that somebody else looks after, by its name: it is used as it is. */
  static fromExisting(name: string): IBucket {
    return { bucketName: name, ready: [] };
  }

  readonly bucketName: string;
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: BucketProps) {
    super(scope, id);
    if (props.expireDays !== undefined && props.versioned === true)
      throw new Error(`${this.node.path}: what expires is not kept as a former version; choose one of the two`);
    this.bucketName = props.name;
    this.ready = [KINDS[props.kind](this, props)];
  }
}
