import { spawnSync } from "node:child_process";
import { gunzipSync } from "node:zlib";
import { FORMS, mimeMessage, testUserData, userDataParts } from "../../../../stages/lib/guest-user-data";

const READ = `import email, json, sys
message = email.message_from_string(sys.stdin.read())
print(json.dumps([[p.get_content_type(), p.get_filename(), p.get_payload(decode=True).decode()]
    for p in message.walk() if not p.is_multipart()]))`;

test("a mail reader finds every form, unchanged", () => {
  const input = gunzipSync(testUserData("m1")).toString();
  const { stdout } = spawnSync("python3", ["-c", READ], { input, encoding: "utf8" });
  const parts = JSON.parse(stdout) as [string, string, string][];
  expect(parts.map(([type, name]) => [type, name])).toEqual([
    ["text/cloud-boothook", "boothook"],
    ["text/cloud-config", "cloud-config"],
    ["text/jinja2", "template"],
    ["text/x-shellscript", "script"],
  ]);
  expect(parts.map(([, , text]) => text.trim())).toEqual(userDataParts("m1").map(({ text }) => text.trim()));
});

test("each form leaves a file of its own with the marker", () => {
  const texts = userDataParts("m1").map(({ text }) => text);
  for (const file of Object.values(FORMS)) {
    const naming = texts.filter((text) => text.includes(file));
    expect([file, naming.length]).toEqual([file, 1]);
    expect(naming[0]).toContain("m1");
  }
});

test("equal content gives equal bytes, another marker another boundary", () => {
  expect(testUserData("m1")).toEqual(testUserData("m1"));
  const boundary = (marker: string): string => mimeMessage(userDataParts(marker)).split("\n")[1] ?? "";
  expect(boundary("m1")).not.toBe(boundary("m2"));
});
