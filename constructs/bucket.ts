import { Construct } from "constructs";
import { Retained } from "./retained";

export interface BucketProps {
  /** The repository's root. */
  readonly root: string;
  readonly name: string;
}

/** A Swift container of project production. It is removed at destroy only when it is empty. */
export class Bucket extends Construct {
  constructor(scope: Construct, id: string, props: BucketProps) {
    super(scope, id);
    new Retained(this, "retained", { ...props, project: "production", kind: "container" });
  }
}
