/** Terraform's backend block for a stack's state. Pure: used by the stacks, and by whoever reads a state beside them. */
import type { StatePlace } from "./config/state";

export interface StateSubject {
  readonly factory: string;
  readonly stack: string;
  /** The state's file where states are local. */
  readonly file: string;
}

export interface StateBackend {
  readonly type: "local" | "s3" | "pg" | "http";
  /** In Terraform's own words. Never a credential. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Where the bridge to Swift keeps it: Terraform itself has no such backend. */
  readonly swift?: { readonly container: string; readonly name: string };
}

export function stateBackend(place: StatePlace, { factory, stack, file }: StateSubject): StateBackend {
  switch (place.kind) {
    case "local":
      return { type: "local", attributes: { path: file } };
    case "swift":
      // The addresses are the bridge's and come by the environment (TF_HTTP_ADDRESS and its like).
      return {
        type: "http",
        attributes: { lock_method: "LOCK", unlock_method: "UNLOCK" },
        swift: { container: place.container, name: `${place.prefix ?? factory}/${stack}` },
      };
    case "s3":
      return {
        type: "s3",
        attributes: {
          bucket: place.bucket,
          key: `${place.prefix ?? factory}/${stack}.tfstate`,
          region: place.region,
          use_lockfile: true,
          ...(place.endpoint !== undefined && { endpoints: { s3: place.endpoint }, ...NOT_AMAZON }),
          use_path_style: place.addressing === "path",
        },
      };
    case "postgres":
      return {
        type: "pg",
        attributes: {
          conn_str: `postgres://${place.host}${place.port ? `:${place.port}` : ""}/${place.database}?sslmode=${place.sslmode}`,
          schema_name: `${place.schema ?? factory}-${stack}`,
        },
      };
    case "http":
      return { type: "http", attributes: httpAttributes(`${place.address}/${stack}`, place.locking) };
  }
}

/** Elsewhere there is no account, no list of regions, no metadata service, and no checksum in a trailer. */
const NOT_AMAZON = {
  skip_credentials_validation: true,
  skip_metadata_api_check: true,
  skip_region_validation: true,
  skip_requesting_account_id: true,
  skip_s3_checksum: true,
};

function httpAttributes(address: string, locking: "webdav" | "gitlab"): Readonly<Record<string, unknown>> {
  const lock = locking === "gitlab" ? `${address}/lock` : address;
  const [lockMethod, unlockMethod] = locking === "gitlab" ? ["POST", "DELETE"] : ["LOCK", "UNLOCK"];
  return {
    address,
    lock_address: lock,
    unlock_address: lock,
    lock_method: lockMethod,
    unlock_method: unlockMethod,
  };
}
