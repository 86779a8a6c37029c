import { isLow, shortages } from "../../../deployer/quota";

test.each([
  [{ used: 18, max: 20 }, false],
  [{ used: 19, max: 20 }, true],
  [{ used: 25, max: 20 }, true],
  [{ used: 500, max: -1 }, false],
  // a project that is to have none of it
  [{ used: 0, max: 0 }, false],
])("%j is low: %s", (allowance, low) => {
  expect(isLow(allowance)).toBe(low);
});

test("a demand that does not fit is one line with the remedy", () => {
  expect(
    shortages("build", [
      { what: "instances", needs: 2, allowance: { used: 19, max: 20 } },
      { what: "cores", needs: 2, allowance: { used: 18, max: 20 } },
    ]),
  ).toEqual(["build: quota: a build needs 2 more instances, 19 of 20 are used; remove something, or ask for more"]);
});
