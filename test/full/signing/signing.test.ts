/** What the stages sign and describe, judged by programs that nobody here wrote; by the very commands of docs/verify.md. */
import { execFileSync, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { appendFileSync, copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseRpmList } from "../../../stages/lib/rpm-packages";
import { bills, billSubject } from "../../../stages/lib/sbom";
import { ROOT } from "../../support/paths";
import { pythonWith } from "../../support/python-tool";
import { makeArtefacts, type MadeArtefacts } from "../../support/signed-artefacts";

const MINUTE = 60_000;
const PACKAGES = [
  "spdx-tools==0.8.5",
  "cyclonedx-python-lib[json-validation]==11.12.0",
  "securesystemslib[crypto]==1.6.0",
  "cursive==0.3.1",
];

const directory = mkdtempSync(path.join(tmpdir(), "v-"));
let made: MadeArtefacts;
let python: string;
beforeAll(async () => {
  [made, python] = await Promise.all([makeArtefacts(directory), pythonWith("signing", PACKAGES)]);
}, 20 * MINUTE);
afterAll(() => {
  made.stop();
  rmSync(directory, { recursive: true });
});

/** The commands of one section of the document, in the language that they are in. */
function commands(section: string, language: "sh" | "python"): string {
  const text = readFileSync(path.join(ROOT, "docs", "verify.md"), "utf8");
  const part = text.split(/^## /m).find((each) => each.startsWith(section)) ?? "";
  const blocks = [...part.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))];
  if (blocks.length === 0) throw new Error(`docs/verify.md has no ${language} commands below "${section}"`);
  return blocks.map(([, block]) => block).join("");
}

function sh(script: string, cwd = made.directory): SpawnSyncReturns<string> {
  const env = { ...process.env, BUILD: made.build };
  return spawnSync("bash", ["-e", "-c", script], { cwd, env, encoding: "utf8" });
}
const runPython = (script: string, cwd = made.directory): SpawnSyncReturns<string> =>
  spawnSync(python, ["-c", script], { cwd, encoding: "utf8" });

/** A copy of the artefacts to spoil. */
function copied(): string {
  const copy = mkdtempSync(path.join(directory, "copy-"));
  cpSync(made.directory, copy, { recursive: true });
  return copy;
}

const SECTIONS = ["Who made it", "That nothing has changed", "The signature that clouds verify"];

test.each(SECTIONS)("docs/verify.md: %s", (section) => {
  const outcome = sh(commands(section, "sh"));
  expect(outcome.stderr + outcome.stdout).not.toMatch(/bad|fail/i);
  expect(outcome.status).toBe(0);
});

test.each(SECTIONS)("a changed image is found: %s", (section) => {
  const copy = copied();
  appendFileSync(path.join(copy, `${made.build}.qcow2`), "!");
  expect(sh(commands(section, "sh"), copy).status).not.toBe(0);
});

test("a file that was changed inside the image is found by its name, whatever the image's own list says", () => {
  const copy = copied();
  const image = path.join(copy, `${made.build}.qcow2`);
  const raw = path.join(copy, "altered.raw");
  execFileSync("qemu-img", ["convert", "-O", "raw", image, raw]);
  const inside = path.join(copy, "altered");
  execFileSync("mkdir", [inside]);
  execFileSync("mount", ["-o", `loop,offset=${1024 ** 2}`, raw, inside]);
  writeFileSync(path.join(inside, "etc/motd"), "owned\n");
  execFileSync("umount", [inside]);
  execFileSync("qemu-img", ["convert", "-O", "qcow2", raw, image]);
  const script = commands("That nothing has changed", "sh")
    .split("\n")
    // what tells of the image as a whole is left out here
    .filter((line) => !line.startsWith("sha") && !line.startsWith("hashdeep"))
    .join("\n")
    .replace("hashdeep -l -r", "hashdeep -vv -l -r");
  const { status, stdout } = sh(script, copy);
  expect(stdout).toMatch(/motd: (No match|Known file not used)/);
  expect(status).not.toBe(0);
});

test("provenance: a DSSE verifier accepts the envelope, and every artefact is one of its subjects", () => {
  const script = commands("How it came to be", "python");
  expect(runPython(script)).toMatchObject({ status: 0, stderr: "" });
  const { subject } = JSON.parse(readFileSync(path.join(made.directory, "provenance.json"), "utf8")) as {
    readonly subject: readonly { readonly name: string }[];
  };
  expect(subject.map(({ name }) => name)).toEqual(
    expect.arrayContaining([`${made.build}.qcow2`, "sbom.spdx.json", "sbom.cdx.json", "test/results.tap"]),
  );
  expect(subject[0]?.name).toBe(`${made.build}.qcow2`);
});

