/** The image that the factory made is an ordinary one: it boots where nothing of the factory is. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { builtImage } from "../support/built-image";
import { ROOT } from "../support/paths";
import { scenario } from "../support/scenario";
import { VirtualMachine } from "../support/virtual-machine";

const IMAGE = "debian-12";
const BOOT = 15 * 60_000;

describe(`${IMAGE} in plain qemu, with a NoCloud seed`, () => {
  const step = scenario();
  const directory = mkdtempSync(path.join(tmpdir(), "factory-vm-"));
  let machine: VirtualMachine | undefined;
  const inside = async (command: string): Promise<string> => {
    const { code, stdout, stderr } = await machine!.ssh(command);
    if (code !== 0) throw new Error(`"${command}": exit status ${code}: ${stderr}${stdout}`);
    return stdout;
  };
  afterAll(async () => {
    await machine?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  step("boots, and cloud-init lets the key's owner in as the image's user", async () => {
    const definition = parse(readFileSync(path.join(ROOT, "images", IMAGE, "image.yaml"), "utf8")) as {
      readonly os: { readonly user: string };
    };
    machine = await VirtualMachine.boot({ image: builtImage(IMAGE).qcow2, directory, user: definition.os.user });
    await machine.ready(BOOT);
  });

  step("cloud-init finishes without an error", async () => {
    expect(await inside("cloud-init status --wait --long")).toMatch(/status: done/);
    expect(await inside("cat /run/cloud-init/result.json")).toMatch(/"errors": \[\]/);
  });

  step("no unit of systemd has failed", async () => {
    expect(await inside("systemctl list-units --failed --plain --no-legend")).toBe("");
  });

  step("dpkg -l inside is the package list that came with the image", async () => {
    // the list as dpkg -l has it, put into the form of packages.txt: name, version, architecture of what is installed
    const listed = await inside("COLUMNS=400 dpkg -l --no-pager");
    const rows = listed.split("\n").flatMap((line) => {
      const [state, name = "", version, architecture] = line.split(/\s+/);
      return state === "ii" || state === "hi" ? [`${name.replace(/:.*/, "")}\t${version}\t${architecture}`] : [];
    });
    const expected = readFileSync(builtImage(IMAGE).packages, "utf8").trimEnd().split("\n");
    expect(rows.sort()).toEqual(expected.sort());
    expect(rows.length).toBeGreaterThan(100);
  });

  step("the root file system has grown to the size of its disk", async () => {
    const gigabytes = Number(await inside("df --output=size -B1G / | tail -1"));
    expect(gigabytes).toBeGreaterThanOrEqual(7);
  });
});
