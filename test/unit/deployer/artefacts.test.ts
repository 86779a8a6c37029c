/** A build's artefacts fetched from a share, over a real sshd. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fetchArtefacts, fetchedText, prunedFiles } from "../../../deployer/artefacts";
import { Store } from "../../../deployer/store";
import { Sshd } from "./lib/sshd";

const build = "debian-12-202601010000-0001";
let sshd: Sshd;
let share: string;
let to: string;
let store: Store;

beforeAll(async () => {
  sshd = await Sshd.start();
});
afterAll(async () => sshd.stop());

beforeEach(async () => {
  share = path.join(sshd.directory, "share");
  to = path.join(sshd.directory, "fetched");
  for (const directory of [share, to]) rmSync(directory, { recursive: true, force: true });
  mkdirSync(share);
  store = new Store(sshd.host("share"), share);
  await store.prepareBuild(build);
  await store.appendEvents(build, [{ time: "2026-01-01T00:00:00.000Z", build, stage: "initialise", state: "started" }]);
  write("artefacts/packages.txt", "packages");
  write(`artefacts/${build}.qcow2`, "an image");
  const line = (name: string, text: string): string => `${createHash("sha256").update(text).digest("hex")}  ${name}\n`;
  write("artefacts/SHA256SUMS", line("packages.txt", "packages") + line(`${build}.qcow2`, "an image"));
});

const inBuild = (name: string): string => path.join(share, "builds", "debian-12", build, name);
const write = (name: string, text: string): void => writeFileSync(inBuild(name), text);

test("everything of a build is there, and its checksums are checked", async () => {
  expect(await fetchArtefacts(store, build, to)).toBe(2);
  expect(readFileSync(path.join(to, "artefacts", `${build}.qcow2`), "utf8")).toBe("an image");
  expect(existsSync(path.join(to, "events", "deployer.jsonl"))).toBe(true);
  expect(prunedFiles(to)).toEqual([]);
});

test("a file that is not what its checksum says fails, one that is missing too", async () => {
  write("artefacts/packages.txt", "others");
  rmSync(inBuild(`artefacts/${build}.qcow2`));
  await expect(fetchArtefacts(store, build, to)).rejects.toThrow(
    `not what SHA256SUMS says: packages.txt, ${build}.qcow2`,
  );
});

test("one that was deleted to save space is no failure, and is told", async () => {
  rmSync(inBuild(`artefacts/${build}.qcow2`));
  write("pruned.json", JSON.stringify({ files: [`artefacts/${build}.qcow2`] }));
  expect(await fetchArtefacts(store, build, to)).toBe(1);
  expect(prunedFiles(to)).toEqual([`${build}.qcow2`]);
  // but one that is there has to be right
  write(`artefacts/${build}.qcow2`, "another image");
  await expect(fetchArtefacts(store, build, to)).rejects.toThrow(`${build}.qcow2`);
});

test("so is a place below a file", async () => {
  const file = path.join(share, "file");
  writeFileSync(file, "");
  await expect(fetchArtefacts(store, build, path.join(file, "here"))).rejects.toThrow(
    `${file}/here: can't be made: ${file} is no directory; name another directory`,
  );
});

test("a place where nothing can be kept is refused at once", async () => {
  await expect(fetchArtefacts(store, build, "/proc/self/here")).rejects.toThrow(
    "/proc/self/here: is in /proc, where nothing can be kept; name another directory",
  );
});

test("of a build without checksums it is told what was fetched", async () => {
  rmSync(inBuild("artefacts"), { recursive: true });
  write("logs/09-test.log", "no such user");
  expect(await fetchArtefacts(store, build, to)).toBe(0);
  expect(fetchedText(to)).toBe("1 file in events, 1 file in logs");
  expect(fetchedText(path.join(to, "nowhere"))).toBe("nothing");
});
