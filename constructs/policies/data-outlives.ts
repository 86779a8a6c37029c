import { Annotations, type IAspect } from "cdktf";
import type { IConstruct } from "constructs";
import { argumentsOf } from "./resources";

/** What Terraform would delete with its data. */
const STATEFUL = [
  "openstack_blockstorage_volume_v3",
  "openstack_objectstorage_container_v1",
  "openstack_sharedfilesystem_share_v2",
  "openstack_db_instance_v1",
];

/** Everything that holds data is retained: none of it is a resource of Terraform's own. */
export class DataIsRetained implements IAspect {
  visit(node: IConstruct): void {
    const type = STATEFUL.find((one) => argumentsOf(node, one));
    if (type !== undefined)
      Annotations.of(node).addError(`${node.node.path}: ${type} would go with its data; use constructs/retained.ts`);
  }
}

interface BlockDevice {
  readonly source_type?: string;
  readonly delete_on_termination?: boolean;
}

/** A server with a volume that is kept shuts down before it is destroyed: what it has not written yet would be lost. */
export class StopsBeforeDestroy implements IAspect {
  visit(node: IConstruct): void {
    const server = argumentsOf(node, "openstack_compute_instance_v2");
    if (!server || server["stop_before_destroy"] === true) return;
    const disks = (server["block_device"] ?? []) as readonly BlockDevice[];
    if (disks.some((disk) => disk.source_type === "volume" && disk.delete_on_termination !== true))
      Annotations.of(node).addError(
        `${node.node.path}: has a volume that is kept, but does not stop before its destroy`,
      );
  }
}
