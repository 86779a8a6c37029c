import { ObsBucket } from "@cdktf/provider-opentelekomcloud/lib/obs-bucket";
import { OpentelekomcloudProvider } from "@cdktf/provider-opentelekomcloud/lib/provider";
import { TerraformStack, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { BucketSettings } from "../model/buckets";

export interface ObsContainerProps extends BucketSettings {
  readonly name: string;
  /** Entry of clouds.yaml that it belongs to. */
  readonly cloud: string;
  /** Id of the KMS key that the cloud encrypts it with. @default - as the cloud does */
  readonly encryptionKey?: string;
}

/**
 * A bucket of Open Telekom Cloud's OBS. Terraform owns it: a destroy stops at a bucket that holds something
 * (`force_destroy` is never set), so data is not lost with the stack either.
 */
export class ObsContainer extends Construct {
  readonly resource: ITerraformDependable;

  constructor(scope: Construct, id: string, props: ObsContainerProps) {
    super(scope, id);
    const { name, cloud, publicRead = false, versioned = false, expireDays, encryptionKey } = props;
    this.resource = new ObsBucket(this, "Resource", {
      bucket: name,
      acl: publicRead ? "public-read" : "private",
      versioning: versioned,
      forceDestroy: false,
      ...(expireDays !== undefined && {
        lifecycleRule: [{ name: "expire", enabled: true, expiration: [{ days: expireDays }] }],
      }),
      ...(encryptionKey !== undefined && {
        serverSideEncryption: { algorithm: "kms", kmsKeyId: encryptionKey },
      }),
      provider: providerOf(this, cloud),
    });
  }
}

/** One for all buckets of a stack. Its access key comes from the environment (docs/buckets.md). */
function providerOf(scope: Construct, cloud: string): OpentelekomcloudProvider {
  const stack = TerraformStack.of(scope);
  const id = "opentelekomcloud";
  const found = stack.node.tryFindChild(id);
  return found instanceof OpentelekomcloudProvider ? found : new OpentelekomcloudProvider(stack, id, { cloud });
}
