/** The web site and the publisher as their users have them: deployed, reached from outside, one server lost, taken down. */
import { randomBytes } from "node:crypto";
import { listAccessRules, listApplicationCredentials } from "../../../openstack/keystone";
import { list } from "../../../openstack/neutron";
import { getServer } from "../../../openstack/nova";
import { deleteObject, listVersions, putObject } from "../../../openstack/swift";
import { eventually } from "../../support/eventually";
import { FactoryRun } from "../../support/factory-run";
import { Nodes } from "../../support/nodes";
import { say } from "../../support/say";
import { scenario } from "../../support/scenario";
import { SecretHunt, userDataText } from "../../support/secrets";
import { openPorts, page, Uptime } from "../../support/web";

const MINUTE = 60_000;
const IMAGE = "images/debian-12/debian 12.raw";

describe("the web site", () => {
  const step = scenario();
  let run: FactoryRun;
  let nodes: Nodes;
  let site: string;
  let address: string;
  let ca: string;

  const node = (role: string): string => `${run.factory}-${role}`;
  const servers = (): string[] => [node("web-server"), node("web-server-2")];
  const holder = async (): Promise<string> => {
    for (const name of servers()) {
      const { code } = await nodes.ssh(name, "sudo /etc/factory/health.d/50-web-address | grep -q ^holds");
      if (code === 0) return name;
    }
    throw new Error("no web server holds the address");
  };

  beforeAll(async () => {
    run = await FactoryRun.create({
      label: "web",
      change: ({ nodes: kinds }) => {
        for (const kind of ["controller", "directoryReplica"]) delete kinds[kind];
      },
    });
    nodes = new Nodes(run);
  }, 2 * MINUTE);
  afterAll(() => run.end([]), 15 * MINUTE);

  step(
    "is deployed: two servers behind one address, and a publisher",
    async () => {
      await run.factoryCommand(["setup"]);
      const { output } = await run.cdktf("deploy", "factory");
      for (const name of [...servers(), node("publisher")]) expect(output).toMatch(new RegExp(`${name}: in order at`));
      const description = `${run.factory}-web`;
      const [floating] = await list(run.session("services"), "floatingips", { fields: { description } });
      address = floating!.floating_ip_address;
      site = `https://${address}`;
      ca = (await run.factoryCommand(["certificates", "ca"])).stdout;
      expect((await run.cdktf("diff", "factory")).output).toContain("No changes");
    },
    15 * MINUTE,
  );

  step(
    "is reached by its public address, its certificate is the factory's CA's, and it says that it has nothing yet",
    async () => {
      const { status, body, headers } = await page(`${site}/`, ca);
      expect([status, body.toString()]).toEqual([404, expect.stringContaining("There is no catalogue yet")]);
      expect(headers).toMatchObject({
        server: "nginx",
        "strict-transport-security": "max-age=31536000",
        "content-security-policy": expect.stringMatching(/^default-src 'none';.*frame-ancestors 'none'$/) as string,
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
      });
      await expect(page(`${site}/`, `${await otherCa()}`)).rejects.toThrow(/certificate|self.signed/);
    },
  );

  step("shows what is in bucket release, in pieces too, and nothing that is the factory's own", async () => {
    const release = run.buckets.release;
    const session = run.session("production");
    const image = randomBytes(20 * 1024 * 1024);
    await putObject(session, release, "index.html", "<h1>Images</h1>", { contentType: "text/html" });
    await putObject(session, release, IMAGE, image);
    await putObject(session, release, ".factory/own", "own");
    const catalogue = await eventually(
      "the catalogue",
      async () => {
        const found = await page(`${site}/`, ca);
        return found.status === 200 ? found : undefined;
      },
      { timeout: 30_000, interval: 500 },
    );
    expect([catalogue.body.toString(), catalogue.headers["content-type"]]).toEqual(["<h1>Images</h1>", "text/html"]);
    const url = `${site}/${encodeURI(IMAGE)}`;
    expect((await page(url, ca)).body.equals(image)).toBe(true);
    const range = await page(url, ca, { headers: { range: "bytes=9000000-9000099" } });
    expect([range.status, range.body.equals(image.subarray(9_000_000, 9_000_100))]).toEqual([206, true]);
    const head = await page(url, ca, { method: "HEAD" });
    expect([head.status, head.headers["content-length"]]).toEqual([200, String(image.length)]);
    for (const hidden of ["/.factory/own", "/images/", "/?format=json&prefix=images", "/images/../.factory/own"])
      expect((await page(`${site}${hidden}`, ca)).body.toString()).not.toMatch(/own|debian/);
    for (const method of ["PUT", "POST", "DELETE", "OPTIONS"])
      expect((await page(`${site}/x`, ca, { method })).status).toBe(405);
    expect(Object.keys(head.headers).filter((name) => /trans-id|openstack|timestamp/.test(name))).toEqual([]);
  });

  step("leads from HTTP to HTTPS, and has no other open port", async () => {
    const plain = await page(`http://${address}/images/a`, ca);
    expect([plain.status, plain.headers["location"]]).toEqual([301, `${site}/images/a`]);
    const ports = Array.from({ length: 10_000 }, (_, index) => index + 1);
    expect(await openPorts(address, ports)).toEqual([80, 443]);
  });

  step(
    "is still there when one of the two servers is lost, and when it comes back",
    async () => {
      const lost = await holder();
      const other = servers().find((name) => name !== lost)!;
      const session = run.session("services");
      const { id } = await nodes.find(lost);
      const action = (json: object) =>
        session.request({ service: "compute", method: "POST", path: `/servers/${id}/action`, json });
      const reaches = (status: string): Promise<true> =>
        eventually(
          `${lost} ${status}`,
          async () => ((await getServer(session, id))?.status === status ? true : undefined),
          { timeout: 5 * MINUTE, interval: 1000 },
        );
      const uptime = new Uptime(`${site}/`, ca);
      await action({ "os-stop": null });
      await reaches("SHUTOFF");
      await eventually(
        "the other holds the address",
        async () => ((await holder().catch(() => "")) === other ? true : undefined),
        {
          timeout: MINUTE,
          interval: 1000,
        },
      );
      expect((await page(`${site}/`, ca)).status).toBe(200);
      await action({ "os-start": null });
      await reaches("ACTIVE");
      await eventually(
        `${lost} stands by`,
        async () => ((await nodes.ssh(lost, "sudo factory-health", 30_000)).code === 0 ? true : undefined),
        { timeout: 3 * MINUTE },
      );
      const { longestGap, asked } = await uptime.end();
      say(`one server stopped and started: ${asked} requests, the longest time without an answer ${longestGap} ms`);
      expect(longestGap).toBeLessThan(10_000);
      expect(await holder()).toBe(other);
    },
    10 * MINUTE,
  );

  step("its servers and the publisher know no secret by their user data, and keep keys encrypted", async () => {
    const hunt = new SecretHunt();
    hunt.add(...run.projects.secrets);
    for (const name of [...servers(), node("publisher")]) {
      const { id } = await nodes.find(name);
      const session = run.session(name === node("publisher") ? "build" : "services");
      const where = `/servers/${id}`;
      const headers = { "x-openstack-nova-api-version": "2.3" };
      const { server } = await session.json<{ server: Record<string, string | null> }>({
        service: "compute",
        method: "GET",
        path: where,
        headers,
      });
      const text = server["OS-EXT-SRV-ATTR:user_data"] ?? "";
      expect(hunt.inText(name, userDataText(text))).toEqual([]);
    }
    const key = await nodes.must(
      servers()[0]!,
      "sudo grep -rl 'PRIVATE[ ]KEY' /etc /var /usr/local 2>/dev/null | grep -v '^/etc/ssh/' ; true",
    );
    expect(key).toBe("");
  });

  step(
    "the publisher's former credential ends when it is renewed, and leaves no version of its probe behind",
    async () => {
      const session = run.session("production");
      const ours = async (): Promise<string[]> =>
        (await listApplicationCredentials(session)).map(({ id, name }) => {
          expect(name).toMatch(new RegExp(`^${run.factory}-publisher-\\d{17}$`));
          return id;
        });
      const before = await ours();
      expect(before).toHaveLength(1);
      await run.factoryCommand(["certificates", "renew", "publisher"]);
      const after = await ours();
      expect(after).toHaveLength(1);
      expect(after).not.toEqual(before);
      const health = await nodes.must(node("publisher"), "sudo factory-health");
      expect(health).toMatch(/ok {3}publisher: writes .*; 0 requests in .*; credential for 1(79|80) days/);
      expect(await listVersions(session, run.buckets.release, ".factory/probe")).toEqual([]);
    },
    5 * MINUTE,
  );

  step(
    "is taken down: the publisher's credential is worth nothing any more, nor are its rules left",
    async () => {
      const session = run.session("production");
      for (const { name, version_id } of await listVersions(session, run.buckets.release))
        await deleteObject(session, run.buckets.release, name, version_id);
      await run.factoryCommand(["destroy", "--purge-data", "--yes"]);
      expect(await listApplicationCredentials(session)).toEqual([]);
      expect(await listAccessRules(session)).toEqual([]);
      run.finished = true;
    },
    10 * MINUTE,
  );

  async function otherCa(): Promise<string> {
    const { makeAuthority } = await import("../../../deployer/authority");
    return (await makeAuthority("other")).replace(/-----BEGIN PRIVATE KEY[\s\S]*/, "");
  }
});
