import { exportText, hostUser, parseExport, type BuildExport } from "../../../model/share-export";

const granted: BuildExport = {
  build: "debian-12-202601010000-0001",
  address: "10.60.1.7",
  recipe: "0123456789abcdef0123456789abcdef",
  expires: "2026-01-02T00:00:00Z",
};

test("a build's directory, its recipe's cache and the common archives are exported to one address, as a user of that address", () => {
  const user = 0x70000 + 256 + 7;
  const options = `rw,sync,subtree_check,all_squash,anonuid=${user},anongid=${user}`;
  const [first, ...lines] = exportText("/srv/factory", granted).split("\n");
  expect(first).toMatch(/^# \{/);
  expect(lines).toEqual([
    `"/srv/factory/builds/debian-12/debian-12-202601010000-0001" 10.60.1.7(${options})`,
    `"/srv/factory/cache/debian-12/0123456789abcdef0123456789abcdef" 10.60.1.7(${options})`,
    `"/srv/factory/cache/_archives" 10.60.1.7(${options})`,
    "",
  ]);
});

test("no two hosts of a network are the same user", () => {
  const users = ["10.60.0.1", "10.60.0.2", "10.60.1.1", "10.60.255.255"].map(hostUser);
  expect(new Set(users).size).toBe(4);
  expect(Math.min(...users)).toBeGreaterThanOrEqual(0x70000);
  expect(Math.max(...users)).toBeLessThan(0x80000);
});

test("what was written is read again", () => {
  expect(parseExport(exportText("/srv/factory", granted), "f")).toEqual(granted);
});

test.each([
  ["nothing", ""],
  ["another export", "/srv *(ro)\n"],
  ["half of one", '# {"build":"x"}\n'],
  ["no time", '# {"build":"x","address":"y","recipe":"z","expires":"soon"}\n'],
])("%s is refused with the file's name", (_, text) => {
  expect(() => parseExport(text, "exports/x.exports")).toThrow(/^exports\/x\.exports: is no export of a build/);
});
