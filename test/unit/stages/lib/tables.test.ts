import { requestName, readPublishRequest } from "../../../../model/publish-request";
import { builderPackage, hostTools } from "../../../../stages/lib/builders";
import { dibArguments, dibEnvironment } from "../../../../stages/lib/dib";
import { missingMirrors } from "../../../../stages/lib/distributions";
import { asksTheSame, publishRequest, requestText } from "../../../../stages/lib/publish-request";
import { newestDate, releaseUrls } from "../../../../stages/lib/repositories";
import { provenance } from "../../../../stages/lib/provenance";
import type { BuildImageData } from "../../../../stages/lib/results";
import { layout, logName } from "../../../../stages/lib/layout";
import { BUILD, PLAN } from "../plan";

const MIRRORS = {
  ...PLAN.mirrors,
  ubuntu: "http://mirror.example.org/ubuntu/",
  rocky: "https://mirror.example.org/rocky",
  opensuse: "https://mirror.example.org/opensuse",
};
const DIRECTORIES = { elements: ["/r/elements", "/shared"], temporary: "/t", cache: "/c" };

test("the repositories' metadata of Debian: release, updates, security", () => {
  expect(releaseUrls(PLAN)).toEqual({
    "debian bookworm": "http://mirror.example.org/debian/dists/bookworm/InRelease",
    "debian bookworm-updates": "http://mirror.example.org/debian/dists/bookworm-updates/InRelease",
    "debian bookworm-security": "http://mirror.example.org/debian-security/dists/bookworm-security/InRelease",
  });
});

test("the builder's environment holds mirrors, scratch and the recipe's variables, and no one else's", () => {
  const environment = dibEnvironment(PLAN, DIRECTORIES);
  expect(environment).toEqual({
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/root",
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    DIB_RELEASE: "bookworm",
    DIB_DISTRIBUTION_MIRROR: "http://mirror.example.org/debian",
    DIB_DEBIAN_SECURITY_MIRROR: "http://mirror.example.org/debian-security/",
    DIB_DEBIAN_SECURITY_SUBPATH: "-security",
    DIB_GRUB_TIMEOUT: "0",
    ELEMENTS_PATH: "/r/elements:/shared",
    TMP_DIR: "/t",
    TMPDIR: "/t",
    DIB_IMAGE_CACHE: "/c",
    DIB_DEBUG_TRACE: "0",
    DIB_DEBOOTSTRAP_CACHE: "1",
    DIB_DEBIAN_USE_DEBOOTSTRAP_CACHE: "1",
  });
});

test("a recipe's variables win over the distribution's", () => {
  const recipe = { ...PLAN.image.recipe, environment: { DIB_RELEASE: "trixie" } };
  const environment = dibEnvironment({ ...PLAN, image: { ...PLAN.image, recipe } }, DIRECTORIES);
  expect(environment["DIB_RELEASE"]).toBe("trixie");
});

test("the builder's arguments", () => {
  const args = dibArguments(PLAN, "/w/image").join(" ");
  expect(args).toBe("-a amd64 -t raw -o /w/image --no-tmpfs -n -p curl,less debian-cloud vm");
});

test("the builder's tools, the builder's own package first of its kind", () => {
  expect(hostTools(PLAN.image).map((tool) => tool.command)).toEqual(
    expect.arrayContaining(["git", "kpartx", "hashdeep"]),
  );
  expect(builderPackage(PLAN.image)).toBe("python3-diskimage-builder");
});

test("KIWI's tools", () => {
  const image = { ...PLAN.image, builder: "kiwi" } as const;
  expect(hostTools(image).map((tool) => tool.command)).toEqual(expect.arrayContaining(["git", "kiwi-ng", "parted"]));
  expect(builderPackage(image)).toBe("kiwi");
});

test("the other distributions' metadata, from the mirrors of factory.yaml", () => {
  const urls = (over: Partial<typeof PLAN.image.os>): unknown =>
    releaseUrls({ mirrors: MIRRORS, image: { ...PLAN.image, os: { ...PLAN.image.os, ...over } } });
  expect(urls({ distro: "ubuntu", codename: "noble" })).toMatchObject({
    "ubuntu noble-security": "http://mirror.example.org/ubuntu/dists/noble-security/InRelease",
  });
  expect(Object.values(urls({ distro: "rocky", codename: "9" }) as object)).toEqual([
    "https://mirror.example.org/rocky/9/BaseOS/x86_64/os/repodata/repomd.xml",
    "https://mirror.example.org/rocky/9/AppStream/x86_64/os/repodata/repomd.xml",
  ]);
  expect(Object.values(urls({ distro: "opensuse", codename: "15.6" }) as object)).toContain(
    "https://mirror.example.org/opensuse/update/leap/15.6/sle/repodata/repomd.xml",
  );
});

test("Ubuntu's builder reads the mirror of factory.yaml", () => {
  const image = { ...PLAN.image, os: { ...PLAN.image.os, distro: "ubuntu", codename: "noble" } } as const;
  const environment = dibEnvironment({ ...PLAN, image, mirrors: MIRRORS }, DIRECTORIES);
  expect(environment["DIB_DISTRIBUTION_MIRROR"]).toBe("http://mirror.example.org/ubuntu");
});

