import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import type { ImageDefinition } from "../../../../model/image";
import { kiwiCalls, kiwiEnvironment, kiwiLines, kiwiReason, withMirrors } from "../../../../stages/lib/kiwi-command";
import { PLAN } from "../plan";

const DIRECTORIES = {
  description: "/w/description",
  root: "/w/root",
  target: "/w/target",
  temporary: "/w/tmp",
  cache: "/c",
  home: "/w/home",
  config: "/w/kiwi.yml",
};

const recipe = (over: (typeof PLAN.image)["recipe"]): typeof PLAN => ({
  ...PLAN,
  image: { ...PLAN.image, recipe: over },
});

test("a root, its updates, and the disk: KIWI's arguments", () => {
  const common = "--config /w/kiwi.yml --logfile stdout --shared-cache-dir /c --temp-dir /w/tmp system";
  expect(kiwiCalls(recipe({}), DIRECTORIES).map(({ args }) => args.join(" "))).toEqual([
    `${common} prepare --description /w/description --root /w/root`,
    `${common} update --root /w/root`,
    `${common} create --root /w/root --target-dir /w/target`,
  ]);
});

test("profiles come before each command, packages after the first one and in one order", () => {
  const calls = kiwiCalls(recipe({ profiles: ["Cloud"], packages: ["less", "curl"] }), DIRECTORIES);
  for (const { args } of calls) expect(args.indexOf("--profile=Cloud")).toBe(args.indexOf("system") - 1);
  const packages = calls.map(({ args }) => args.filter((word) => word.startsWith("--add-package")));
  expect(packages).toEqual([["--add-package=curl", "--add-package=less"], [], []]);
});

test("debugging is KIWI's own", () => {
  const calls = kiwiCalls({ ...recipe({}), options: { ...PLAN.options, debug: true } }, DIRECTORIES);
  expect(calls.map(({ args }) => args[0])).toEqual(["--debug", "--debug", "--debug"]);
});

test("the environment holds a home of the build's own, the source's date, and no directory that the image lacks", () => {
  expect(kiwiEnvironment(DIRECTORIES, 1_700_000_000)).toEqual({
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/w/home",
    GNUPGHOME: "/w/home/gnupg",
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    SOURCE_DATE_EPOCH: "1700000000",
  });
});

test("repositories are read from the mirrors; one address that begins as another is not it", () => {
  const description = `<source path="http://debian.invalid/debian"/><source path="http://debian.invalid/debian-security"/>`;
  expect(withMirrors(description, PLAN)).toBe(
    `<source path="http://mirror.example.org/debian"/><source path="http://mirror.example.org/debian-security"/>`,
  );
});

test("an address is written as XML", () => {
  const mirrors = { ...PLAN.mirrors, debian: "http://mirror.example.org/?a=1&b=2" };
  expect(withMirrors(`path="http://debian.invalid/debian"`, { ...PLAN, mirrors })).toBe(
    `path="http://mirror.example.org/?a=1&amp;b=2"`,
  );
});

const IMAGES = path.join(__dirname, "../../../../images");
const recipes = readdirSync(IMAGES).filter((name) => existsSync(path.join(IMAGES, name, "config.xml")));
const ADDRESSES = /\b(?:path|key)="([^"]+)"/g;

test.each(recipes)(
  "%s reads its repositories and their keys from the factory's mirrors, and names no other",
  (name) => {
    const description = readFileSync(path.join(IMAGES, name, "config.xml"), "utf8");
    const { os } = parse(readFileSync(path.join(IMAGES, name, "image.yaml"), "utf8")) as ImageDefinition;
    const mirrors = {
      ...PLAN.mirrors,
      rocky: "https://mirror.example.org/r",
      opensuse: "https://mirror.example.org/o/",
    };
    const addresses = (text: string) => [...text.matchAll(ADDRESSES)].map(([, address = ""]) => new URL(address));
    const remote = addresses(description).filter(({ protocol }) => protocol !== "file:");
    expect(remote.length).toBeGreaterThan(1);
    expect(remote.filter(({ hostname }) => !hostname.endsWith(".invalid"))).toEqual([]);
    const read = addresses(withMirrors(description, { mirrors, image: { ...PLAN.image, os } }));
    expect(read.filter(({ protocol, host }) => protocol !== "file:" && host !== "mirror.example.org")).toEqual([]);
    expect(read.filter(({ pathname }) => pathname.includes("//"))).toEqual([]);
  },
);

test("a description of a distribution without a mirror is not built", () => {
  const os = { ...PLAN.image.os, distro: "rocky" } as const;
  expect(() => withMirrors(`path="https://rocky.invalid/rocky/9"`, { ...PLAN, image: { ...PLAN.image, os } })).toThrow(
    "infrastructure.mirrors.rocky in factory.yaml: is not set",
  );
});

test("bars of progress are left out of the log", () => {
  const bars = "[ INFO    ]: Processing: [##      ] 5%\r[ INFO    ]: Processing: [########] 100%";
  expect(kiwiLines(`${bars}[ INFO    ]: 12:27 | Creating disk`)).toEqual([]);
  expect(kiwiLines(bars)).toEqual([]);
  expect(kiwiLines("[ INFO    ]: 12:27:38 | Creating disk")).toEqual(["[ INFO    ]: 12:27:38 | Creating disk"]);
});

test("why KIWI failed is what its last error says, not its last line", () => {
  const said = `[ INFO    ]: 16:06:47 | --> package: zstd
[ ERROR   ]: 16:07:43 | KiwiInstallPhaseFailed:
System package installation failed: debconf: delaying package configuration, since apt-utils is not installed
mktemp: failed to create file via template: No such file or directory
dpkg: error processing package grub-pc (--configure):
 installed grub-pc package post-installation script subprocess returned error exit status 1
E: Sub-process /usr/bin/dpkg returned an error code (1)
[ INFO    ]: 16:07:43 | Cleaning up SystemPrepare instance
[ WARNING ]: 16:07:43 | Path /w/target/build/image-root not a mountpoint`;
  expect(kiwiReason(said)).toBe("KiwiInstallPhaseFailed: dpkg: error processing package grub-pc (--configure)");
  expect(kiwiReason("[ ERROR   ]: 16:07:43 | KiwiFileNotFound: no config.xml\n")).toBe(
    "KiwiFileNotFound: no config.xml",
  );
  expect(kiwiReason("[ ERROR   ]: 16:07:43 | KiwiMountError:\nmount: wrong fs type")).toBe(
    "KiwiMountError: mount: wrong fs type",
  );
  expect(kiwiReason("[ INFO    ]: 16:07:43 | all is well")).toBeUndefined();
});
