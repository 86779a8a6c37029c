import { statePlace } from "../../../model/config/state";
import { stateBackend } from "../../../model/state-backend";

const subject = { factory: "demo", stack: "build-debian-12", file: "/home/state/build-debian-12.tfstate" };
const backend = (text: string) => stateBackend(statePlace(text), subject);

test("local: the file", () => {
  expect(backend("local")).toEqual({ type: "local", attributes: { path: subject.file } });
});

test("swift: Terraform talks to the bridge, whose address it is told by the environment", () => {
  expect(backend("swift://demo-state")).toEqual({
    type: "http",
    attributes: { lock_method: "LOCK", unlock_method: "UNLOCK" },
    swift: { container: "demo-state", name: "demo/build-debian-12" },
  });
  expect(backend("swift://demo-state/a").swift?.name).toBe("a/build-debian-12");
});

test("s3: locked by a lock file; away from Amazon nothing of Amazon's is asked for", () => {
  expect(backend("s3://demo-state?region=eu-central-1").attributes).toEqual({
    bucket: "demo-state",
    key: "demo/build-debian-12.tfstate",
    region: "eu-central-1",
    use_lockfile: true,
    use_path_style: false,
  });
  expect(backend("s3://demo-state/x?endpoint=https://s3.test&region=eu").attributes).toEqual({
    bucket: "demo-state",
    key: "x/build-debian-12.tfstate",
    region: "eu",
    use_lockfile: true,
    use_path_style: true,
    endpoints: { s3: "https://s3.test" },
    skip_credentials_validation: true,
    skip_metadata_api_check: true,
    skip_region_validation: true,
    skip_requesting_account_id: true,
    skip_s3_checksum: true,
  });
});

test("postgres: a schema for each stack", () => {
  expect(backend("postgres://db:5433/states?sslmode=require")).toEqual({
    type: "pg",
    attributes: { conn_str: "postgres://db:5433/states?sslmode=require", schema_name: "demo-build-debian-12" },
  });
});

test("http: the state's own address is its lock, or GitLab's beside it", () => {
  const own = { address: "https://s.test/f/build-debian-12", lock_address: "https://s.test/f/build-debian-12" };
  expect(backend("https://s.test/f").attributes).toMatchObject({
    ...own,
    lock_method: "LOCK",
    unlock_method: "UNLOCK",
  });
  expect(backend("https://s.test/f?locking=gitlab").attributes).toMatchObject({
    lock_address: "https://s.test/f/build-debian-12/lock",
    lock_method: "POST",
    unlock_method: "DELETE",
  });
});
