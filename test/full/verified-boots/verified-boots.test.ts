/** A cloud whose Nova verifies signatures (`verify_glance_signatures`) boots what stage 7 has signed, and nothing else. */
import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ImageSignature } from "../../../model/image-signature";
import { signatureProperties } from "../../../model/image-signature";
import { createCertificate } from "../../../openstack/barbican";
import { createImage, getImage, updateImage, uploadImage, waitForImage } from "../../../openstack/glance";
import type { Session } from "../../../openstack/session";
import { ARTEFACTS } from "../../../stages/lib/artefacts";
import { scenario } from "../../support/scenario";
import { SecondCloud } from "../../support/second-cloud";
import { makeArtefacts, type MadeArtefacts } from "../../support/signed-artefacts";
import { bootOnce, makeNetwork, refusal } from "./booting";

const MINUTE = 60_000;
const REGION = "RegionOne";

describe("a cloud that verifies signatures", () => {
  const step = scenario();
  // Sockets lie in it: its path has to be short.
  const folder = mkdtempSync(path.join(tmpdir(), "v-"));
  const state = path.join(folder, "state");
  const verifying = { VERIFY: "yes" };
  const net = "172.31.248";
  const cloud = new SecondCloud({ name: "ifverify", net, state, zones: "qemu", project: "one", more: verifying });
  let made: MadeArtefacts;
  let session: Session;
  let network: string;
  let certificate: string;

  const artefact = (name: string): string => path.join(made.directory, name);
  const image = (): string => artefact(ARTEFACTS.image(made.build));

  /** As stage 8 tells them, of the signature that stage 7 left. */
  function properties(): Readonly<Record<string, string>> {
    const value = readFileSync(artefact(ARTEFACTS.imageSignature(made.build))).toString("base64");
    const { keygrip, keyType, hashMethod } = made.plan.imageSigning!;
    const signature: ImageSignature = { keygrip, keyType, hashMethod, value };
    const signing = { certificates: { [REGION]: certificate }, verifiedAtUpload: [REGION] };
    return signatureProperties(signing, signature, { region: REGION, moment: "create" });
  }

  async function stored(name: string, signed: Readonly<Record<string, string>>): Promise<string> {
    const { id } = await createImage(session, { name, diskFormat: "qcow2", minDiskGiB: 1, properties: signed });
    await uploadImage(session, id, image());
    await waitForImage(session, id, { timeout: MINUTE });
    return id;
  }

  const boot = (imageId: string): Promise<string> => bootOnce(session, { imageId, network });

  const refused = (imageId: string): Promise<string> => refusal(state, () => boot(imageId));

  afterAll(() => {
    made.stop();
    cloud.purge();
    rmSync(folder, { recursive: true, force: true });
  }, 5 * MINUTE);

  step(
    "comes up",
    async () => {
      made = await makeArtefacts(folder);
      cloud.up();
      session = cloud.session();
      network = await makeNetwork(session, "10.199.0.0/24");
      const pem = readFileSync(artefact(ARTEFACTS.imageCertificate), "utf8");
      certificate = await createCertificate(session, { name: "image signatures", pem });
    },
    15 * MINUTE,
  );

  step("Glance takes what is signed, and Nova boots it", async () => {
    const id = await stored("signed", properties());
    expect(await getImage(session, id)).toMatchObject({ status: "active", ...properties() });
    expect(await boot(id)).toBe("ACTIVE");
  });

  step("Glance refuses other bytes with the same signature, whoever sends them", async () => {
    const size = readFileSync(image()).length;
    appendFileSync(image(), "!");
    await expect(stored("tampered", properties())).rejects.toThrow();
    truncateSync(image(), size);
  });

  step("Nova refuses an image without a signature", async () => {
    expect(await refused(await stored("unsigned", {}))).toMatch(/[Ss]ignature/);
  });

  step("Nova refuses an image whose signature is another one's", async () => {
    const id = await stored("changed afterwards", properties());
    const other = Buffer.from(properties()["img_signature"]!, "base64");
    // still a DER sequence of two numbers, one of which is another
    other[other.length - 1]! ^= 1;
    const value = other.toString("base64");
    await updateImage(session, id, [{ op: "replace", path: "/img_signature", value }]);
    expect(await refused(id)).toMatch(/Image signature verification failed|InvalidSignature|Signature verification/);
  });

  step("Nova refuses an image whose bytes were changed in Glance's store", async () => {
    const id = await stored("changed in the store", properties());
    const file = openSync(path.join(state, "data/glance/store", id), "r+");
    writeSync(file, "!", readFileSync(image()).length - 1);
    closeSync(file);
    expect(await refused(id)).toMatch(/[Ss]ignature verification|Integrity|Corrupt/);
  });

  step("and goes on booting what is signed", async () => {
    expect(await boot(await stored("signed again", properties()))).toBe("ACTIVE");
  });
});
