import { readFileSync } from "node:fs";
import path from "node:path";
import { kiwiArguments, kiwiEnvironment, kiwiLines, withMirrors } from "../../../../stages/lib/kiwi-command";
import { PLAN } from "../plan";

const DIRECTORIES = {
  description: "/w/description",
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

test("KIWI's arguments", () => {
  expect(kiwiArguments(recipe({}), DIRECTORIES).join(" ")).toBe(
    "--config /w/kiwi.yml --logfile stdout --shared-cache-dir /c --temp-dir /w/tmp system build --description /w/description --target-dir /w/target",
  );
});

test("profiles come before the command, packages after it and in one order", () => {
  const args = kiwiArguments(recipe({ profiles: ["Cloud"], packages: ["less", "curl"] }), DIRECTORIES);
  expect(args.indexOf("--profile=Cloud")).toBeLessThan(args.indexOf("system"));
  expect(args.slice(-2)).toEqual(["--add-package=curl", "--add-package=less"]);
});

test("debugging is KIWI's own", () => {
  expect(kiwiArguments({ ...recipe({}), options: { ...PLAN.options, debug: true } }, DIRECTORIES)[0]).toBe("--debug");
});

test("the environment holds a home of the build's own and the source's date", () => {
  expect(kiwiEnvironment(DIRECTORIES, 1_700_000_000)).toEqual({
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/w/home",
    GNUPGHOME: "/w/home/gnupg",
    TMPDIR: "/w/tmp",
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

test("the catalogue's Debian descriptions name no repository that has no mirror", () => {
  const file = path.join(__dirname, "../../../../images/debian-12-kiwi/config.xml");
  const sources = withMirrors(readFileSync(file, "utf8"), PLAN).match(/<source path="[^"]*"/g);
  expect(sources).toHaveLength(3);
  expect(sources?.every((source) => source.includes("//mirror.example.org/"))).toBe(true);
});

test("bars of progress are left out of the log", () => {
  const bars = "[ INFO    ]: Processing: [##      ] 5%\r[ INFO    ]: Processing: [########] 100%";
  expect(kiwiLines(`${bars}[ INFO    ]: 12:27 | Creating disk`)).toEqual([]);
  expect(kiwiLines(bars)).toEqual([]);
  expect(kiwiLines("[ INFO    ]: 12:27:38 | Creating disk")).toEqual(["[ INFO    ]: 12:27:38 | Creating disk"]);
});
