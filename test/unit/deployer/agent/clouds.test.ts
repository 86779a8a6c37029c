import { deployersOwn } from "../../../../deployer/agent/clouds";

const at = (hour: number): string => `2026-01-01T0${hour}:00:00.000Z`;
const all = [
  `demo-deployer-build-${at(1)}`,
  `demo-deployer-build-r2-${at(3)}`,
  `demo-deployer-build-${at(2)}`,
  `demo2-deployer-build-${at(4)}`,
  "demo-deployer-build-mine",
  `debian-12-202601010000-0000-build`,
].map((name) => ({ name }));
const names = (cloud?: string): string[] => deployersOwn(all, "demo", cloud).map(({ name }) => name);

test("of an entry: the newest first, and none of an entry whose name begins with the same", () => {
  expect(names("build")).toEqual([`demo-deployer-build-${at(2)}`, `demo-deployer-build-${at(1)}`]);
  expect(names("build-r2")).toEqual([`demo-deployer-build-r2-${at(3)}`]);
});

test("of all entries: this factory's, and nobody else's", () => {
  expect(names()).toHaveLength(3);
});
