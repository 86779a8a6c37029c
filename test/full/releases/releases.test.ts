/**
 * Two real builds of one image become releases by the publisher's own node, then back, then revoked: after each step what
 * administrators see, what another project sees, and what the factory's web site serves.
 */
import { randomBytes } from "node:crypto";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse, stringify } from "yaml";
import { deleteImage } from "../../../openstack/glance";
import { list } from "../../../openstack/neutron";
import { SIGNED_INDEX } from "../../../site/simplestreams";
import { stageLine } from "../../support/builds";
import { cloudEnv } from "../../support/cloud-env";
import { compareInventories } from "../../support/compare-inventories";
import { eventually } from "../../support/eventually";
import { FactoryRun } from "../../support/factory-run";
import { inventory, type InventoryItem } from "../../support/inventory";
import { Nodes } from "../../support/nodes";
import { ROOT } from "../../support/paths";
import { ProcessArguments } from "../../support/process-arguments";
import { adminSession, makeProjects, memberSession, type RunProjects } from "../../support/projects";
import { scenario } from "../../support/scenario";
import { SecretHunt } from "../../support/secrets";
import { commandsOn, mirrorProgram, shell } from "./commands";
import { configure, CUSTOMER } from "./factory";
import { PublisherNode } from "./publisher-node";
import { ReviewedRecipes } from "./repository";
import { everywhere, look, REGIONS, type Eyes, type View } from "./view";
import { Website } from "./website";

const MINUTE = 60_000;
const IMAGE = "debian-12-minimal";
const PLACE = `images/${IMAGE}/`;
const TITLE = `Debian 12 minimal ${randomBytes(3).toString("hex")}`;
const DEFINITION = `images/${IMAGE}/image.yaml`;
const REASON = "a hole in its kernel";

