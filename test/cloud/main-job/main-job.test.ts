/**
 * The main job, as its users do it: a factory is deployed, two images are built in it at once, through losses of the
 * deploying side and of the runner, and everything is taken down again. One scenario, each step needs those before it.
 */
import { cpSync, lstatSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { STAGES } from "../../../model/stages";
import { listImages } from "../../../openstack/glance";
import { list } from "../../../openstack/neutron";
import { listKeyPairs, listServers } from "../../../openstack/nova";
import { headContainer, listObjects } from "../../../openstack/swift";
import { audit, signatures, verifySignature, verifySums } from "../../support/artefacts";
import { Builds, stageLine } from "../../support/builds";
import { expectNothingExported, expectOwnPartOnly, expectSharedFile, type TwoBuilds } from "./share-checks";
import { keepArtefacts } from "../../support/built-image";
import type { RunningCommand } from "../../support/command";
import { compareInventories } from "../../support/compare-inventories";
import { eventually } from "../../support/eventually";
import { gatherEvidence, userData } from "../../support/evidence";
import { FactoryRun } from "../../support/factory-run";
import { deployerSecrets, secretsOnHost } from "../../support/host-secrets";
import { inventory, type InventoryItem } from "../../support/inventory";
import { Nodes } from "../../support/nodes";
import { ProcessArguments } from "../../support/process-arguments";
import { certificatesByStatus, retainedByInventory, retainedByStatus } from "../../support/retained";
import { say } from "../../support/say";
import { scenario } from "../../support/scenario";
import { Share } from "../../support/share";
import { SecretHunt, suspiciousFiles, userDataText } from "../../support/secrets";

const MINUTE = 60_000;
const BUILT_ON_TWO_CORES = 20 * MINUTE;
const FULL = "debian-12";
const MINIMAL = "debian-12-minimal";
const stack = (image: string): string => `build-${image}`;

/** Secrets of the kind that a shell has, which have no business in anything that the factory writes. */
const PLANTED = {
  GITHUB_TOKEN: "ghp_planted0token0of0the0deploying0shell",
  AWS_SECRET_ACCESS_KEY: "planted/secret+access/key0123456789abcd",
  SMTP_PASSWORD: "planted mail password & more",
};

describe("the main job", () => {
  const step = scenario();
  const endings: (() => Promise<void>)[] = [];
  const hunt = new SecretHunt();
  const deploys = new Map<string, RunningCommand>();
  const builds = new Map<string, string>();
  const artefacts = new Map<string, string>();
  let run: FactoryRun;
  let nodes: Nodes;
  let watch: Builds;
  let processes: ProcessArguments;
  let before: InventoryItem[];
  let volumeId: string;

  const node = (role: string): string => `${run.factory}-${role}`;
  const deploy = (image: string): RunningCommand => {
    const command = run.startCdktf("deploy", stack(image));
    deploys.set(image, command);
    return command;
  };
  const deployOf = (image: string): RunningCommand => deploys.get(image)!;
  const buildOf = (image: string): string => builds.get(image)!;

  beforeAll(async () => {
    run = await FactoryRun.create({ label: "main-job", env: PLANTED });
    nodes = new Nodes(run);
    watch = new Builds(run, nodes);
    hunt.add(...run.projects.secrets);
    hunt.add(...Object.entries(PLANTED).map(([what, value]) => ({ what: `planted ${what}`, value })));
    processes = new ProcessArguments(path.join(run.results, "process-arguments.log"));
    processes.start();
    endings.push(
      () => Promise.resolve(void processes.stop()),
      async () => void (await Promise.all([...deploys.values()].map((command) => command.kill()))),
      () => run.end([FULL, MINIMAL].map(stack)),
    );
  }, 2 * MINUTE);

  afterAll(async () => {
    for (const end of endings) await end();
  }, 10 * MINUTE);

  step("set-up makes the deployer's keys, and the configuration is valid", async () => {
    before = await inventory(run.projects);
    await run.factoryCommand(["setup"]);
    await run.factoryCommand(["setup"], { title: "setup again" });
    await run.factoryCommand(["validate"]);
    hunt.add(...deployerSecrets(run));
  });

  step("cdktf deploy factory", async () => {
    await run.cdktf("deploy", "factory");
    expect((await listServers(run.session("build"))).map(({ name }) => name).sort()).toEqual([
      node("jump-host"),
      node("nfs-server"),
    ]);
    volumeId = (await inventory(run.projects)).find(({ kind }) => kind === "volume")!.id;
  });

  step('cdktf diff factory right after: "No changes"', async () => {
    expect((await run.cdktf("diff", "factory")).output).toMatch(/No changes/);
  });

  step("SSH to a node works through the jump host, with the host keys from its console", async () => {
    expect(await nodes.must(node("nfs-server"), "hostname")).toMatch(/nfs-server/);
    await nodes.must(node("nfs-server"), "mountpoint /srv/factory && cloud-init status");
  });

  step("and in no other way", async () => {
    const session = run.session("build");
    const jump = await nodes.find(node("jump-host"));
    const nfs = await nodes.find(node("nfs-server"));
    expect((await list(session, "floatingips")).map(({ floating_ip_address: ip }) => ip)).toEqual([jump.floating]);
    expect((await nodes.direct(nfs.address, "true")).code).toBe(255);
    const answer = await nodes.direct(jump.floating!, "true", ["PreferredAuthentications=none"]);
    expect(answer.stderr).toMatch(/Permission denied \(publickey\)/);
  });

  step("two builds at once from one checkout reach the building of their images", async () => {
    for (const image of [FULL, MINIMAL]) deploy(image);
    for (const image of [FULL, MINIMAL]) {
      await deployOf(image).waitFor(stageLine("build-image", "started"), 10 * MINUTE);
      const build = await watch.current(image);
      builds.set(image, build);
      const secrets = await secretsOnHost(nodes, build);
      expect(secrets.length).toBeGreaterThan(1);
      hunt.add(...secrets);
    }
  });

  step("a deploy that is killed leaves its build going, and the next deploy attaches to it", async () => {
    const build = buildOf(FULL);
    await deployOf(FULL).kill();
    for (let look = 0; look < 3; look++) {
      await sleep(2000);
      expect(await watch.unit(build)).toBe("active");
    }
    const building = (await watch.statuses(build)).find(({ name }) => name === "build-image");
    expect(["started", "progress"]).toContain(building?.state);
    await deploy(FULL).waitFor(/so far: .*running: .*build-image/, 3 * MINUTE);
    expect(await watch.current(FULL)).toBe(build);
  });

  step("a build host reaches the share, and no other node's SSH", async () => {
    const { address } = await nodes.find(node("nfs-server"));
    const reaches = (port: number) => nodes.ssh(buildOf(FULL), `timeout 4 bash -c 'exec 3<>/dev/tcp/${address}/${port}'`);
    expect((await reaches(2049)).code).toBe(0);
    expect((await reaches(22)).code).toBe(124);
  });

  step("it reaches its own part of the share, and no other build's, nor the leases", async () => {
    await expectOwnPartOnly(twoBuilds());
    await expectSharedFile(twoBuilds());
  });

  step("a second deploy of the same image is refused with the lease holder's name, a destroy too", async () => {
    const held = new RegExp(`${FULL}: being built by \\S+@\\S+ \\(process \\d+\\) since .* as build ${buildOf(FULL)}`);
    const there = await inventory(run.projects);
    // another checkout of the same deployer, which knows nothing of the build; and one that has a copy of its state
    const stranger = copyOfHome("stranger");
    rmSync(path.join(stranger, "state"), { recursive: true });
    const twin = copyOfHome("twin");
    const refused = async (verb: "deploy" | "destroy", home: string, title: string): Promise<string> => {
      const choice = { env: { FACTORY_HOME: home }, title };
      return (await run.startCdktf(verb, stack(FULL), choice).expectExit(1)).output.replace(/\s+/g, " ");
    };
    expect(await refused("deploy", stranger, "deploy elsewhere")).toMatch(held);
    expect(await refused("deploy", twin, "deploy with a copy of the state")).toMatch(held);
    expect(await refused("destroy", twin, "destroy with a copy of the state")).toMatch(/being built by/);
    // from the same checkout Terraform's own lock answers
    expect(await refused("deploy", run.home, "deploy again beside it")).toMatch(/state lock/i);
    // nothing was touched: there is nothing else than before but what the builds themselves have made meanwhile
    const { added, gone } = compareInventories(there, await inventory(run.projects));
    const ofBuilds = (line: string): boolean => [FULL, MINIMAL].some((image) => line.includes(buildOf(image)));
    expect({ gone, added: added.filter((line) => !ofBuilds(line)) }).toEqual({ gone: [], added: [] });
    expect(await watch.current(FULL)).toBe(buildOf(FULL));
    expect(deployOf(FULL).running).toBe(true);
  });

  step("the runner is killed in the middle of stage 9: the deploy fails, and what was temporary goes", async () => {
    const build = buildOf(MINIMAL);
    const deployed = deployOf(MINIMAL);
    await deployed.waitFor(stageLine("test", "started"), BUILT_ON_TWO_CORES);
    await eventually("the temporary instance", async () => active(await watch.testInstance(build)), { timeout: 5 * MINUTE });
    hunt.add(...(await secretsOnHost(nodes, build)));
    await checkUserData();
    await nodes.must(build, "sudo kill -KILL $(systemctl show -p MainPID --value factory-build.service)");
    const { output } = await deployed.expectExit(1);
    expect(output).toMatch(stageLine("test", "failed"));
    expect(await watch.temporary(build)).toEqual([]);
    expect(await nodes.must(build, "sudo find /run/factory -type f -name 'credentials*'")).toBe("");
  }, 30 * MINUTE);

  step("the next deploy resumes at stage 9 and does not build again", async () => {
    const build = buildOf(MINIMAL);
    await deploy(MINIMAL).waitFor(stageLine("test", "started"), 5 * MINUTE);
    hunt.add(...(await secretsOnHost(nodes, build)));
    await deployOf(MINIMAL).expectExit(0);
    expect(await watch.current(MINIMAL)).toBe(build);
    for (const stage of ["build-image", "register"] as const) {
      expect({ stage, started: await watch.count(build, stage, "started") }).toEqual({ stage, started: 1 });
    }
    expect(await watch.count(build, "test", "started")).toBe(2);
  }, BUILT_ON_TWO_CORES);

  step("both builds pass, 14 stages each", async () => {
    await deployOf(FULL).expectExit(0);
    expect(await watch.count(buildOf(FULL), "build-image", "started")).toBe(1);
    for (const image of [FULL, MINIMAL]) {
      const states = (await watch.statuses(buildOf(image))).map(({ name, state }) => `${name} ${state}`);
      expect(states).toEqual(STAGES.map(({ name, number }) => `${name} ${number < 15 ? "succeeded" : "waiting"}`));
    }
  }, BUILT_ON_TWO_CORES);

  step("no host is let to the share any more; the publications are the images' last releases, which pruning keeps", async () => {
    const share = new Share(run, nodes);
    await expectNothingExported(share, [buildOf(FULL), buildOf(MINIMAL)]);
    // what image.yaml keeps is known where it is pruned
    expect(await share.find("retention", `-name "${FULL}.json"`)).toEqual([`./${FULL}.json`]);
    expect((await share.find("released", `-name "*.json"`)).sort()).toEqual([`./${MINIMAL}.json`, `./${FULL}.json`].sort());
    const { stdout } = await run.factoryCommand(["prune", "--dry-run"]);
    for (const image of [FULL, MINIMAL])
      expect(stdout).toMatch(new RegExp(`^keeps ${buildOf(image)} .*: (the image's last|its host is alive)`, "m"));
    expect(stdout).not.toMatch(/^would (delete|end)/m);
  });

  step("factory builds tells the same", async () => {
    const { stdout } = await run.factoryCommand(["builds", "--json"]);
    const told = JSON.parse(stdout) as { readonly build: string; readonly state: string }[];
    expect(told.map(({ build, state }) => `${build} ${state}`).sort()).toEqual(
      [FULL, MINIMAL].map((image) => `${buildOf(image)} succeeded`),
    );
  });

  step("the images are active in both regions, with equal hashes", async () => {
    for (const image of [FULL, MINIMAL]) {
      const found = [];
      for (const [entry, region] of [["build", "RegionOne"], ["build-r2", "RegionTwo"]] as const) {
        const [stored, other] = await listImages(run.session(entry, region), { name: buildOf(image) });
        expect(other).toBeUndefined();
        found.push(`${stored?.status} ${stored?.visibility} ${stored?.os_hash_algo} ${stored?.os_hash_value}`);
      }
      expect(found[0]).toMatch(/^active private sha512 [0-9a-f]{128}$/);
      expect(found[1]).toBe(found[0]);
    }
  });

  step("gpgv, sha256sum -c and hashdeep -a accept the artefacts", async () => {
    for (const image of [FULL, MINIMAL]) {
      const build = buildOf(image);
      const fetched = path.join(run.directory, build);
      await run.factoryCommand(["artefacts", build, "--to", fetched]);
      const directory = path.join(fetched, "artefacts");
      artefacts.set(image, directory);
      const signed = signatures(directory);
      expect(signed).toEqual(expect.arrayContaining(["SHA256SUMS.asc", `${build}.qcow2.asc`, "packages.txt.asc"]));
      for (const signature of signed) {
        expect({ signature, ...verifySignature(directory, signature) }).toMatchObject({ signature, code: 0 });
      }
      expect(verifySums(directory)).toEqual({ code: 0, output: "" });
      const audited = audit(directory, "image.hashdeep", [`${build}.qcow2`]);
      expect(audited.output).toMatch(/Audit passed/);
      expect(audited.code).toBe(0);
    }
    keepArtefacts(FULL, artefacts.get(FULL)!);
  });

  step("and they would not accept another image", () => {
    const directory = artefacts.get(MINIMAL)!;
    const qcow2 = `${buildOf(MINIMAL)}.qcow2`;
    writeFileSync(path.join(directory, qcow2), "!", { flag: "a" });
    expect(verifySignature(directory, `${qcow2}.asc`).code).not.toBe(0);
    expect(verifySums(directory).code).not.toBe(0);
    expect(audit(directory, "image.hashdeep", [qcow2]).code).not.toBe(0);
  });

  step("a signed publish request and the artefacts are in the buckets", async () => {
    const production = run.session("production");
    for (const image of [FULL, MINIMAL]) {
      const requests = (await listObjects(production, run.buckets.requests)).map(({ name }) => name);
      const own = requests.filter((name) => name.includes(buildOf(image)));
      expect(own.some((name) => name.endsWith(".json"))).toBe(true);
      expect(own.some((name) => name.endsWith(".asc"))).toBe(true);
      const staged = (await listObjects(production, run.buckets.staging)).map(({ name }) => name);
      expect(staged.some((name) => name.includes(buildOf(image)) && name.endsWith(".qcow2"))).toBe(true);
    }
    expect((await headContainer(production, run.buckets.release))?.objects).toBe(0);
  });

  step("instances, ports, key pairs and credentials of the tests are gone", async () => {
    for (const image of [FULL, MINIMAL]) expect(await watch.temporary(buildOf(image))).toEqual([]);
    const credentials = (await inventory(run.projects)).filter(({ kind }) => kind === "application credential");
    expect(credentials).toEqual([]);
    expect((await listKeyPairs(run.session("build"))).map(({ name }) => name)).toEqual([node("deployer")]);
  });

  step("cdktf diff of a finished build is quiet", async () => {
    expect((await run.cdktf("diff", stack(FULL))).output).toMatch(/No changes/);
  });

  step("no secret is in user data, logs, share, state, synthesised stacks or process arguments", async () => {
    await checkUserData();
    const evidence = await gatherEvidence(run, nodes);
    await checkFiles([evidence]);
    expect(await suspiciousFiles([path.join(evidence, "share"), run.outputs, ...run.homeWithoutKeys()])).toEqual([]);
  });

  step("cdktf destroy of both builds: stage 15, and nothing of their hosts is left", async () => {
    const destroys = [FULL, MINIMAL].map((image) => run.startCdktf("destroy", stack(image)));
    for (const destroy of destroys) await destroy.expectExit(0);
    for (const image of [FULL, MINIMAL]) {
      const last = (await watch.statuses(buildOf(image))).at(-1);
      expect(last).toMatchObject({ name: "destroy-build-host", state: "succeeded" });
    }
    expect((await listServers(run.session("build"))).map(({ name }) => name).sort()).toEqual([
      node("jump-host"),
      node("nfs-server"),
    ]);
  });

  step("cdktf destroy factory leaves exactly what factory status --show-retained lists", async () => {
    await run.cdktf("destroy", "factory");
    const { stdout } = await run.factoryCommand(["status", "--show-retained", "--json"], { title: "show retained" });
    const { added, gone, addedItems } = compareInventories(before, await inventory(run.projects));
    writeFileSync(path.join(run.results, "retained.txt"), `${added.join("\n")}\n`);
    expect(gone).toEqual([]);
    // the CA, and the image key's certificate where it lies
    const secrets = addedItems.filter(({ kind }) => kind === "secret").map(({ id }) => id.split("/").at(-1));
    expect(secrets).toEqual(expect.arrayContaining(certificatesByStatus(stdout)));
    expect(certificatesByStatus(stdout)).not.toEqual([]);
    const others = addedItems.filter(({ kind }) => kind !== "secret");
    expect(retainedByStatus(stdout)).toEqual(retainedByInventory(others));
    const kinds = new Set(addedItems.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(["container", "image", "object", "secret", "volume"]);
  });

  step("the next deploy takes the data up again", async () => {
    nodes.forget();
    await run.cdktf("deploy", "factory", { title: "deploy factory again" });
    const volumes = (await inventory(run.projects)).filter(({ kind }) => kind === "volume");
    expect(volumes.map(({ id }) => id)).toEqual([volumeId]);
    expect((await watch.statuses(buildOf(FULL))).at(-1)?.state).toBe("succeeded");
  });

  step("factory destroy --purge-data leaves nothing at all", async () => {
    await run.factoryCommand(["destroy", "--purge-data", "--yes"], { title: "destroy with purge" });
    const { added, gone } = compareInventories(before, await inventory(run.projects));
    expect({ added, gone }).toEqual({ added: [], gone: [] });
  });

  step("and in the end no secret is in anything that was written", async () => {
    say(`${processes.stop()} command lines were seen; looked for: ${hunt.names.join(", ")}`);
    // those of the deploying side and of what runs on a build host were among them
    const lines = readFileSync(processes.file, "utf8");
    for (const seen of [/factory internal attach/, /runner\.js run/, /disk-image-create/]) expect(lines).toMatch(seen);
    await checkFiles([]);
    run.finished = true;
  });

  function twoBuilds(): TwoBuilds {
    const [build, other] = [buildOf(FULL), buildOf(MINIMAL)];
    return { share: new Share(run, nodes), build, image: FULL, other, otherImage: MINIMAL };
  }

  function copyOfHome(name: string): string {
    const home = path.join(run.directory, name);
    // but gpg-agent's sockets, which are a running agent's
    cpSync(run.home, home, { recursive: true, filter: (file) => !lstatSync(file).isSocket() });
    return home;
  }

  async function checkUserData(): Promise<void> {
    const found = await userData(run);
    expect(found.length).toBeGreaterThan(1);
    for (const { server, base64 } of found) {
      // what tests an image comes in several forms
      expect(userDataText(base64)).toMatch(/^(#cloud-config|MIME-Version: 1\.0)/);
      expect(hunt.inUserData(`user data of ${server}`, base64)).toEqual([]);
    }
  }

  async function checkFiles(more: readonly string[]): Promise<void> {
    const places = [run.results, run.outputs, ...run.homeWithoutKeys(), ...more];
    const needles = path.join(run.directory, "needles");
    // a search that finds nothing proves nothing unless it would have found something
    const control = path.join(run.directory, "control");
    writeFileSync(control, `x ${Buffer.from(`a${PLANTED.GITHUB_TOKEN}`).toString("base64")} y`);
    expect(await hunt.inFiles([control], needles)).toEqual([`${control}: planted GITHUB_TOKEN`]);
    expect(await hunt.inFiles(places, needles)).toEqual([]);
  }
});

const active = <T extends { readonly status: string }>(server: T | undefined): T | undefined =>
  server?.status === "ACTIVE" ? server : undefined;
