/**
 * All of the factory, as an image team deploys it: every node booted, joined to the directory, reached as it should be
 * and in no other way, replaced, backed up and restored, and taken down. One scenario, each step needs those before it.
 */
import path from "node:path";
import { DIRECTORY } from "../../../model/directory";
import { list } from "../../../openstack/neutron";
import { listServers } from "../../../openstack/nova";
import { putObject } from "../../../openstack/swift";
import { compareInventories } from "../../support/compare-inventories";
import { userData } from "../../support/evidence";
import { eventually } from "../../support/eventually";
import { FactoryRun } from "../../support/factory-run";
import { deployerSecrets } from "../../support/host-secrets";
import { inventory, type InventoryItem } from "../../support/inventory";
import { Nodes, type Login } from "../../support/nodes";
import { login, seedPeople } from "../../support/people";
import { scenario } from "../../support/scenario";
import { SecretHunt } from "../../support/secrets";
import { openPorts, page } from "../../support/web";
import { storedSecrets } from "./stored-secrets";

const MINUTE = 60_000;
const BASE = "dc=factory,dc=internal";
/** What a server might have open. */
const PORTS = [21, 22, 25, 53, 80, 111, 389, 443, 636, 2049, 5201, 5355, 8080, 8443, 20048, 50000];
const PORT_WITHIN = 4000;

interface Health {
  readonly name: string;
  readonly role: string;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[];
}

