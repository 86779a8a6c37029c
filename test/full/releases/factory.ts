/** A factory as small as one that publishes can be. */
import type { Configuration } from "../../support/factory-run";

/** Entry of the publisher's clouds.yaml of a project that has nothing to do with the factory. */
export const CUSTOMER = "anybody";

/** No controller, no directory, one web server; the publisher asks the repository itself, and sees what customers see. */
export function configure(config: Configuration, repository: string): void {
  for (const kind of ["controller", "directoryReplica"]) delete config.nodes[kind];
  config.nodes["webServer"] = { ...config.nodes["webServer"], count: 1 };
  config["publish"] = {
    approval: "person",
    visibility: "public",
    keep: 2,
    repository,
    clouds: { RegionOne: "admin", RegionTwo: "admin" },
    customers: { RegionOne: CUSTOMER, RegionTwo: CUSTOMER },
  };
}
