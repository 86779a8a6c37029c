/** A build that ends before it begins. */
import * as check from "../../../deployer/change-check";
import { Deployment } from "../../../deployer/deployment";
import { homeAt } from "../../../deployer/home";
import { Ways } from "../../../deployer/nodes";
import * as states from "../../../deployer/stack-state";
import { endsUnchanged } from "../../../deployer/unchanged";
import { exampleContext } from "../stacks/context";
import { PLAN } from "../stages/plan";

const lines: string[] = [];
const deployment = new Deployment("/nowhere", exampleContext().config, [PLAN.image], homeAt("/nowhere"));
const ends = () => endsUnchanged(deployment, PLAN.image.name, (line) => lines.push(line));
const changeIs = (verdict: Partial<check.CheckedChange>) =>
  jest
    .spyOn(check, "changeSince")
    .mockResolvedValue({ changed: false, reasons: ["all is as it was"], packages: [], since: "b1", ...verdict });

beforeEach(() => {
  lines.length = 0;
  jest.spyOn(states, "buildStackState").mockResolvedValue("none");
  jest.spyOn(Ways.prototype, "store").mockResolvedValue({} as never);
});
afterEach(() => jest.restoreAllMocks());

test("nothing has changed: the check is told, and every other stage is skipped, the host's among them", async () => {
  changeIs({});
  expect(await ends()).toBe(true);
  expect(lines[1]).toMatch(/ 4 checkout +succeeded no change since b1: all is as it was$/);
  expect(lines.slice(2).map((line) => line.replace(/^\[.*?\] +/, ""))).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^1 initialise +skipped no change$/),
      expect.stringMatching(/^2 spawn-build-host +skipped no change$/),
      expect.stringMatching(/^3 add-agent +skipped no change$/),
      expect.stringMatching(/^15 destroy-build-host +skipped no change$/),
    ]),
  );
  expect(lines).toHaveLength(2 + 14);
});

test("something has changed: why is told, and the build begins", async () => {
  changeIs({ changed: true, reasons: ["packages: 1 with another version (curl 1 → 2)"] });
  expect(await ends()).toBe(false);
  expect(lines.at(-1)).toMatch(/ 4 checkout +… packages: 1 with another version \(curl 1 → 2\)$/);
});

test("what can't be told here is left to the build host, with the reason", async () => {
  jest.spyOn(check, "changeSince").mockRejectedValue(new Error("mirror: cannot be read"));
  expect(await ends()).toBe(false);
  expect(lines.at(-1)).toMatch(/ 4 checkout +… left to the build host: mirror: cannot be read$/);
});

test("a build that has begun is resumed without being asked whether it is worth it", async () => {
  const asked = changeIs({});
  jest.spyOn(states, "buildStackState").mockResolvedValue("unfinished");
  expect(await ends()).toBe(false);
  expect(asked).not.toHaveBeenCalled();
  expect(lines).toEqual([]);
});
