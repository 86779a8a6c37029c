/** What every stack is told besides its own subject. */
import type { NodeValues } from "../cloud-init/render";
import type { FactoryConfig } from "../model/config";
import type { StageSelection } from "../model/stage-selection";

export interface StackContext {
  readonly config: FactoryConfig;
  /** The repository's root: where provisioners run. */
  readonly root: string;
  /** OpenSSH public key of the deployer, one line. */
  readonly deployerPublicKey: string;
  readonly nodeValues: NodeValues;
  /** Changes with the commit and with the configuration: what is handed over depends on it. */
  readonly revision: string;
  /** Where a stack's state is kept, whatever directory a run of the CLI writes to. */
  readonly statePath: (stack: string) => string;
  /** The part of a build that is asked for. @default all of it */
  readonly selection?: StageSelection;
}
