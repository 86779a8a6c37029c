import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { resolveMirrors } from "../../../config/apt-mirrors";

const AUTO = { debian: "auto", debianSecurity: "auto" };
let etc: string;
beforeEach(() => {
  etc = mkdtempSync(path.join(os.tmpdir(), "apt-"));
  mkdirSync(path.join(etc, "sources.list.d"));
});
afterEach(() => rmSync(etc, { recursive: true }));
const write = (name: string, text: string): void => writeFileSync(path.join(etc, name), text);

const BOTH = { debian: "http://mirror.test/debian", debianSecurity: "http://mirror.test/debian-security" };

test("deb822", () => {
  write(
    "sources.list.d/debian.sources",
    `# the distribution
Types: deb deb-src
# Old: http://old.test/debian
URIs: http://mirror.test/debian/
Suites: bookworm
  bookworm-updates
Components: main

Types: deb
URIs: http://mirror.test/debian-security
Suites: bookworm-security
Components: main
`,
  );
  expect(resolveMirrors(AUTO, etc)).toEqual(BOTH);
});

test("one line each, with options, comments and other repositories around", () => {
  write(
    "sources.list",
    `# deb http://old.test/debian bookworm main
deb-src http://sources.test/debian bookworm main
deb cdrom:[Debian]/ bookworm main
deb [signed-by=/usr/share/keyrings/x.gpg arch=amd64] http://mirror.test/debian bookworm main contrib # ours
deb http://mirror.test/debian-security/ bookworm-security main
`,
  );
  write("sources.list.d/a.list", "deb https://other.test/repo nodistro main\n");
  expect(resolveMirrors(AUTO, etc)).toEqual(BOTH);
});

test("disabled stanzas and other distributions are left alone", () => {
  write(
    "sources.list.d/a.sources",
    "Types: deb\nURIs: http://off.test/debian\nSuites: bookworm\nComponents: main\nEnabled: no\n",
  );
  write("sources.list.d/b.sources", "Types: deb\nURIs: http://node.test/x\nSuites: nodistro\nComponents: main\n");
  expect(() => resolveMirrors(AUTO, etc)).toThrow(
    `infrastructure.mirrors.debian: auto, but ${etc} names no such repository with http; write its address into factory.yaml`,
  );
});

test("what is written down is taken as it is", () => {
  expect(resolveMirrors(BOTH, "/nonexistent")).toEqual(BOTH);
});

test("mirrors of other distributions are as they are written", () => {
  const others = { ...BOTH, rocky: "https://mirror.test/rocky" };
  expect(resolveMirrors(others, etc)).toEqual(others);
});
