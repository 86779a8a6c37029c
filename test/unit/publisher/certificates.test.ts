import { generateKeyPairSync } from "node:crypto";
import type { CertificatesPort, Publisher } from "../../../publisher/ports";
import { publish } from "../../../publisher/publish";
import { rollBack } from "../../../publisher/roll-back";
import { certificateOf } from "../../support/certificate";
import { build, hash, imageId, World } from "./world";

const newCertificate = async (): Promise<string> =>
  certificateOf(generateKeyPairSync("ec", { namedCurve: "secp384r1" }).publicKey);
let pem: string;
beforeAll(async () => (pem = await newCertificate()));

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.end());

/** A build that has the certificate among its artefacts. */
function built(index: number): void {
  world.built(index, (request) => {
    const sums = `${hash(pem)}  image-signing.crt\n${world.staging.text(`debian-12/${build(index)}/SHA256SUMS`)!}`;
    const files = {
      "image-signing.crt": pem,
      SHA256SUMS: sums,
      "SHA256SUMS.asc": `${request.signedBy} ${hash(sums)}`,
    };
    for (const [name, text] of Object.entries(files))
      world.staging.objects.set(`debian-12/${build(index)}/${name}`, Buffer.from(text));
    const artefacts = request.artefacts.filter(({ path }) => !(path in files));
    const own = Object.entries(files).map(([path, text]) => ({ path, size: text.length, sha256: hash(text) }));
    return { ...request, artefacts: [...artefacts, ...own] };
  });
}

function publisher(one: CertificatesPort, two: CertificatesPort = {}, more: Partial<Publisher> = {}): Publisher {
  const [first, second] = [one, two].map((certificates, index) => ({
    ...[world.one, world.two][index]!,
    region: `Region${index}`,
    certificates,
  }));
  return world.publisher({ regions: [first!, second!], ...more });
}

const signature = (index: number) => {
  const image = (index === 1 ? world.one : world.two).stored.get(imageId(0, index))!;
  return Object.fromEntries(Object.entries(image).filter(([key]) => key.startsWith("img_signature")));
};
const whole = (certificate: string) => ({
  img_signature: "s",
  img_signature_hash_method: "SHA-384",
  img_signature_key_type: "k",
  img_signature_certificate_uuid: certificate,
});
const reads = (told: string | undefined): CertificatesPort => ({ seen: () => Promise.resolve(told) });

test("each region's image keeps its signature where a customer reads the certificate, and only there", async () => {
  built(0);
  await publish(publisher(reads(pem), reads(undefined)), build(0), false);
  expect([signature(1), signature(2)]).toEqual([whole("u0"), {}]);
  expect(world.said).toContain(
    `${build(0)}: RegionOne: keeps the properties of its signature: customers read its certificate`,
  );
  expect(world.said).toContain(
    `${build(0)}: RegionTwo: goes without the properties of its signature: customers may not read its certificate there`,
  );
});

test("a certificate that is not the build's is none", async () => {
  built(0);
  await publish(publisher(reads(await newCertificate()), reads("no certificate")), build(0), false);
  expect([signature(1), signature(2)]).toEqual([{}, {}]);
  expect(world.said.join("\n")).toContain("the certificate that customers read there is not the build's");
});

test("a build without a certificate goes without", async () => {
  world.built(0);
  await publish(publisher(reads(pem), reads(pem)), build(0), false);
  expect([signature(1), signature(2)]).toEqual([{}, {}]);
});

test("where no customer is named, publish.signatureProperties says what is done", async () => {
  built(0);
  const { policy } = world.publisher();
  await publish(
    publisher(reads(undefined), {}, { policy: { ...policy, signatureProperties: "keep" } }),
    build(0),
    false,
  );
  expect([signature(1), signature(2)]).toEqual([{}, whole("u1")]);
});

test("a region that does not answer is no region where nobody may read", async () => {
  built(0);
  const down: CertificatesPort = { seen: () => Promise.reject(new Error("customer/RegionTwo: no answer")) };
  await expect(publish(publisher(reads(pem), down), build(0), false)).rejects.toThrow("no answer");
  expect(world.customersFind()).toEqual({ RegionOne: [], RegionTwo: [] });
});

describe("a place of the publisher's own", () => {
  const kept: string[] = [];
  beforeEach(() => kept.splice(0));
  const place: CertificatesPort["place"] = {
    find: (text) => Promise.resolve(kept.includes(text) ? "copy" : undefined),
    keep: (text) => (kept.push(text), Promise.resolve("copy")),
  };
  const open: CertificatesPort = {
    place,
    seen: (id) => Promise.resolve(id === "copy" ? pem : undefined),
  };

  test("takes the certificate once, and the image leads to it", async () => {
    for (const index of [0, 1]) {
      built(index);
      await publish(publisher(open, reads(undefined)), build(index), false);
    }
    expect(kept).toEqual([pem]);
    expect([signature(1), signature(2)]).toEqual([whole("copy"), {}]);
    expect(world.one.stored.get(imageId(1, 1))).toMatchObject(whole("copy"));
  });

  test("is left alone by a dry run, which says so", async () => {
    built(0);
    await publish(publisher(open, reads(undefined)), build(0), true);
    expect(kept).toEqual([]);
    expect(world.said.join("\n")).toContain("its certificate would be put where customers may read it");
  });

  test("is of no use where customers may not read it", async () => {
    built(0);
    await publish(publisher({ ...open, ...reads(undefined) }, open), build(0), false);
    expect([signature(1), signature(2)]).toEqual([{}, whole("copy")]);
  });

  test("is what a roll back leads to, too", async () => {
    for (const index of [0, 1]) {
      built(index);
      await publish(publisher(open, open), build(index), false);
    }
    await rollBack(publisher(open, open), { image: "debian-12", dryRun: false });
    expect([signature(1), signature(2)]).toEqual([whole("copy"), whole("copy")]);
  });
});

test("an image that is shared keeps what it has", async () => {
  built(0);
  const { policy } = world.publisher();
  const request = JSON.parse(world.requests.text(`${build(0)}.json`)!) as Parameters<World["sign"]>[0];
  world.sign({ ...request, target: { ...request.target, visibility: "shared" } });
  await publish(publisher({}, {}, { policy }), build(0), false);
  expect([signature(1), signature(2)]).toEqual([whole("u0"), whole("u1")]);
});
