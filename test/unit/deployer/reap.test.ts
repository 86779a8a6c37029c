import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { cdktf } from "../../../deployer/cdktf";
import type { Deployment } from "../../../deployer/deployment";
import { reap, type Reapable } from "../../../deployer/reap";
import { CloudServer } from "../openstack/cloud-server";
import { deploymentWith } from "./secrets/context";

jest.mock("../../../deployer/cdktf", () => ({ cdktf: jest.fn(() => Promise.resolve()) }));

const BUILD = "debian-12-202601010000-0001";
const EXPIRED: Reapable = {
  build: BUILD,
  image: "debian-12",
  expires: "2026-01-02T00:00:00Z",
  left: { ports: 1 },
};
const tagged = (build: string): string[] => ["image-factory", "factory=demo", "image=debian-12", `build=${build}`];

let cloud: CloudServer;
let directory: string;
let said: string[];
beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "reap-"));
  said = [];
  jest.mocked(cdktf).mockClear();
  cloud = await CloudServer.start();
  // The factory's NFS server is gone too: there is no share.
  cloud
    .on("GET /v2.1/servers/detail", { json: { servers: [] } })
    .on("GET /v2.0/ports", { json: { ports: [{ id: "p", tags: tagged(BUILD) }] } })
    .on("GET /v2.0/security-groups", { json: { security_groups: [] } })
    .on("GET /v2.1/os-keypairs", { json: { keypairs: [{ keypair: { name: `${BUILD}-test` } }] } })
    .on("GET /v3/p1/volumes/detail", { json: { volumes: [] } })
    .on("DELETE /v2.0/ports/p", { status: 204 })
    .on(`DELETE /v2.1/os-keypairs/${BUILD}-test`, { status: 202 })
    .on(
      "GET /v3/users/u1/application_credentials",
      { json: { application_credentials: [{ id: "c", name: `${BUILD}-build` }] } },
      { json: { application_credentials: [] } },
    )
    .on("DELETE /v3/users/u1/application_credentials/c", { status: 204 })
    .on("GET /v3/users/u1/access_rules", { json: { access_rules: [] } });
});
afterEach(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true });
});

function state(image: string, build: string): void {
  const instances = [{ attributes: { output: { value: { build } } } }];
  const resources = [{ mode: "managed", type: "terraform_data", name: "build-id", instances }];
  writeFileSync(path.join(directory, `build-${image}.tfstate`), JSON.stringify({ version: 4, resources }));
}
async function reaped(...builds: readonly Reapable[]): Promise<string[]> {
  const session = cloud.session();
  const base = deploymentWith(session);
  const deployment = { ...base, home: { state: directory }, project: () => session, region: () => session };
  return reap(deployment as unknown as Deployment, builds, (line) => said.push(line));
}
const deleted = (): string[] =>
  cloud.seen.filter(({ method }) => method === "DELETE").map(({ path: asked }) => asked.split("/").at(-1) ?? "");

test("a build whose Terraform state is nowhere here ends all the same: what carries its tag goes, its credentials too", async () => {
  expect(await reaped(EXPIRED)).toEqual([]);
  expect(cdktf).not.toHaveBeenCalled();
  expect(deleted().sort()).toEqual(["c", `${BUILD}-test`, "p"].sort());
  expect(said[0]).toBe(`build ${BUILD} has expired: it ends now`);
  expect(said).toContain("there is no demo-nfs-server any more: no lease and no events to keep");
});

test("without the share its images stay: that their publication was asked for can not be ruled out", async () => {
  await reaped(EXPIRED);
  expect(cloud.seen.filter(({ path: asked }) => asked.startsWith("/v2/images"))).toEqual([]);
});

test("one whose state is here ends by Terraform, which keeps the state right", async () => {
  state("debian-12", BUILD);
  expect(await reaped(EXPIRED)).toEqual([]);
  expect(jest.mocked(cdktf).mock.calls.map(([, what]) => what)).toEqual([
    expect.objectContaining({ command: "destroy", stack: "build-debian-12" }),
  ]);
  expect(deleted()).toEqual([]);
});

test("the state of a later build of the same image is left alone", async () => {
  state("debian-12", "debian-12-202601050000-0002");
  expect(await reaped(EXPIRED)).toEqual([]);
  expect(cdktf).not.toHaveBeenCalled();
  expect(deleted()).toContain("p");
});

test("what stays is not touched", async () => {
  expect(await reaped({ ...EXPIRED, stays: "being built by ann@desk" })).toEqual([]);
  expect(cloud.seen).toEqual([]);
  expect(said).toEqual([]);
});

test("one that fails is told, and the next is tried", async () => {
  cloud.on(
    "GET /v2.0/ports",
    { status: 403, json: { NeutronError: { message: "not allowed" } } },
    { json: { ports: [] } },
  );
  const next = { ...EXPIRED, build: "debian-13-202601010000-0003", image: "debian-13" };
  expect(await reaped(EXPIRED, next)).toEqual([
    expect.stringMatching(new RegExp(`^${BUILD}: ports: .* 403: not allowed`)),
  ]);
  expect(said).toContain(`build ${next.build} has expired: it ends now`);
});

test("a state that can not be read is no reason to delete beside it", async () => {
  writeFileSync(path.join(directory, "build-debian-12.tfstate"), "{");
  expect(await reaped(EXPIRED)).toEqual([expect.stringMatching(new RegExp(`^${BUILD}: .*build-debian-12\\.tfstate`))]);
  expect(deleted()).toEqual([]);
});