test.each(["ubuntu", "rocky", "opensuse"] as const)("without a mirror of %s none of its images is built", (distro) => {
  const image = { ...PLAN.image, os: { ...PLAN.image.os, distro } };
  const missing = `is not set; write the address of a mirror that build hosts reach`;
  expect(missingMirrors(image, PLAN.mirrors)).toEqual([`infrastructure.mirrors.${distro}: ${missing}`]);
  expect(missingMirrors(image, MIRRORS)).toEqual([]);
  expect(missingMirrors(PLAN.image, PLAN.mirrors)).toEqual([]);
  expect(() => releaseUrls({ ...PLAN, image })).toThrow(`infrastructure.mirrors.${distro} in factory.yaml: ${missing}`);
});

test("the newest metadata dates what is made from it", () => {
  const dated = (text: string): { url: string; text: string } => ({ url: "http://mirror.example.org/InRelease", text });
  const debian = dated("Suite: x\nDate: Sat, 14 Nov 2026 10:00:00 UTC\n");
  const rpm = dated("<repomd><revision>1790000000</revision></repomd>");
  expect(newestDate([debian])).toBe(Date.UTC(2026, 10, 14, 10) / 1000);
  expect(newestDate([dated("Date: Fri, 13 Nov 2026 10:00:00 UTC"), debian])).toBe(newestDate([debian]));
  expect(newestDate([rpm])).toBe(1_790_000_000);
  expect(() => newestDate([dated("no metadata")])).toThrow("http://mirror.example.org/InRelease: has no date");
});

test("what this host can not build is said with its file", () => {
  expect(() => releaseUrls({ ...PLAN, image: { ...PLAN.image, os: { ...PLAN.image.os, distro: "fedora" } } })).toThrow(
    "images/debian-12/image.yaml: os.distro fedora",
  );
});

test("the publisher can read the request", () => {
  const stored = {
    region: "two",
    imageId: "3f0c54c5-47a4-4a0e-9a0b-3b6f7d1c9b11",
    hashAlgo: "sha512",
    hashValue: "0".repeat(128),
  };
  const artefacts = [{ path: "test/junit.xml", size: 3, sha256: "0".repeat(64) }];
  const request = publishRequest(PLAN, { stored: [stored], artefacts, at: new Date(0) });
  expect(readPublishRequest(requestText(request), "r.json")).toEqual(request);
  expect(request.regions).toEqual([
    {
      name: "two",
      region: "RegionTwo",
      imageId: stored.imageId,
      hash: { algorithm: "sha512", value: stored.hashValue },
    },
  ]);
  expect(requestName(request)).toBe(`${BUILD}.json`);
});

test("a request asks for the same whoever asks whenever, and for something else with another image", () => {
  const stored = { region: "two", imageId: "i", hashAlgo: "sha512", hashValue: "a" };
  const request = (over: object = {}, at = 0) =>
    publishRequest(PLAN, { stored: [{ ...stored, ...over }], artefacts: [], at: new Date(at) });
  const text = requestText({
    ...request({}, 5000),
    requested: { at: "2026-01-01T00:00:00Z", by: "bob@desk", validUntil: "2026-01-15T00:00:00Z" },
  });
  expect(asksTheSame(text, request())).toBe(true);
  expect(asksTheSame(text, request({ hashValue: "b" }))).toBe(false);
  expect(asksTheSame(text, request({}, Date.parse("2026-01-16T00:00:00Z")))).toBe(false);
  expect(asksTheSame(undefined, request())).toBe(false);
  expect(asksTheSame(text.slice(0, 40), request())).toBe(false);
});

test("the provenance names what it is about by its hashes, and what the image was made from", () => {
  const subjects = [{ name: `${BUILD}.qcow2`, digest: { sha256: "a", sha512: "b" } }];
  const facts = {
    subjects,
    checkout: {
      commit: "1".repeat(40),
      recipeDigest: "r",
      sourceDigest: "s",
      builderVersion: "3",
      repositories: { "debian bookworm": "d" },
    },
    host: { versions: { debootstrap: "1" } },
    image: { sha256: "a", sha512: "b", patchedUntil: "t0", finished: "t1" } as BuildImageData,
  };
  expect(provenance(PLAN, facts)).toMatchObject({
    subject: subjects,
    predicate: {
      buildDefinition: {
        buildType: "urn:image-factory:diskimage-builder:1",
        resolvedDependencies: [
          { name: "recipes", digest: { gitCommit: "1".repeat(40) } },
          { name: "debian bookworm", digest: { sha256: "d" } },
        ],
      },
      runDetails: { metadata: { invocationId: BUILD, startedOn: "t0", finishedOn: "t1" } },
    },
  });
});

test("paths: the build's id is in scratch; on the share there is this build alone", () => {
  const paths = layout(PLAN, "/r");
  expect(paths.hostEvents).toBe("/r/mnt/factory/build/events/host.jsonl");
  expect(paths.heartbeat).toBe("/r/mnt/factory/build/heartbeat.json");
  expect(paths.local).toBe(`/r/srv/scratch/${BUILD}/artefacts`);
  expect(logName("build-image")).toBe("07-build-image.log");
});