describe("all of the factory", () => {
  const step = scenario();
  const hunt = new SecretHunt();
  let run: FactoryRun;
  let nodes: Nodes;
  let people: Readonly<Record<"admin" | "user" | "outsider", Login>>;
  let before: InventoryItem[];
  let web: { readonly address: string; readonly ca: string };

  const node = (role: string): string => `${run.factory}-${role}`;
  const all = (): string[] =>
    ["jump-host", "nfs-server", "controller", "directory-replica", "directory-replica-2", "web-server", "web-server-2"]
      .concat("publisher")
      .map(node)
      .sort();
  const get = async (place: string) => {
    const { status, body } = await page(`https://${web.address}${place}`, web.ca);
    return { status, body: body.toString() };
  };
  const as = (who: Login, where: string, command: string) => nodes.sshAs(who, node(where), command);
  const health = async (title: string): Promise<Health[]> => {
    const { stdout } = await run.factoryCommand(["status", "--json"], { title });
    return (JSON.parse(stdout) as { nodes: Health[] }).nodes;
  };

  beforeAll(async () => {
    run = await FactoryRun.create({
      label: "whole-factory",
      change: (config, directory) => {
        config.directory["seed"] = seedPeople(directory, BASE);
        people = {
          admin: login(directory, "alice"),
          user: login(directory, "bob"),
          outsider: login(directory, "carol"),
        };
      },
    });
    nodes = new Nodes(run);
    hunt.add(...run.projects.secrets);
  }, 2 * MINUTE);

  afterAll(async () => run.end([]), 10 * MINUTE);

  step(
    "cdktf deploy factory: every node is in order at the end",
    async () => {
      before = await inventory(run.projects);
      await run.factoryCommand(["setup"]);
      hunt.add(...deployerSecrets(run));
      const { output } = await run.cdktf("deploy", "factory");
      for (const name of all()) expect(output).toMatch(new RegExp(`${name}: in order at .*checks passed`));
      // Jenkins' own repository is not in reach of the local cloud; where it is, nothing has to be changed
      expect(output).toMatch(/Jenkins is not installed: .* not in reach|jenkins.*2\.504\.3/);
      const servers = [
        ...(await listServers(run.session("build"))),
        ...(await listServers(run.session("services"))),
      ].map(({ name }) => name);
      expect(servers.sort()).toEqual(all());
    },
    15 * MINUTE,
  );

  step('cdktf diff right after: "No changes"', async () => {
    expect((await run.cdktf("diff", "factory")).output).toMatch(/No changes/);
  });

  step("factory status tells every node's checks, and all of them pass", async () => {
    const found = await health("status");
    expect(found.map(({ name }) => name).sort()).toEqual(all());
    for (const { name, checks } of found) {
      expect({ name, failed: checks.filter(({ ok }) => !ok) }).toEqual({ name, failed: [] });
      expect(checks.length).toBeGreaterThan(2);
    }
    const details = found.flatMap(({ checks }) => checks.map(({ detail }) => detail)).join("\n");
    expect(details).toMatch(/\d+ days left/);
    hunt.add(...(await storedSecrets(run)));
  });

  step(
    "an administrator logs in to the jump host and from there to any node, with a home, and is root by sudo",
    async () => {
      for (const where of ["jump-host", "nfs-server", "controller", "directory-replica", "web-server", "publisher"]) {
        const { code, stdout, stderr } = await as(people.admin, where, "id -un; pwd; sudo -n id -u");
        expect({ where, code, said: stdout, stderr }).toMatchObject({ code: 0, said: "alice\n/home/alice\n0\n" });
      }
    },
  );

  step("a user logs in to the jump host and nowhere else, without sudo", async () => {
    expect(await as(people.user, "jump-host", "id -un")).toMatchObject({ code: 0, stdout: "bob\n" });
    expect((await as(people.user, "jump-host", "sudo -n id -u")).code).not.toBe(0);
    expect((await as(people.user, "nfs-server", "true")).code).toBe(255);
  });

  step("whoever is in none of the groups is refused everywhere", async () => {
    expect((await as(people.outsider, "jump-host", "true")).code).toBe(255);
    expect((await as(people.outsider, "nfs-server", "true")).code).toBe(255);
  });

  step(
    "and the same with either replica stopped",
    async () => {
      for (const replica of ["directory-replica", "directory-replica-2"]) {
        await nodes.must(node(replica), `sudo systemctl stop ${DIRECTORY.unit}`);
        // what SSSD remembers must not answer for the directory
        for (const where of ["jump-host", "nfs-server"]) await nodes.must(node(where), "sudo sss_cache -E");
        expect(await as(people.admin, "nfs-server", "id -un")).toMatchObject({ code: 0, stdout: "alice\n" });
        expect((await as(people.user, "nfs-server", "true")).code).toBe(255);
        expect((await as(people.outsider, "jump-host", "true")).code).toBe(255);
        await nodes.must(node(replica), `sudo systemctl start ${DIRECTORY.unit}`);
      }
    },
    3 * MINUTE,
  );

  step(
    "the web page is served at the public address, with what was released; nothing else answers there",
    async () => {
      const description = `${run.factory}-web`;
      const [found] = await list(run.session("services"), "floatingips", { fields: { description } });
      const address = found!.floating_ip_address;
      web = { address, ca: await nodes.must(node("web-server"), "cat /etc/factory/ca.pem") };
      // before anything is released the site says so
      expect(await get("/")).toMatchObject({ status: 404, body: expect.stringMatching(/catalogue/) as string });
      for (const [name, text] of Object.entries({ "index.html": "<h1>Images</h1>\n", "images/hello.txt": "hello\n" }))
        await putObject(run.session("production"), run.buckets.release, name, Buffer.from(text));
      await eventually("the catalogue", async () => ((await get("/")).status === 200 ? true : undefined), {
        timeout: MINUTE,
      });
      expect(await get("/images/hello.txt")).toMatchObject({ status: 200, body: "hello\n" });
      expect(await openPorts(web.address, PORTS, PORT_WITHIN)).toEqual([80, 443]);
      expect(await openPorts((await nodes.find(node("jump-host"))).floating!, PORTS, PORT_WITHIN)).toEqual([22]);
    },
    5 * MINUTE,
  );

  step("with one web server stopped the page is still there", async () => {
    await nodes.must(node("web-server"), "sudo systemctl stop keepalived.service nginx.service");
    expect(await get("/images/hello.txt")).toMatchObject({ status: 200, body: "hello\n" });
    await nodes.must(node("web-server"), "sudo systemctl start nginx.service keepalived.service");
  });

  step("a new certificate needs no rebuild", async () => {
    const launched = async () => (await nodes.must(node("web-server"), "stat -c %Y /var/lib/cloud/instance")).trim();
    const old = await launched();
    const serial = () =>
      nodes.must(node("web-server"), "openssl x509 -noout -serial -in /etc/factory/certificates/web.pem");
    const first = await serial();
    await run.factoryCommand(["certificates", "renew", "web-server", "--all"]);
    expect(await serial()).not.toBe(first);
    expect(await launched()).toBe(old);
    expect(await get("/")).toMatchObject({ status: 200 });
  });

  step(
    "a rotated password reaches directory and nodes without a rebuild",
    async () => {
      await run.factoryCommand(["secrets", "rotate", "directoryReader"]);
      hunt.add(...(await storedSecrets(run)));
      await nodes.must(node("nfs-server"), "sudo sss_cache -E");
      expect(await as(people.admin, "nfs-server", "id -un")).toMatchObject({ code: 0 });
    },
    5 * MINUTE,
  );

  step(
    "a replaced NFS server and a replaced directory provider keep their data and their addresses",
    async () => {
      const places = {
        nfs: await nodes.find(node("nfs-server")),
        directory: await nodes.find(node("directory-replica")),
      };
      await nodes.must(node("nfs-server"), "echo kept | sudo tee /srv/factory/cache/kept");
      await run.factoryCommand(["replace", "nfs-server", "directory-replica"]);
      nodes.forget();
      expect(await nodes.must(node("nfs-server"), "cat /srv/factory/cache/kept")).toBe("kept\n");
      expect(await nodes.find(node("nfs-server"))).toEqual(places.nfs);
      expect(await nodes.find(node("directory-replica"))).toEqual(places.directory);
      await nodes.must(node("nfs-server"), "sudo sss_cache -E");
      expect(await as(people.admin, "directory-replica", "id -un")).toMatchObject({ code: 0, stdout: "alice\n" });
    },
    5 * MINUTE,
  );

  step(
    "a deleted person is back after a restore",
    async () => {
      await run.factoryCommand(["backup", "directory-replica"]);
      const who = `uid=${people.admin.user},ou=people,${BASE}`;
      await nodes.must(node("directory-replica"), `sudo ldapdelete -Q -Y EXTERNAL -H ldapi:/// '${who}'`);
      await nodes.must(node("nfs-server"), "sudo sss_cache -E");
      expect((await as(people.admin, "nfs-server", "true")).code).toBe(255);
      await run.factoryCommand(["restore", "directory-replica", "--yes"]);
      for (const where of ["jump-host", "nfs-server"]) await nodes.must(node(where), "sudo sss_cache -E");
      expect(await as(people.admin, "nfs-server", "id -un")).toMatchObject({ code: 0, stdout: "alice\n" });
    },
    5 * MINUTE,
  );

  step("no secret is in user data, state, synthesised stacks or logs", async () => {
    for (const { server, base64 } of await userData(run))
      expect(hunt.inUserData(`user data of ${server}`, base64)).toEqual([]);
    const needles = path.join(run.directory, "needles");
    expect(await hunt.inFiles([run.results, run.outputs, ...run.homeWithoutKeys()], needles)).toEqual([]);
  });

  step(
    "cdktf destroy factory, and the next deploy takes the data up again",
    async () => {
      await run.cdktf("destroy", "factory");
      nodes.forget();
      await run.cdktf("deploy", "factory", { title: "deploy factory again" });
      expect(await nodes.must(node("nfs-server"), "cat /srv/factory/cache/kept")).toBe("kept\n");
      expect(await as(people.admin, "nfs-server", "id -un")).toMatchObject({ code: 0, stdout: "alice\n" });
    },
    15 * MINUTE,
  );

  step(
    "factory destroy --purge-data leaves nothing at all",
    async () => {
      await run.factoryCommand(["destroy", "--purge-data", "--yes"]);
      const { added, gone } = compareInventories(before, await inventory(run.projects));
      expect({ added, gone }).toEqual({ added: [], gone: [] });
      run.finished = true;
    },
    5 * MINUTE,
  );
});
