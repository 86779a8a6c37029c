import { readFileSync } from "node:fs";
import path from "node:path";
import { parseConfig } from "../../../../model/config";
import { parseStatePlace, statePlace } from "../../../../model/config/state";
import { formatProblem } from "../../../../model/problem";

test.each([
  ["local", { kind: "local" }],
  ["swift://demo-state", { kind: "swift", container: "demo-state" }],
  ["swift://demo-state/a/b/", { kind: "swift", container: "demo-state", prefix: "a/b" }],
  ["s3://demo-state", { kind: "s3", bucket: "demo-state", region: "us-east-1", addressing: "virtual" }],
  [
    "s3://demo-state/x?endpoint=https://s3.example.org:9000&region=eu",
    {
      kind: "s3",
      bucket: "demo-state",
      prefix: "x",
      region: "eu",
      endpoint: "https://s3.example.org:9000",
      addressing: "path",
    },
  ],
  [
    "s3://b-1?endpoint=https://obs.example.org&region=eu&addressing=virtual",
    { kind: "s3", bucket: "b-1", region: "eu", endpoint: "https://obs.example.org", addressing: "virtual" },
  ],
  ["postgres://db/states", { kind: "postgres", host: "db", database: "states", sslmode: "verify-full" }],
  [
    "postgres://db:5433/states?schema=tf&sslmode=disable",
    { kind: "postgres", host: "db", port: 5433, database: "states", schema: "tf", sslmode: "disable" },
  ],
  ["https://states.test/f/", { kind: "http", address: "https://states.test/f", locking: "webdav" }],
  [
    "https://git.test/api/v4/projects/1/terraform/state?locking=gitlab",
    { kind: "http", address: "https://git.test/api/v4/projects/1/terraform/state", locking: "gitlab" },
  ],
  ["http://127.0.0.1:8080/f", { kind: "http", address: "http://127.0.0.1:8080/f", locking: "webdav" }],
])("%s", (text, place) => {
  expect(parseStatePlace(text)).toEqual({ place });
  expect(statePlace(text)).toEqual(place);
});

test.each([
  ["elsewhere", /is no place for states; write local, swift:/],
  ["ftp://host/x", /is no place for states/],
  ["s3://B_/x", /names no bucket/],
  ["swift://ab/../x y", /is no place/],
  ["swift://abc//x", /unfit prefix/],
  ["swift://abc?region=eu", /has no option "region"; known are: none/],
  ["s3://abc?regoin=eu", /has no option "regoin"; did you mean "region"\?/],
  ["s3://abc?endpoint=s3.example.org", /endpoint that is no web address/],
  ["s3://abc?addressing=odd", /unknown addressing; use one of path, virtual/],
  ["postgres://db", /names no host and database/],
  ["postgres://db/x?schema=1", /unfit schema/],
  ["http://states.test/f", /would send its password in clear; write https/],
  ["https://states.test/f?locking=none", /unknown locking; use one of webdav, gitlab/],
])("fails when it is %s", (text, problem) => {
  expect(parseStatePlace(text)).toEqual({ problem: expect.stringMatching(problem) as string });
});

test.each([
  "postgres://hunter2@db/states",
  "postgres://me:hunter2@db/states",
  "s3://hunter2:x@abc",
  "s3://abc?access_key=hunter2",
  "s3://abc?endpoint=https://me:hunter2@s3.test",
  "s3://abc?secret_key=hunter2",
  "https://hunter2@states.test/f",
])("credentials are refused and never repeated: %s", (text) => {
  const source = readFileSync(path.join(__dirname, "..", "..", "..", "..", "factory.yaml"), "utf8");
  const parsed = parseConfig(source.replace(/^state: local$/m, `state: "${text}"`), "factory.yaml");
  const problems = "problems" in parsed ? parsed.problems.map(formatProblem) : [];
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^factory\.yaml:\d+: state: holds (credentials|a secret)/);
  expect(problems[0]).not.toContain("hunter2");
});