describe("two releases of an image", () => {
  const step = scenario();
  const folder = mkdtempSync(path.join(tmpdir(), "releases-"));
  const hunt = new SecretHunt();
  const seenArguments = new ProcessArguments(path.join(folder, "arguments"));
  let recipes: ReviewedRecipes;
  let run: FactoryRun;
  let customers: RunProjects;
  let node: PublisherNode;
  let nodes: Nodes;
  let site: Website;
  let eyes: Eyes;
  let empty: readonly InventoryItem[];
  let first: string;
  let second: string;

  const file = (name: string): string => path.join(folder, name);
  const scratch = (): string => mkdtempSync(file("t-"));
  const day = (build: string): string => build.slice(IMAGE.length + 1).slice(0, 8);
  const title = { current: TITLE, previous: `${TITLE} prev`, dated: (build: string) => `${TITLE} ${day(build)}` };
  const image = (name: string, visibility: string, shown: string, status: string, purpose: string): string =>
    [name, visibility, shown, status, purpose].join(", ");
  const current = image(title.current, "public", "shown", "active", "minimal");

  /** The web servers ask for what is new, but what they have fetched is shown a moment longer. */
  async function soon(check: () => Promise<void>): Promise<void> {
    let problem: unknown;
    const attempt = async (): Promise<true | undefined> =>
      check().then(
        () => true,
        (error: unknown) => void (problem = error),
      );
    await eventually("the site", attempt, { timeout: MINUTE / 2, interval: 1000 }).catch((late: unknown) => {
      throw problem ?? late;
    });
  }

  /** What is private shows to the administrator, and to nobody else. */
  function view(
    privately: Record<string, string>,
    publicly: Record<string, string>,
  ): Omit<View, "catalogue" | "found"> {
    return { administrator: everywhere({ ...privately, ...publicly }), customer: everywhere(publicly) };
  }

  async function buildsAnother(): Promise<string> {
    const { output } = await run.factoryCommand(["build", IMAGE]);
    expect(output).toMatch(stageLine("request-publication", "succeeded"));
    return new RegExp(`${IMAGE}-\\d{12}-[0-9a-f]{4}`).exec(output)![0];
  }

  /** Rows of a table on a page as they are shown. */
  async function rows(place: string, table: string): Promise<string[][]> {
    const page = await site.open(place);
    const found = await page.locator(`${table} tbody tr:visible`).all();
    const texts = await Promise.all(found.map(async (row) => row.locator("th,td").allInnerTexts()));
    await page.context().close();
    return texts;
  }
  const history = async (): Promise<string[][]> =>
    (await rows(PLACE, "section[aria-labelledby=history]")).map(([build = "", state = ""]) => [build, state]);

  beforeAll(async () => {
    const definition = readFileSync(path.join(ROOT, DEFINITION), "utf8");
    const own = { [DEFINITION]: `${definition}publish: { name: ${TITLE} }\n` };
    recipes = ReviewedRecipes.make(folder, own);
    await recipes.serve();
    const change = (config: Parameters<typeof configure>[0]): void => configure(config, recipes.address);
    run = await FactoryRun.create({ label: "releases", root: recipes.checkout, change });
    mkdirSync(file("customers"));
    customers = await makeProjects(`${run.factory}-customers`, file("customers"), run.ambient, [CUSTOMER]);
    nodes = new Nodes(run);
    node = new PublisherNode(run, nodes);
    empty = await inventory(run.projects);
    seenArguments.start();
  }, 5 * MINUTE);

  afterAll(async () => {
    seenArguments.stop();
    await site.end();
    await run.end([`build-${IMAGE}`]);
    await customers.remove();
    recipes.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 30 * MINUTE);

  step(
    "a factory is deployed whose publisher knows what the site is called",
    async () => {
      await run.factoryCommand(["setup"]);
      await run.cdktf("deploy", "factory");
      const [floating] = await list(run.session("services"), "floatingips");
      const address = `https://${floating!.floating_ip_address}`;
      const config = parse(readFileSync(run.config, "utf8")) as { publish: Record<string, unknown> };
      writeFileSync(run.config, stringify({ ...config, publish: { ...config.publish, address } }));
      await run.factoryCommand(["certificates", "renew", "publisher"]);
      const ca = (await run.factoryCommand(["certificates", "ca"])).stdout;
      writeFileSync(file("ca.pem"), ca);
      site = new Website(address, ca);
      eyes = {
        factory: run.factory,
        title: TITLE,
        administrator: (region) => adminSession(run.ambient, region),
        customer: (region) => memberSession(customers, CUSTOMER, region),
        website: site,
      };
    },
    20 * MINUTE,
  );

  step("its node does nothing before an administrator has brought a clouds.yaml, and says how", async () => {
    const { code, stderr } = await node.factory("publish", "list");
    expect([code, stderr]).toEqual([1, expect.stringContaining("systemd-creds encrypt --name=publisher-clouds")]);
    const entry = (clouds: string, name: string): unknown =>
      (parse(readFileSync(clouds, "utf8")) as { clouds: Record<string, unknown> }).clouds[name];
    const admin = entry(cloudEnv("--admin")["OS_CLIENT_CONFIG_FILE"]!, "admin") as { auth: { password: string } };
    const clouds = { admin, [CUSTOMER]: entry(customers.cloudsFile, CUSTOMER) };
    await node.takeClouds(stringify({ clouds }));
    // What it does by itself comes when this scenario asks for it.
    await node.timer("stop");
    hunt.add(...run.projects.secrets, ...customers.secrets, ...(await node.secrets()));
    hunt.add({ what: "the administrator's password", value: admin.auth.password });
    expect(await node.must("publish", "list")).toBe("there are no requests\n");
  });

  step(
    "a build waits for a person; nobody sees it, and the site has nothing",
    async () => {
      first = await buildsAnother();
      expect(await node.must("publish", "list")).toContain(`${first}  new  asked `);
      expect(await node.must("publish")).toContain(`${first}: waits for approval: factory publish approve ${first}`);
      const waiting = image(first, "private", "shown", "active", "minimal");
      expect(await look(eyes)).toEqual({ ...view({ [first]: waiting }, {}), found: everywhere([]), catalogue: {} });
      expect((await site.get("")).status).toBe(404);
    },
    60 * MINUTE,
  );

  step(
    "approved, it is told what would be done, and nothing of it is",
    async () => {
      expect(await node.must("publish", "approve", first)).toContain("approved");
      const before = await look(eyes);
      const said = await node.must("publish", "--dry-run");
      for (const region of REGIONS)
        expect(said).toMatch(new RegExp(`  ${region}: ${first} .*: promote: name=${TITLE}`));
      expect(await look(eyes)).toEqual(before);
    },
    20 * MINUTE,
  );

  step(
    "published, both regions and the site have it",
    async () => {
      const said = await node.must("publish");
      expect(said).toContain(`${first}: is "${TITLE}" in ${REGIONS.join(", ")}`);
      const without = "goes without the properties of its signature: customers may not read its certificate there";
      expect(said).toContain(`${first}: RegionOne: ${without}`);
      const seen = { ...view({}, { [first]: current }), found: everywhere([first]), catalogue: { [first]: "current" } };
      expect(await look(eyes)).toEqual(seen);
      expect(await node.must("publish", "list")).toContain(`${IMAGE}: current is ${first}`);
    },
    20 * MINUTE,
  );

  step(
    "its pages are whole in a browser: no link leads nowhere, nothing is asked of others, search finds",
    async () => {
      const answers = await site.crawl();
      expect([...answers].filter(([, status]) => status !== 200)).toEqual([]);
      expect(answers.size).toBeGreaterThan(20);
      const page = await site.open("");
      expect(await page.getByRole("row").filter({ hasText: TITLE }).count()).toBe(1);
      const search = page.getByRole("searchbox", { name: "Search" });
      await search.fill("nothing like it");
      expect(await page.getByRole("row").filter({ hasText: TITLE }).isVisible()).toBe(false);
      await search.fill("minimal");
      expect(await page.getByRole("row").filter({ hasText: TITLE }).isVisible()).toBe(true);
      await page.context().close();
      const packages = await site.open(`${PLACE}packages/`);
      await packages.getByRole("searchbox", { name: "Search" }).fill("openssh-server");
      expect(await packages.locator("tbody tr:visible").count()).toBe(1);
      await packages.context().close();
      expect(await history()).toEqual([[first, "current"]]);
    },
    20 * MINUTE,
  );

  step(
    "its commands, copied and run, accept what they fetch from it, and refuse it altered",
    async () => {
      const place = scratch();
      const commands = await commandsOn(site, PLACE, "verify-");
      expect(commands).toHaveLength(3);
      const outcome = await shell(commands.join("\n"), place, file("ca.pem"));
      expect([outcome.status, outcome.said]).toEqual([0, expect.stringContaining(`${first}.qcow2: OK`)]);
      expect(outcome.said).toContain("Verified OK");
      appendFileSync(path.join(place, `${first}.qcow2`), "!");
      const withoutFetching = commands.map((text) => text.replace(/^curl[^\n]*(\\\n[^\n]*)*\n/, ""));
      for (const text of withoutFetching) {
        const refused = await shell(text, place, file("ca.pem"));
        expect([refused.status === 0, refused.said]).toEqual([false, expect.any(String)]);
      }
      rmSync(place, { recursive: true });
    },
    20 * MINUTE,
  );

  step(
    "sstream-mirror mirrors its signed index, and refuses another key's",
    async () => {
      const program = await mirrorProgram();
      const place = scratch();
      for (const key of ["publisher", "builds"])
        writeFileSync(path.join(place, `${key}.gpg`), (await site.get(`keys/${key}.gpg`)).body);
      const mirror = (key: string, to: string): string =>
        `'${program}' --max 1 --keyring ./${key}.gpg '${site.address}/${SIGNED_INDEX}' ${to} aliases=${IMAGE}`;
      const outcome = await shell(mirror("publisher", "good"), place, file("ca.pem"));
      expect(outcome).toMatchObject({ status: 0 });
      const sums = await shell(`sha256sum good/images/${IMAGE}/${first}/${first}.qcow2`, place, file("ca.pem"));
      const listed = await site.text(`${PLACE}SHA256SUMS`);
      expect(listed).toContain(sums.said.slice(0, 64));
      expect((await shell(mirror("builds", "bad"), place, file("ca.pem"))).status).not.toBe(0);
      rmSync(place, { recursive: true });
    },
    20 * MINUTE,
  );

  step(
    "a second one, approved, is published by the node itself; the first steps back",
    async () => {
      recipes.change(`images/${IMAGE}/tests/again.sh`, "#!/bin/bash\n# Another release has another check.\ntrue\n");
      second = await buildsAnother();
      expect(second).not.toBe(first);
      await node.must("publish", "approve", second);
      expect(await node.byItself()).toContain(`${second}: is "${TITLE}" in ${REGIONS.join(", ")}`);
      const former = image(title.previous, "public", "hidden", "active", "minimal");
      await soon(async () => {
        expect(await look(eyes)).toEqual({
          ...view({}, { [first]: former, [second]: current }),
          found: everywhere([second]),
          catalogue: { [first]: "previous", [second]: "current" },
        });
        expect(await history()).toEqual([
          [second, "current"],
          [first, "previous"],
        ]);
        const [download = ""] = await commandsOn(site, PLACE, "verify-published");
        const outcome = await shell(download, scratch(), file("ca.pem"));
        expect(outcome).toEqual({ status: 0, said: expect.stringContaining(`${second}.qcow2: OK`) as string });
      });
      const [, , , , changes] = (await rows(PLACE, "section[aria-labelledby=history]"))[0]!;
      expect(changes).not.toBe("");
    },
    60 * MINUTE,
  );

  step(
    "back to the first in one command",
    async () => {
      expect(await node.must("rollback", IMAGE)).toContain(`${IMAGE}: is ${first} again, no more ${second}`);
      const withdrawn = image(title.dated(second), "public", "hidden", "active", "minimal");
      await soon(async () => {
        expect(await look(eyes)).toEqual({
          ...view({}, { [first]: current, [second]: withdrawn }),
          found: everywhere([first]),
          catalogue: { [first]: "current", [second]: "older" },
        });
        expect((await history())[1]).toEqual([first, "current"]);
      });
    },
    20 * MINUTE,
  );

  step(
    "revoked, nobody boots it, and the site says why",
    async () => {
      const said = await node.must("revoke", IMAGE, "--reason", REASON);
      expect(said).toContain(`${first}: revoked in every region`);
      const revoked = image(title.dated(first), "public", "hidden", "deactivated", "minimal");
      await soon(async () => {
        const now = await look(eyes);
        expect(now).toMatchObject({ found: everywhere([]), catalogue: { [first]: "revoked" } });
        for (const region of REGIONS) expect(now.administrator[region]).toMatchObject({ [first]: revoked });
        const page = await site.open(PLACE);
        expect(await page.locator("section[aria-labelledby=history]").innerText()).toContain(REASON);
        await page.context().close();
        expect(await site.text(`${PLACE}SHA256SUMS`).catch(() => "")).not.toContain(first);
      });
      expect(await node.must("publish", "list")).toContain(`${first}  revoked`);
      expect([...(await site.crawl())].filter(([, status]) => status !== 200)).toEqual([]);
    },
    20 * MINUTE,
  );

  step(
    "no secret is in the node's journal and files, in arguments, in the state",
    async () => {
      expect(hunt.count).toBeGreaterThan(6);
      expect(hunt.inText("journal", await node.journal())).toEqual([]);
      expect(await node.filesWith(hunt.all)).toBe("");
      seenArguments.stop();
      expect(hunt.inText("arguments", readFileSync(seenArguments.file, "utf8"))).toEqual([]);
      const places = [...run.homeWithoutKeys(), run.outputs, run.results];
      expect(await hunt.inFiles(places, file("needles"))).toEqual([]);
    },
    20 * MINUTE,
  );

  step(
    "the factory goes, and what customers have stays: it is named, and nothing else is left",
    async () => {
      const { output } = await run.factoryCommand(["destroy", "--purge-data", "--yes"]);
      for (const build of [first, second])
        for (const region of REGIONS)
          expect(output).toContain(`image ${title.dated(build)} in ${region}: kept, it is public`);
      const { addedItems, gone } = compareInventories(empty, await inventory(run.projects));
      expect(addedItems.map(({ kind, region }) => [kind, region]).sort()).toEqual(
        REGIONS.flatMap((region) => [first, second].map(() => ["hidden image", region])),
      );
      expect(gone).toEqual([]);
      for (const { id, region } of addedItems) await deleteImage(eyes.administrator(region), id);
      run.finished = true;
    },
    20 * MINUTE,
  );
});
