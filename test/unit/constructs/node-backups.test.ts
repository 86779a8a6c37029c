import { Bucket } from "../../../constructs/bucket";
import { NodeBackups } from "../../../constructs/node-backups";
import { only, synthStack, testStack } from "./synth";

test("with an imported bucket: one thing only, that revokes the credentials at destroy", () => {
  const stack = testStack();
  const { configured } = new NodeBackups(stack, "backups", {
    root: "/repository",
    bucket: Bucket.fromExisting("demo-backups"),
    keep: 14,
  });
  const { resource } = synthStack(stack);
  expect(Object.keys(resource)).toEqual(["terraform_data"]);
  expect(JSON.stringify(only(resource, "terraform_data"))).toMatch(/internal revoke-backups.*"when":"destroy"/);
  expect(configured.needs).toHaveLength(1);
  expect(configured.settings).toEqual({
    backups: "demo-backups",
    keptBackups: "14",
    backupProgram: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
});
