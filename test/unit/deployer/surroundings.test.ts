import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { missingAround, surroundingsOf, type Surroundings } from "../../../deployer/surroundings";
import { formatProblem } from "../../../model/problem";
import { exampleContext } from "../stacks/context";

const { config } = exampleContext();
let directory: string;
let around: Surroundings;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "around-"));
  around = {
    directory,
    file: "factory.yaml",
    clouds: { file: "clouds.yaml", names: ["build", "build-r2", "services", "production"] },
  };
});
afterEach(() => rmSync(directory, { recursive: true }));

const lines = (changed: Partial<typeof config>, where: Partial<Surroundings> = {}): string[] =>
  missingAround({ ...config, ...changed }, { ...around, ...where }).map(formatProblem);

test("what is there is no problem", () => {
  writeFileSync(path.join(directory, "reader.txt"), "x");
  expect(lines({ secrets: { ...config.secrets, directoryReader: "file:reader.txt", ca: "env:CA" } })).toEqual([]);
});

test("a file that a secret or the directory comes from is missed, each where it is named", () => {
  const secrets = { ...config.secrets, directoryReader: "file:nowhere.txt" };
  expect(lines({ secrets, directory: { ...config.directory, seed: "people.ldif" } })).toEqual([
    `factory.yaml: secrets.directoryReader: "nowhere.txt" is no file that is there; write its path, relative to ${directory}`,
    `factory.yaml: directory.seed: "people.ldif" is no file that is there; write its path, relative to ${directory}`,
  ]);
});

test("so is a file that a signing key comes from", () => {
  expect(lines({ signing: { ...config.signing, key: "file:nowhere.asc", imageKey: "none" } })).toEqual([
    `factory.yaml: signing.key: "nowhere.asc" is no file that is there; write its path, relative to ${directory}`,
  ]);
});

test("a cloud that clouds.yaml does not have is missed, with the one that may be meant", () => {
  const projects = { ...config.projects, services: { cloud: "servics" } };
  expect(lines({ projects })).toEqual([
    'factory.yaml: projects.services.cloud: "servics" is no entry of clouds.yaml; did you mean "services"?',
  ]);
});

test("nothing is said of clouds where there is no clouds.yaml yet", () => {
  const env = {
    OS_CLIENT_CONFIG_FILE: path.join(directory, "none.yaml"),
    FACTORY_CONFIG: path.join(directory, "f.yaml"),
  };
  const found = surroundingsOf(directory, "f.yaml", env);
  expect(found).toEqual({ directory, file: "f.yaml", clouds: undefined });
  expect(lines({}, { clouds: undefined })).toEqual([]);
});
