import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { endBuild } from "../../../deployer/build";
import { cdktf } from "../../../deployer/cdktf";
import { Deployment } from "../../../deployer/deployment";
import { homeAt } from "../../../deployer/home";
import { imageDefinition } from "../model/definitions";
import { exampleContext } from "../stacks/context";

jest.mock("../../../deployer/cdktf", () => ({ cdktf: jest.fn(() => Promise.resolve()) }));

let directory: string;
let deployment: Deployment;
let said: string[];
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "end-"));
  deployment = new Deployment("/nowhere", exampleContext().config, [imageDefinition()], homeAt(directory));
  said = [];
  jest.mocked(cdktf).mockClear();
});
afterEach(() => rmSync(directory, { recursive: true }));

const end = (image = "debian-12"): Promise<void> => endBuild(deployment, image, (line) => said.push(line), false);

function stateOf(resources: readonly unknown[]): void {
  mkdirSync(deployment.home.state, { recursive: true });
  const text = JSON.stringify({ version: 4, serial: 1, lineage: "l", outputs: {}, resources });
  writeFileSync(path.join(deployment.home.state, "build-debian-12.tfstate"), text);
}

test("destroys the image's build stack", async () => {
  const instances = [{ attributes: { id: "1" } }];
  stateOf([{ mode: "managed", type: "terraform_data", name: "build-id", instances }]);
  await end();
  expect(jest.mocked(cdktf).mock.calls.map(([, run]) => run)).toMatchObject([
    { command: "destroy", stack: "build-debian-12", verbose: false },
  ]);
});

test.each([
  ["no state", undefined],
  ["a state with nothing in it", []],
])("with %s there is nothing to end: it says so, and succeeds when called again", async (_, resources) => {
  if (resources) stateOf(resources);
  await end();
  await end();
  expect(jest.mocked(cdktf)).not.toHaveBeenCalled();
  expect(said).toEqual(Array(2).fill("build-debian-12: there is nothing to end"));
});

test("fails for an image that there is not", async () => {
  await expect(end("debian-99")).rejects.toThrow('there is no image "debian-99" in images/; there are: debian-12');
});
