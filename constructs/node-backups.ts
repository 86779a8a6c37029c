import { createHash } from "node:crypto";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { backupProgram } from "../cloud-init/backup";
import type { IBucket } from "./bucket";
import { DataResource } from "./data-resource";
import { factoryCommand } from "./factory-command";
import type { NodeConfiguredProps } from "./node-configured";

export interface NodeBackupsProps {
  /** The repository's root. */
  readonly root: string;
  readonly bucket: IBucket;
  /** Backups that are kept of each node. */
  readonly keep: number;
}

/** What nodes whose state is backed up need: the bucket, and credentials for it, which end with the factory. */
export class NodeBackups extends Construct {
  /** For the NodeConfigured of such a node. */
  readonly configured: Required<Pick<NodeConfiguredProps, "settings" | "needs">>;

  constructor(scope: Construct, id: string, props: NodeBackupsProps) {
    super(scope, id);
    const { root, bucket, keep } = props;
    const access: ITerraformDependable = new DataResource(this, "access", {
      provisioners: [factoryCommand({ root, words: ["revoke-backups"], whenDestroyed: true })],
    });
    // All that is handed over for it; a change hands over again.
    const program = createHash("sha256").update(backupProgram()).digest("hex");
    this.configured = {
      settings: { backups: bucket.bucketName, keptBackups: String(keep), backupProgram: program },
      needs: [access, ...bucket.ready],
    };
  }
}
