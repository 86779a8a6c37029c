/**
 * A factory's second day on a real cloud: nodes are upgraded, replaced, interrupted in it, lost and restored. One
 * scenario; each step needs those before it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import type { FactoryStatus } from "../../../deployer/status";
import { names } from "../../../model/naming";
import { listApplicationCredentials } from "../../../openstack/keystone";
import { getServer, listServers } from "../../../openstack/nova";
import { listObjects } from "../../../openstack/swift";
import { compareInventories } from "../../support/compare-inventories";
import { changeDirectory, directoryKnows } from "../../support/directory";
import { eventually } from "../../support/eventually";
import { FactoryRun, type Configuration } from "../../support/factory-run";
import { inventory, type InventoryItem } from "../../support/inventory";
import { asRoot, Nodes, type SshResult } from "../../support/nodes";
import { entry } from "../../support/people";
import { retainedByInventory, retainedByStatus } from "../../support/retained";
import { scenario } from "../../support/scenario";

const MINUTE = 60_000;
const BASE = "dc=factory,dc=internal";
const HOST_KEY = "cat /etc/ssh/ssh_host_ed25519_key.pub";
const FILE = "/srv/factory/released/precious";

describe("day two", () => {
  const step = scenario();
  let run: FactoryRun;
  let nodes: Nodes;
  let before: InventoryItem[];
  let jumpHost: string;
  let share: string;
  let provider: string;

  beforeAll(async () => {
    run = await FactoryRun.create({ label: "day-two", change: withOneReplica });
    nodes = new Nodes(run);
    before = await inventory(run.projects);
    [jumpHost, share, provider] = (["jump-host", "nfs-server", "directory-replica"] as const).map((role) =>
      names.node(run.factory, role),
    ) as [string, string, string];
  }, 5 * MINUTE);

  afterAll(() => run.end(["factory"]), 20 * MINUTE);

  const root = (where: string, script: string): Promise<string> => nodes.must(where, asRoot(script), 2 * MINUTE);
  const status = async (code: 0 | 1): Promise<FactoryStatus> => {
    const { stdout } = await run.start("npx", ["factory", "status", "--json"]).expectExit(code);
    return JSON.parse(stdout) as FactoryStatus;
  };
  const change = (ldif: string): Promise<SshResult> => changeDirectory(nodes, provider, ldif);
  const knows = (uid: string): Promise<boolean> => directoryKnows(nodes, provider, uid);
  const serverIds = async (): Promise<string[]> =>
    (await Promise.all(["build", "services"].map((project) => listServers(run.session(project)))))
      .flat()
      .map(({ id }) => id)
      .sort();

  step(
    "a factory is deployed, and its status says that all is in order",
    async () => {
      await run.factoryCommand(["setup"]);
      await run.cdktf("deploy", "factory");
      const { nodes: found, inOrder } = await status(0);
      expect(inOrder).toBe(true);
      expect(found.map(({ name }) => name)).toEqual([provider, jumpHost, share]);
      const checks = found.flatMap((node) => node.checks.map(({ name }) => `${node.role} ${name}`));
      expect(checks).toEqual(
        expect.arrayContaining([
          "jump-host disk",
          "nfs-server share",
          "directory-replica units",
          "directory-replica backup",
        ]),
      );
      const { stdout } = await run.factoryCommand(["status"]);
      expect(stdout.split("\n").filter((line) => line.length > 100)).toEqual([]);
    },
    20 * MINUTE,
  );

  step(
    "a changed role rebuilds the nodes in place, one after the other on the way in, and diff is quiet afterwards",
    async () => {
      await root(share, `echo data >${FILE}`);
      expect((await change(entry("dave", BASE))).code).toBe(0);
      const [ids, key] = [await serverIds(), await root(share, HOST_KEY)];
      const config = parse(readFileSync(run.config, "utf8")) as Record<string, Record<string, unknown>>;
      writeFileSync(
        run.config,
        stringify({ ...config, infrastructure: { ...config["infrastructure"], ntp: ["ntp.example.org"] } }),
      );
      const { output } = await run.cdktf("deploy", "factory");
      nodes.forget();
      const at = (text: string): number => output.indexOf(text);
      for (const name of [jumpHost, share, provider])
        expect(at(`${name}: is rebuilt, its role has changed`)).toBeGreaterThan(0);
      // the way in is there again before what is reached through it goes, the directory before those who ask it
      expect(at(`${jumpHost}: in order`)).toBeLessThan(at(`${provider}: is rebuilt`));
      expect(at(`${provider}: in order`)).toBeLessThan(at(`${share}: is rebuilt`));
      expect(await serverIds()).toEqual(ids);
      expect(await root(share, HOST_KEY)).not.toBe(key);
      expect(await root(share, `cat ${FILE}`)).toBe("data\n");
      expect(await knows("dave")).toBe(true);
      expect((await run.cdktf("diff", "factory")).output).toMatch(/No changes/);
    },
    20 * MINUTE,
  );

  step(
    "a node is replaced although nothing differs, alone, with its data; a name that nobody has is refused",
    async () => {
      const [shareKey, jumpKey] = [await root(share, HOST_KEY), await root(jumpHost, HOST_KEY)];
      const refused = await run.start("npx", ["factory", "replace", "nfs-server", "nobody"]).expectExit(1);
      expect(refused.output).toContain(`there is no node "nobody"; there are: `);
      await run.factoryCommand(["replace", "nfs-server"]);
      nodes.forget();
      expect(await root(share, HOST_KEY)).not.toBe(shareKey);
      expect(await root(jumpHost, HOST_KEY)).toBe(jumpKey);
      expect(await root(share, `cat ${FILE}`)).toBe("data\n");
      expect((await run.cdktf("diff", "factory")).output).toMatch(/No changes/);
    },
    15 * MINUTE,
  );

  step(
    "a jump host that is configured twice in a deploy is replaced once",
    async () => {
      const { output } = await run.factoryCommand(["replace", "jump-host"]);
      nodes.forget();
      expect(output.match(/is rebuilt, as asked for/g)).toHaveLength(1);
    },
    10 * MINUTE,
  );

  step(
    "a deploy that is killed in the middle of a rebuild is gone on with by the next one",
    async () => {
      const replacing = run.start("npx", ["factory", "replace", "nfs-server"]);
      await replacing.waitFor(/is rebuilt, as asked for/, 5 * MINUTE);
      const { id } = await nodes.find(share);
      const session = run.session("build");
      const begun = async () => ((await getServer(session, id))?.status === "REBUILD" ? true : undefined);
      await eventually("the rebuild", begun, { timeout: MINUTE, interval: 200 });
      await replacing.kill();
      // Terraform takes no server for one that is being rebuilt
      const over = async () => ((await getServer(session, id))?.status === "REBUILD" ? undefined : true);
      await eventually("its end", over, { timeout: 5 * MINUTE });
      await run.cdktf("deploy", "factory");
      nodes.forget();
      expect(await root(share, `cat ${FILE}`)).toBe("data\n");
      await status(0);
    },
    15 * MINUTE,
  );

  step(
    "a deleted person comes back from the backup",
    async () => {
      expect((await run.factoryCommand(["backup"])).output).toMatch(new RegExp(`${provider}: backup \\S+: \\d+ bytes`));
      expect((await change(`dn: uid=dave,ou=people,${BASE}\nchangetype: delete\n`)).code).toBe(0);
      expect(await knows("dave")).toBe(false);
      const unasked = await run.start("npx", ["factory", "restore", "directory-replica"]).expectExit(1);
      expect(unasked.output).toContain("--yes");
      expect(await knows("dave")).toBe(false);
      await run.factoryCommand(["restore", "directory-replica", "--yes"]);
      expect(await knows("dave")).toBe(true);
    },
    10 * MINUTE,
  );

  step("what is in the bucket is encrypted, and listed", async () => {
    const [object] = await listObjects(run.session("production"), `${run.factory}-backups`);
    expect(object?.name).toMatch(new RegExp(`^${provider}/\\d{8}T\\d{6}Z\\.tar\\.gz\\.gpg$`));
    const listed = JSON.parse((await run.factoryCommand(["backups", "--json"])).stdout) as {
      node: string;
      bytes: number;
    }[];
    expect(listed).toMatchObject([{ node: provider, bytes: object?.bytes }]);
  });

  step(
    "the node's credential reaches its own backups and nothing else",
    async () => {
      const asNode = (method: string, where: string): Promise<string> =>
        root(
          provider,
          `systemd-run --quiet --pipe --wait -p LoadCredentialEncrypted=backup-access:/etc/credstore.encrypted/backup-access python3 -c '
import json, os, urllib.request, urllib.error
a = json.load(open(os.environ["CREDENTIALS_DIRECTORY"] + "/backup-access"))
body = {"auth": {"identity": {"methods": ["application_credential"], "application_credential": {"id": a["id"], "secret": a["secret"]}}}}
login = urllib.request.Request(a["identity"] + "/auth/tokens", json.dumps(body).encode(), {"Content-Type": "application/json"})
token = urllib.request.urlopen(login).headers["X-Subject-Token"]
try:
    print(urllib.request.urlopen(urllib.request.Request(a["bucket"] + "${where}", method="${method}", headers={"X-Auth-Token": token})).status)
except urllib.error.HTTPError as e:
    print(e.code)
'`,
        );
      expect(await asNode("GET", "")).toBe("200\n");
      expect(await asNode("PUT", `/${provider}/probe`)).toBe("201\n");
      expect(await asNode("DELETE", `/${provider}/probe`)).toBe("204\n");
      for (const [method, where] of [
        ["PUT", "/other-node/probe"],
        ["DELETE", ""],
        ["POST", ""],
        ["GET", `/../${run.buckets.release}`],
      ] as const)
        expect(`${method} ${where} ${await asNode(method, where)}`).toBe(`${method} ${where} 401\n`);
    },
    5 * MINUTE,
  );

  step(
    "each handover brings another credential, and only that one is left",
    async () => {
      const ours = async (): Promise<string[]> =>
        (await listApplicationCredentials(run.session("production")))
          .filter(({ name }) => name.startsWith(`${provider}-backup-`))
          .map(({ id }) => id);
      const [first, ...others] = await ours();
      expect(others).toEqual([]);
      await run.factoryCommand(["secrets", "hand-over", "backup"]);
      const now = await ours();
      expect(now).toHaveLength(1);
      expect(now).not.toEqual([first]);
    },
    5 * MINUTE,
  );

  step(
    "with another passphrase former backups are restored too",
    async () => {
      await run.factoryCommand(["secrets", "rotate", "backup"]);
      await change(`dn: uid=dave,ou=people,${BASE}\nchangetype: delete\n`);
      await run.factoryCommand(["restore", "directory-replica", "--yes"]);
      expect(await knows("dave")).toBe(true);
    },
    10 * MINUTE,
  );

  step(
    "a node that is down is told, within a bounded time",
    async () => {
      const session = run.session("build");
      const { id } = await nodes.find(share);
      const power = (action: string): Promise<unknown> =>
        session.request({
          service: "compute",
          method: "POST",
          path: `/servers/${id}/action`,
          json: { [action]: null },
        });
      const is = (wanted: string) => async () => ((await getServer(session, id))?.status === wanted ? true : undefined);
      await power("os-stop");
      await eventually("SHUTOFF", is("SHUTOFF"), { timeout: 3 * MINUTE });
      const start = Date.now();
      const { nodes: found, inOrder } = await status(1);
      expect(Date.now() - start).toBeLessThan(2 * MINUTE);
      expect(inOrder).toBe(false);
      expect(found.find(({ name }) => name === share)?.checks).toEqual([
        { name: "server", ok: false, detail: "is SHUTOFF" },
      ]);
      await power("os-start");
      await eventually("ACTIVE", is("ACTIVE"), { timeout: 3 * MINUTE });
    },
    10 * MINUTE,
  );

  step(
    "the share's and the directory's data outlive the factory, and the status lists what stays",
    async () => {
      await run.factoryCommand(["destroy"]);
      const { addedItems } = compareInventories(before, await inventory(run.projects));
      const shown = (await run.factoryCommand(["status", "--show-retained", "--json"])).stdout;
      const secrets = (JSON.parse(shown) as FactoryStatus).secrets;
      expect(
        addedItems
          .filter(({ kind }) => kind === "secret")
          .map(({ name }) => name)
          .sort(),
      ).toEqual(expect.arrayContaining([...secrets]));
      const others = addedItems.filter(({ kind }) => kind !== "secret");
      expect(retainedByStatus(shown)).toEqual(retainedByInventory(others));
      const volumes = (JSON.parse(shown) as FactoryStatus).volumes.map(({ name, project }) => `${project} ${name}`);
      expect(volumes).toEqual([`services ${provider}-data`, `build ${share}-data`]);
      expect(await listApplicationCredentials(run.session("production"))).toEqual([]);
      nodes.forget();
      await run.cdktf("deploy", "factory");
      expect(await root(share, `cat ${FILE}`)).toBe("data\n");
      expect(await knows("dave")).toBe(true);
    },
    30 * MINUTE,
  );

  step(
    "nothing is left after a destroy with purge",
    async () => {
      await run.factoryCommand(["destroy", "--purge-data", "--yes"]);
      const { added, gone } = compareInventories(before, await inventory(run.projects));
      expect({ added, gone }).toEqual({ added: [], gone: [] });
      run.finished = true;
    },
    15 * MINUTE,
  );
});

/** One replica: the directory's provider. */
function withOneReplica({ nodes }: Configuration): void {
  for (const kind of ["controller", "webServer", "publisher"]) delete nodes[kind];
  nodes["directoryReplica"]!["count"] = 1;
}
