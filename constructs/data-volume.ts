import { DataOpenstackBlockstorageVolumeV3 } from "@cdktf/provider-openstack/lib/data-openstack-blockstorage-volume-v3";
import { Construct } from "constructs";
import { Retained } from "./retained";

export interface DataVolumeProps {
  /** The repository's root. */
  readonly root: string;
  readonly name: string;
  readonly sizeGiB: number;
}

/** A volume whose data outlives the stack. */
export class DataVolume extends Construct {
  readonly volumeId: string;

  constructor(scope: Construct, id: string, props: DataVolumeProps) {
    super(scope, id);
    const { root, name, sizeGiB } = props;
    const retained = new Retained(this, "retained", { root, project: "build", kind: "volume", name, sizeGiB });
    const found = new DataOpenstackBlockstorageVolumeV3(this, "Resource", { name, dependsOn: [retained.resource] });
    this.volumeId = found.id;
  }
}