test("provenance: a changed payload is refused", () => {
  const copy = copied();
  const file = path.join(copy, "provenance.dsse.json");
  const envelope = JSON.parse(readFileSync(file, "utf8")) as { readonly payload: string };
  const payload = Buffer.from(envelope.payload, "base64").toString("utf8").replace("owner@desk", "other@desk");
  writeFileSync(file, JSON.stringify({ ...envelope, payload: Buffer.from(payload).toString("base64") }));
  const outcome = runPython(commands("How it came to be", "python"), copy);
  expect(outcome.stderr).toContain("VerificationError");
  expect(outcome.status).not.toBe(0);
});

const SPDX = `
import sys
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
problems = validate_full_spdx_document(parse_file("sbom.spdx.json"))
print(*[each.validation_message for each in problems], sep="\\n")
sys.exit(1 if problems else 0)
`;
const CYCLONEDX = `
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open("sbom.cdx.json").read())
print(problem)
sys.exit(1 if problem else 0)
`;

test.each([
  ["SPDX 2.3", "sbom.spdx.json", SPDX, '"SPDX-2.3"', '"SPDX-2.x"'],
  ["CycloneDX 1.6", "sbom.cdx.json", CYCLONEDX, '"bomFormat": "CycloneDX"', '"bomFormat": "Other"'],
])("%s: its own project's validator accepts the bill, and refuses a broken one", (_, name, script, right, wrong) => {
  expect(runPython(script)).toMatchObject({ status: 0 });
  const copy = copied();
  const text = readFileSync(path.join(made.directory, name), "utf8");
  expect(text).toContain(right);
  writeFileSync(path.join(copy, name), text.replace(right, wrong));
  expect(runPython(script, copy).status).not.toBe(0);
});

test.each([
  ["SPDX 2.3", "sbom.spdx.json", SPDX, "spdx"],
  ["CycloneDX 1.6", "sbom.cdx.json", CYCLONEDX, "cycloneDx"],
] as const)("%s: the same validator accepts the bill of an image of rpm packages", (_, name, script, form) => {
  const list = readFileSync(path.join(ROOT, "test/unit/stages/fixtures/rocky-9.packages"), "utf8");
  const os = { distro: "rocky", version: "9", codename: "9", user: "rocky" } as const;
  const plan = { ...made.plan, image: { ...made.plan.image, os } };
  const facts = { sha256: "a".repeat(64), sha512: "b".repeat(128), patchedUntil: "2026-01-01T00:00:00Z" };
  const copy = copied();
  writeFileSync(path.join(copy, name), JSON.stringify(bills(billSubject(plan, facts), parseRpmList(list))[form]));
  expect(runPython(script, copy)).toMatchObject({ status: 0 });
});

/** As Glance and Nova verify, with the certificate from a file in the place of Barbican. */
const CURSIVE = `
import base64, sys
from cryptography.x509 import load_pem_x509_certificate
from cursive import signature_utils
certificate = load_pem_x509_certificate(open("image-signing.crt", "rb").read())
signature_utils.get_certificate = lambda context, uuid: certificate
signature = base64.b64encode(open(sys.argv[1] + ".sig", "rb").read())
verifier = signature_utils.get_verifier(None, "uuid", "SHA-384", signature, "ECC_SECP384R1")
verifier.update(open(sys.argv[1], "rb").read())
verifier.verify()
`;

test("Glance's signature: cursive, which Glance and Nova verify with, accepts the image and refuses a changed one", () => {
  const cursive = (cwd: string): SpawnSyncReturns<string> =>
    spawnSync(python, ["-c", CURSIVE, `${made.build}.qcow2`], { cwd, encoding: "utf8" });
  expect(cursive(made.directory)).toMatchObject({ status: 0 });
  const copy = copied();
  appendFileSync(path.join(copy, `${made.build}.qcow2`), "!");
  expect(cursive(copy).stderr).toContain("InvalidSignature");
  copyFileSync(path.join(made.directory, `${made.build}.qcow2`), path.join(copy, `${made.build}.qcow2`));
  expect(cursive(copy)).toMatchObject({ status: 0 });
});
