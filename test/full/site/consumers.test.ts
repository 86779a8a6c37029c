/** What the pages tell customers to write, run on the local cloud: it picks the current image before and after a release. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { currentRelease, type CatalogueImage } from "../../../model/catalogue";
import * as glance from "../../../openstack/glance";
import type { Session } from "../../../openstack/session";
import { IMAGE_PROPERTY, snippets } from "../../../site/snippets";
import { smallCatalogue } from "../../support/catalogues";
import { cloudEnv } from "../../support/cloud-env";
import { adminSession, makeProjects, memberSession, type RunProjects } from "../../support/projects";

const MINUTE = 60_000;
const run = promisify(execFile);
const work = mkdtempSync(path.join(tmpdir(), "c-"));
const tag = `page-${randomBytes(3).toString("hex")}`;
const [template] = smallCatalogue().images;
/** A name that would do harm where it is not quoted. */
const image: CatalogueImage = { ...template!, name: tag, title: `It's ${tag} "\${x}" $(touch harm)` };

let env: NodeJS.ProcessEnv;
let projects: RunProjects;
let admin: Session;
const made: { readonly session: Session; readonly id: string }[] = [];

beforeAll(async () => {
  env = cloudEnv("--admin");
  admin = adminSession(env);
  projects = await makeProjects(tag, work, env);
}, 5 * MINUTE);
afterAll(async () => {
  for (const { session, id } of made) await glance.deleteImage(session, id);
  await projects.remove();
  rmSync(work, { recursive: true });
}, 5 * MINUTE);

async function release(session: Session, visibility: "public" | "community"): Promise<string> {
  const properties = { [IMAGE_PROPERTY]: image.name };
  const { id } = await glance.createImage(session, { name: image.title, diskFormat: "raw", visibility, properties });
  made.push({ session, id });
  const file = path.join(work, "bytes");
  writeFileSync(file, randomBytes(1024));
  await glance.uploadImage(session, id, file);
  return id;
}

async function show(id: string, name: string, hidden = false): Promise<void> {
  await glance.updateImage(admin, id, [
    { op: "replace", path: "/name", value: name },
    { op: "replace", path: "/os_hidden", value: hidden },
  ]);
}

const customer = (): NodeJS.ProcessEnv => ({
  ...env,
  OS_CLIENT_CONFIG_FILE: projects.cloudsFile,
  OS_CLOUD: "build",
});

/** What the command line's snippet finds; the server is left out. */
async function byCommandLine(): Promise<string> {
  const [snippet] = snippets(image);
  const [lookUp = ""] = snippet!.text.split("\nopenstack server");
  const { stdout } = await run("bash", ["-e", "-c", `${lookUp}\necho "$image"`], { cwd: work, env: customer() });
  return stdout.trim();
}

/** What Terraform's data source finds; the instance is left out. */
async function byTerraform(): Promise<string> {
  const region = { name: "one", region: "RegionOne", owner: made[0] && (await ownerOf(made[0].id)) };
  const [dataSource = ""] = snippets(image, region)[1]!.text.split("\n\nresource");
  const directory = path.join(work, "terraform");
  mkdirSync(directory, { recursive: true });
  const provider = `terraform {\n  required_providers {\n    openstack = { source = "terraform-provider-openstack/openstack" }\n  }\n}\n`;
  const [, name = ""] = /^data "openstack_images_image_v2" "([^"]*)"/.exec(dataSource) ?? [];
  const output = `output "id" {\n  value = data.openstack_images_image_v2.${name}.id\n}\n`;
  writeFileSync(path.join(directory, "main.tf"), `${provider}\n${dataSource}\n\n${output}`);
  const terraform = async (...args: string[]): Promise<string> =>
    (await run(env["FACTORY_TERRAFORM"] ?? "terraform", args, { cwd: directory, env: customer() })).stdout;
  await terraform("init", "-input=false", "-no-color");
  await terraform("apply", "-auto-approve", "-input=false", "-no-color");
  return (JSON.parse(await terraform("output", "-json", "id")) as string).trim();
}

const ownerOf = async (id: string): Promise<string> => (await glance.getImage(admin, id))?.owner ?? "";

test("snippets find the image that is current, whatever is rotated away and whoever calls his own the same", async () => {
  expect(currentRelease(image)?.copies[0]?.visibility).toBe("public");
  const first = await release(admin, "public");
  await release(memberSession(projects, "services"), "community");
  expect([await byCommandLine(), await byTerraform()]).toEqual([first, first]);
  await show(first, `${image.title} 20261101`, true);
  const second = await release(admin, "public");
  expect([await byCommandLine(), await byTerraform()]).toEqual([second, second]);
  // Back again, as a rollback does it: the older one is current.
  await show(second, `${image.title} 20261102`, true);
  await show(first, image.title);
  expect([await byCommandLine(), await byTerraform()]).toEqual([first, first]);
});
