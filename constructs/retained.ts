import { Construct } from "constructs";
import { DataResource } from "./data-resource";
import { factoryCommand } from "./factory-command";

/** Key of `projects` in factory.yaml. */
export type RetainedProject = "build" | "services" | "production";

export interface RetainedProps {
  /** The repository's root. */
  readonly root: string;
  readonly project: RetainedProject;
  readonly kind: "volume" | "container";
  /** Name in the project; what has this name already is taken up again. */
  readonly name: string;
  /** Size of a volume. @default - none, for what has no size */
  readonly sizeGiB?: number;
  /** Settings of what is there; a change is applied to it as it is. @default - none */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Something that holds data: made when missing, kept at destroy, taken up again by the next deploy. Terraform cannot
 * leave a resource of its own behind, so it owns only the intention; see docs/decisions/.
 */
export class Retained extends Construct {
  readonly resource: DataResource;
  /** What stands for it with its settings applied. */
  readonly settled: DataResource;

  constructor(scope: Construct, id: string, props: RetainedProps) {
    super(scope, id);
    const { root, project, kind, name, sizeGiB, settings = {} } = props;
    if (kind === "volume" && !(Number.isInteger(sizeGiB) && Number(sizeGiB) > 0))
      throw new Error(`volume ${name}: a size of ${sizeGiB ?? "no"} GiB; it needs a whole number of at least 1`);
    const size = sizeGiB === undefined ? [] : ["--size", String(sizeGiB)];
    const what = ["--project", project, "--kind", kind, "--name", name];
    this.resource = new DataResource(this, "Resource", {
      triggersReplace: { kind, project, name, size: size.join(" ") },
      provisioners: [
        factoryCommand({ root, words: ["retain", ...what, ...size] }),
        factoryCommand({ root, words: ["release", ...what], whenDestroyed: true }),
      ],
    });
    const asked = Object.entries(settings);
    // Apart from the above: a changed setting must not let go of it first.
    this.settled =
      asked.length === 0
        ? this.resource
        : new DataResource(this, "settings", {
            triggersReplace: { ...settings, of: this.resource.id },
            provisioners: [
              factoryCommand({
                root,
                words: ["retain", ...what, ...asked.flatMap(([key, value]) => ["--setting", `${key}=${value}`])],
              }),
            ],
          });
  }
}
