/** What the stages sign with a key that is on a PKCS #11 token alone. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { GnupgHome } from "../../../deployer/gnupg";
import { SIGNING_KEY } from "../../../deployer/gnupg-keys";
import { signatures, verifySignature } from "../../support/artefacts";
import { makeToken, type Pkcs11Token } from "../../support/pkcs11-token";
import { makeArtefacts, type MadeArtefacts } from "../../support/signed-artefacts";

const directory = mkdtempSync(path.join(tmpdir(), "t-"));
const home = path.join(directory, "owner");
let token: Pkcs11Token;
let made: MadeArtefacts;

beforeAll(async () => {
  token = makeToken(home, directory);
  made = await makeArtefacts(directory, token.fingerprint);
}, 5 * 60_000);
afterAll(() => {
  made.stop();
  rmSync(directory, { recursive: true });
});

test("every signature is by the token's key, and gpgv accepts it", () => {
  const signed = signatures(made.directory);
  expect(signed).toEqual(expect.arrayContaining([`${made.build}.qcow2.asc`, "SHA256SUMS.asc", "packages.txt.asc"]));
  for (const signature of signed)
    expect({ signature, ...verifySignature(made.directory, signature) }).toMatchObject({ signature, code: 0 });
  expect(verifySignature(made.directory, "SHA256SUMS.asc").output).toMatch(
    new RegExp(`RSA key (${token.fingerprint}|${token.fingerprint.slice(-16)})`),
  );
});

test("a changed file is refused", () => {
  appendFileSync(path.join(made.directory, "SHA256SUMS"), "\n");
  expect(verifySignature(made.directory, "SHA256SUMS.asc").code).not.toBe(0);
});

test("the home knows where the key is, and has none of it", () => {
  const kept = readFileSync(path.join(home, "private-keys-v1.d", `${token.keygrip}.key`), "latin1");
  expect(kept).toMatch(/shadowed-private-key/i);
});

test("a token that is taken out is one clear line", async () => {
  const gnupg = new GnupgHome(home);
  await gnupg.proveSigning(token.fingerprint);
  token.takeOut();
  await expect(gnupg.proveSigning(token.fingerprint)).rejects.toThrow(
    new RegExp(`^signing.key: ${token.fingerprint} in .* can not sign now`),
  );
  expect((await gnupg.ensureKey(SIGNING_KEY, token.fingerprint, "", () => Promise.resolve(""))).done).toBe("is there");
});
