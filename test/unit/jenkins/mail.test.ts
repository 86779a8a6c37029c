import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { secretIn } from "../../../model/secret-text";
import { JENKINS, runJobs } from "../../support/jenkins-harness";
import { BUILD, imageJob } from "./image-job";

interface Arrived {
  readonly recipients: readonly string[];
  readonly to: string;
  readonly cc: string;
  readonly subject: string;
  readonly from: string;
  readonly defects: readonly string[];
  readonly text: readonly string[];
  readonly html: readonly string[];
}

const SECRET = "hunter2-of-the-registry";

/** As tools print it. What is mailed comes from the stage's log and its message: Jenkins masks nothing there. */
const SECRETS = `fatal: unable to access 'https://robot:${SECRET}@registry.example.org/'
X-Auth-Token: ${SECRET}
{"password": "${SECRET}"}
gAAAAA${SECRET}${"x".repeat(60)}
-----BEGIN OPENSSH PRIVATE KEY-----
${SECRET}
-----END OPENSSH PRIVATE KEY-----
$BUILD_LOG and \${ENV, var="FACTORY_GIT"}
`;

/** A failed build's mail, as Debian's SMTP server got it and Python's mail parser read it. */
async function mailOfFailure(): Promise<Arrived> {
  const server = spawn("/usr/bin/python3", [path.join(__dirname, "mail-server.py")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
    const port = Number((await lines.next()).value);
    const shown = {
      build: BUILD,
      stages: [
        { name: "checkout", state: "succeeded", message: "curl from 7.88.1-10 to 7.88.1-11" },
        {
          name: "test",
          state: "failed",
          message: `2 checks failed: <host keys> & machine-id, \${ENV, var="FACTORY_TEAM"}, token=${SECRET}`,
        },
      ],
    };
    const [result] = await runJobs([
      imageJob(
        "failure",
        [
          {
            match: "--until test",
            status: 1,
            files: {
              "logs/09-test.log": `first\n${"line\n".repeat(40)}${SECRETS}not ok 7 - no host keys in <the image>\n`,
            },
          },
          { match: "build show", stdout: JSON.stringify(shown) },
        ],
        { mail: { from: "factory@example.org", port }, params: { NOTIFY: "watcher@example.org" }, previous: "SUCCESS" },
      ),
    ]);
    expect(result).toMatchObject({ problem: null, result: "FAILURE" });
    return JSON.parse(String((await lines.next()).value)) as Arrived;
  } finally {
    server.kill();
    if (server.exitCode === null && server.signalCode === null) await once(server, "close");
  }
}

describe("the mail of a failed build, as it arrives", () => {
  let mail: Arrived;
  beforeAll(async () => {
    mail = await mailOfFailure();
  }, 300_000);

  test("goes to the owner, with the team and whoever the form names in copy", () => {
    expect(mail).toMatchObject({
      from: "factory@example.org",
      to: "owner@example.org",
      cc: "team@example.org, watcher@example.org",
      subject: "Image debian-12 failed at stage test",
      defects: [],
    });
    expect(mail.recipients).toEqual(["owner@example.org", "team@example.org", "watcher@example.org"]);
  });

  test.each(["text", "html"] as const)("says in its %s which stage, why, the last lines and where to look", (form) => {
    expect(mail[form]).toHaveLength(1);
    const [body] = mail[form];
    expect(body).toContain("failed at stage test");
    expect(body).toContain("https://jenkins.example.org/job/images/job/debian/job/debian-12/7/console");
    expect(body).toContain("curl from 7.88.1-10 to 7.88.1-11");
    expect(body).toMatch(form === "html" ? /&lt;host keys&gt; &amp; machine-id/ : /<host keys> & machine-id/);
    expect(body).toMatch(/not ok 7 - no host keys in/);
    expect(body!.match(/line/g)!.length).toBeLessThan(30);
  });

  test("its text has no tags, and no secret is in it", () => {
    expect(mail.text[0]).not.toMatch(/<\/?(p|table|tr|td|pre|a)\b/);
    expect(JSON.stringify(mail)).not.toContain(SECRET);
    expect(secretIn(mail.text[0]!)).toBeUndefined();
    expect(mail.text[0]).toContain("https://****@registry.example.org/");
  });

  test("what the log holds is no token of the mail plugin's", () => {
    expect(mail.text[0]).toContain('$BUILD_LOG and ${ENV, var="FACTORY_GIT"}');
    expect(mail.text[0]).toContain('${ENV, var="FACTORY_TEAM"}');
    expect(mail.text[0]).not.toContain("git.example.org");
  });
});

test("no job binds a secret, which Jenkins would hide in its own log only", () => {
  const files = ["jobs", "vars", "src/factory"].flatMap((folder) =>
    readdirSync(path.join(JENKINS, folder)).map((name) => path.join(JENKINS, folder, name)),
  );
  const binding = files.filter((file) => /withCredentials|\bcredentials\s*\(/.test(readFileSync(file, "utf8")));
  expect(binding).toEqual([]);
});

test("somebody who neither owns the image nor may build all is refused, before anything is done", async () => {
  const causes = (userId: string) => [{ _class: "hudson.model.Cause$UserIdCause", userId }];
  const people = {
    olga: { mail: "Owner@example.org" },
    stranger: { mail: "stranger@example.org", groups: ["factory-users"] },
    operator: { mail: "op@example.org", groups: ["factory-users", "factory-operations"] },
    // the break-glass administrator is in no directory
    admin: { administers: true },
  };
  const environment = {
    FACTORY_GIT: "https://git.example.org/factory.git",
    FACTORY_TEAM: "team@example.org",
    FACTORY_OPERATIONS: "factory-operations",
  };
  const results = await runJobs(
    ["olga", "operator", "admin", "stranger", "nobody"].map((id) =>
      imageJob(id, [], { causes: causes(id), people, environment }),
    ),
  );
  expect(results.map(({ name, result, problem }) => [name, result, problem])).toEqual([
    ["olga", "SUCCESS", null],
    ["operator", "SUCCESS", null],
    ["admin", "SUCCESS", null],
    ["stranger", "NOT_BUILT", null],
    ["nobody", "NOT_BUILT", null],
  ]);
  expect(results[3]!.console).toContain("stranger may not build this image: it is owner@example.org's");
  expect(results[3]!.shells.some(({ script }) => script.includes("--until"))).toBe(false);
  expect(results.slice(3).flatMap(({ mails }) => mails)).toEqual([]);
}, 300_000);
