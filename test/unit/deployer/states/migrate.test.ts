import { arriving, decideMove, emptied } from "../../../../deployer/states/migrate";
import { parseState, type TerraformState } from "../../../../deployer/states/terraform-state";

const state = (serial: number, lineage = "a", instances: readonly object[] = [{}]): TerraformState =>
  parseState(
    JSON.stringify({ version: 4, serial, lineage, resources: [{ type: "x", name: "y", instances }] }),
    "state",
  );
const gone = state(9, "a", []);

test.each([
  ["nothing", undefined, undefined],
  ["nothing", gone, state(1)],
  ["move", state(3), undefined],
  ["move", state(3), gone],
  ["move", state(3), state(2)],
  ["finish", state(3), state(3)],
  ["finish", state(3), state(5)],
  ["conflict", state(3), state(3, "b")],
] as const)("%s", (decision, from, to) => {
  expect(decideMove(from, to)).toBe(decision);
});

test("what is left behind is a newer version of the same state, with nothing in it", () => {
  const left = emptied(state(3));
  expect(left).toMatchObject({ version: 4, serial: 4, lineage: "a", resources: [] });
  expect(decideMove(left, undefined)).toBe("nothing");
});

test("what arrives is newer than what was left behind there before", () => {
  expect(arriving(state(3), undefined).serial).toBe(3);
  expect(arriving(state(3), emptied(state(3))).serial).toBe(5);
});
