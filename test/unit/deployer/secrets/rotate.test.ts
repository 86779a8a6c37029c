import { makeAuthority } from "../../../../deployer/authority";
import { openSecrets } from "../../../../deployer/secrets";
import { rotate } from "../../../../deployer/secrets/rotate";
import type { Deployment } from "../../../../deployer/deployment";
import { CloudServer } from "../../openstack/cloud-server";
import { FakeBarbican } from "../../openstack/fake-barbican";
import { deploymentWith } from "./context";

let cloud: CloudServer;
let barbican: FakeBarbican;
let deployment: Deployment;
let said: string[];
const say = (line: string): unknown => said.push(line);
beforeEach(async () => {
  cloud = await CloudServer.start();
  barbican = new FakeBarbican(cloud);
  deployment = deploymentWith(cloud.session());
  said = [];
});
afterEach(() => cloud.stop());

/** Nodes that are all given what is in use at the time; `fails` says in which round they can't be reached. */
class Nodes {
  readonly given: string[] = [];
  /** What the directory's servers accept, after each round. */
  readonly accepted: (readonly string[])[] = [];
  readonly trusted: string[] = [];
  round = 0;
  constructor(private readonly fails?: number) {}

  readonly handOver = async (_: string, roles: readonly string[]): Promise<void> => {
    this.round += 1;
    if (this.round === this.fails) throw new Error("demo-controller: does not answer");
    this.accepted.push(await openSecrets(deployment).all("directoryReader"));
    if (roles.includes("controller")) this.given.push(await openSecrets(deployment).get("directoryReader"));
  };

  /** What nodes trust, and whose certificates they show, by the CAs' texts. */
  readonly handOverCa = (names: ReadonlyMap<string, string>) => async (): Promise<void> => {
    this.round += 1;
    if (this.round === this.fails) throw new Error("demo-controller: does not answer");
    const { certificate } = await openSecrets(deployment).authority();
    const blocks = certificate.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? [];
    this.trusted.push(blocks.map((block) => names.get(block) ?? "new").join(" "));
  };
}

describe("a password", () => {
  const rotateReader = (nodes: Nodes): Promise<void> => rotate(deployment, "directoryReader", nodes.handOver, say);

  test("gets a new value that all nodes are given; the former one goes", async () => {
    barbican.put("demo-directory-reader", "old value");
    const nodes = new Nodes();
    await rotateReader(nodes);
    const [value, other] = barbican.payloads("demo-directory-reader");
    expect(other).toBeUndefined();
    expect(value).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(nodes.given).toEqual([value]);
    expect(nodes.accepted).toEqual([[value, "old value"], [value]]);
    expect(barbican.names()).toEqual(["demo-directory-reader"]);
    expect(await openSecrets(deployment).all("directoryReader")).toEqual([value]);
    expect(said.join("\n")).not.toContain(value);
  });

  test("keeps its former value while a node has not got the new one; then the same rotation is gone on with", async () => {
    barbican.put("demo-directory-reader", "old value");
    await expect(rotateReader(new Nodes(1))).rejects.toThrow("demo-controller: does not answer");
    const [old, young, third] = barbican.payloads("demo-directory-reader");
    expect([old, third]).toEqual(["old value", undefined]);

    const nodes = new Nodes();
    await rotateReader(nodes);
    expect(nodes.given).toEqual([young]);
    expect(said).toContainEqual(expect.stringContaining("going on with the rotation that was begun at 2026-01-01T"));
    expect(barbican.names()).toEqual(["demo-directory-reader"]);
    expect(barbican.payloads("demo-directory-reader")).toEqual([young]);
  });

  test("gets a new value although the first run was interrupted before it made one", async () => {
    barbican.put("demo-directory-reader", "old value");
    barbican.put("demo-directory-reader.rotation", "under way");
    const nodes = new Nodes();
    await rotateReader(nodes);
    expect(nodes.given).not.toEqual(["old value"]);
    expect(barbican.payloads("demo-directory-reader")).toEqual(nodes.given);
    expect(barbican.names()).toEqual(["demo-directory-reader"]);
  });

  test("gets one new value when two rotate at once", async () => {
    barbican.put("demo-directory-reader", "old value");
    const nodes = new Nodes();
    let both: () => void = () => undefined;
    const bothThere = new Promise<void>((resolve) => (both = resolve));
    const together = async (name: string, roles: readonly string[]): Promise<void> => {
      await nodes.handOver(name, roles);
      if (nodes.round === 2) both();
      await bothThere;
    };
    await Promise.all([1, 2].map(() => rotate(deployment, "directoryReader", together, say)));
    expect(new Set(nodes.given).size).toBe(1);
    expect(barbican.payloads("demo-directory-reader")).toEqual([nodes.given[0]]);
    expect(barbican.names()).toEqual(["demo-directory-reader"]);
  });

  test("can't be rotated before it was made, and not when the user brings it", async () => {
    await expect(rotateReader(new Nodes())).rejects.toThrow("directoryReader: was not made yet");
    expect(barbican.names()).toEqual([]);
    deployment = deploymentWith(cloud.session(), { directoryReader: "file:/etc/reader" });
    await expect(rotateReader(new Nodes())).rejects.toThrow(
      "factory.yaml: secrets.directoryReader (file:/etc/reader): is not made by the factory; change it at its source, " +
        "then run: factory secrets hand-over directoryReader",
    );
  });
});

test("the backups' former passphrase stays: backups are encrypted with it", async () => {
  barbican.put("demo-backup", "old value");
  await rotate(deployment, "backup", () => Promise.resolve(), say);
  expect(barbican.names()).toEqual(["demo-backup", "demo-backup"]);
  const [inUse, former] = await openSecrets(deployment).all("backup");
  expect(inUse).not.toBe("old value");
  expect(former).toBe("old value");
});

describe("the CA", () => {
  let names: Map<string, string>;
  beforeEach(async () => {
    const old = await makeAuthority("demo");
    barbican.put("demo-ca", old);
    names = new Map([[/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/.exec(old)![0], "old"]]);
  });
  const rotateCa = (nodes: Nodes): Promise<void> => rotate(deployment, "ca", nodes.handOverCa(names), say);

  test("is trusted by all nodes before it issues for the first one, and the former one for as long", async () => {
    const nodes = new Nodes();
    await rotateCa(nodes);
    // the first is the one that issues
    expect(nodes.trusted).toEqual(["old new", "new old", "new"]);
    expect(barbican.names()).toEqual(["demo-ca"]);
  });

  test.each([
    [1, ["old new", "new old", "new"]],
    [2, ["new old", "new"]],
    [3, ["new"]],
  ])("is gone on with after an interruption in round %i", async (round, rest) => {
    await expect(rotateCa(new Nodes(round))).rejects.toThrow("does not answer");
    const nodes = new Nodes();
    await rotateCa(nodes);
    expect(nodes.trusted).toEqual(rest);
    expect(barbican.names()).toEqual(["demo-ca"]);
  });
});
