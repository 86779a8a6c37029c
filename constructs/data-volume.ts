import { DataOpenstackBlockstorageVolumeV3 } from "@cdktf/provider-openstack/lib/data-openstack-blockstorage-volume-v3";
import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { Retained, type RetainedProject } from "./retained";

export interface DataVolumeProps {
  /** The repository's root. */
  readonly root: string;
  readonly name: string;
  readonly sizeGiB: number;
  /** @default "build" */
  readonly project?: RetainedProject;
  /** That project's provider. @default - the stack's */
  readonly provider?: TerraformProvider;
}

/** A volume whose data outlives the stack. */
export class DataVolume extends Construct {
  readonly volumeId: string;
  /** Changes when it is another volume, for `replaceTriggeredBy`. */
  readonly identity: string;

  constructor(scope: Construct, id: string, props: DataVolumeProps) {
    super(scope, id);
    const { root, name, sizeGiB, project = "build", provider } = props;
    const retained = new Retained(this, "retained", { root, project, kind: "volume", name, sizeGiB });
    const found = new DataOpenstackBlockstorageVolumeV3(this, "Resource", {
      name,
      dependsOn: [retained.resource],
      ...(provider && { provider }),
    });
    this.volumeId = found.id;
    // as Terraform wants it there: a plain reference
    const { terraformResourceType, friendlyUniqueId } = retained.resource;
    this.identity = `${terraformResourceType}.${friendlyUniqueId}`;
  }
}
