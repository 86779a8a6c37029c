import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readInstalled } from "../../../../stages/lib/installed";
import { layout } from "../../../../stages/lib/layout";
import type { StageContext } from "../../../../stages/lib/stage";
import { PLAN } from "../plan";

const directory = mkdtempSync(path.join(tmpdir(), "installed-"));
afterAll(() => rmSync(directory, { recursive: true }));

const os = { distro: "opensuse", version: "15.6", codename: "15.6", user: "opensuse" } as const;
const context = {
  plan: { ...PLAN, image: { ...PLAN.image, os } },
  paths: layout(PLAN, directory),
  signal: new AbortController().signal,
} as unknown as StageContext;
const packageList = path.join(directory, "builder.packages");
// There is none: the builder's own list is all that is read.
const raw = path.join(directory, "image.raw");

test("what the builder lists of an image of rpm packages is its package list and its bill of materials", async () => {
  writeFileSync(packageList, "glibc|(none)|2.38|1|x86_64|(none)|GPL-2.0-or-later\nbash|1|5|2|x86_64|(none)|(none)\n");
  expect(await readInstalled(context, { raw, packageList })).toEqual({
    packages: [
      { name: "bash", version: "1:5-2", architecture: "x86_64" },
      { name: "glibc", version: "2.38-1", architecture: "x86_64" },
    ],
    software: [
      { name: "bash", version: "1:5-2", architecture: "x86_64", licences: [] },
      { name: "glibc", version: "2.38-1", architecture: "x86_64", licences: [{ id: "GPL-2.0-or-later" }] },
    ],
  });
});

test("fails when the list is empty: no image is without packages", async () => {
  writeFileSync(packageList, "\n");
  await expect(readInstalled(context, { raw, packageList })).rejects.toThrow("the image's package database is empty");
});
