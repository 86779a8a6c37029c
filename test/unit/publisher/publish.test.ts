import { approve, refuse } from "../../../publisher/approve";
import { readLedger } from "../../../publisher/ledger";
import { publish, type Outcome } from "../../../publisher/publish";
import type { Publisher } from "../../../publisher/ports";
import { rollBack } from "../../../publisher/roll-back";
import { build, FAILED, hash, imageId, keyring, Killed, World } from "./world";

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.end());

const go = (index: number, more: Partial<Publisher> = {}): Promise<Outcome> =>
  publish(world.publisher(more), build(index), false);
const kinds = async (): Promise<string[]> =>
  (await readLedger(world.publisher(), "debian-12")).records.map(({ kind }) => kind);
const both = (index: number) => ({ RegionOne: [build(index)], RegionTwo: [build(index)] });

describe("a build that all is well with", () => {
  test("is what customers find by the name, in both regions, and in the catalogue", async () => {
    world.built(0);
    expect(await go(0)).toBe("published");
    expect(world.customersFind()).toEqual(both(0));
    expect(world.told()).toEqual({ catalogue: build(0), page: build(0) });
    expect(await kinds()).toEqual(["requested", "approved", "published"]);
    expect(world.release.text(`images/debian-12/${build(0)}/${build(0)}.qcow2`)).toBe(`bytes of ${build(0)}`);
    expect(await world.release.list(".factory/plans/")).toEqual([]);
  });

  test("is published once", async () => {
    world.built(0);
    await go(0);
    const count = world.effects.length;
    expect(await go(0)).toBe("nothing");
    expect(world.effects).toHaveLength(count);
  });

  test("takes the place of the one before", async () => {
    for (const index of [0, 1]) {
      world.built(index);
      await go(index);
    }
    expect(world.customersFind()).toEqual(both(1));
    expect(world.one.stored.get(imageId(0, 1))).toMatchObject({
      name: "debian-12 prev",
      os_hidden: true,
      os_purpose: "oldgeneric",
      visibility: "public",
    });
    const { images } = JSON.parse(world.release.text("catalogue.json")!) as {
      images: { releases: { state: string }[] }[];
    };
    expect(images[0]!.releases.map(({ state }) => state)).toEqual(["current", "previous"]);
  });

  test("goes without the properties that customers could not verify; where they can, it keeps them", async () => {
    world.built(0);
    await go(0);
    expect(world.one.stored.get(imageId(0, 1))).not.toHaveProperty("img_signature");
    expect(world.said.join("\n")).toContain("goes without the properties of its signature");
    const keeping = new World();
    keeping.built(0);
    const { policy } = keeping.publisher();
    await publish(keeping.publisher({ policy: { ...policy, signatureProperties: "keep" } }), build(0), false);
    expect(keeping.one.stored.get(imageId(0, 1))).toHaveProperty("img_signature", "s");
    keeping.end();
  });

  test("a dry run tells the plan and changes nothing", async () => {
    world.built(0);
    expect(await publish(world.publisher(), build(0), true)).toBe("planned");
    expect(world.effects).toEqual([]);
    expect(world.said.join("\n")).toMatch(/RegionTwo: .*: promote: name=debian-12, os_hidden=false/);
  });
});

describe("approval by a person", () => {
  const person = (): Partial<Publisher> => ({ policy: { ...world.publisher().policy, approval: "person" } });

  test("nothing happens before it, and then it does", async () => {
    world.built(0);
    expect(await go(0, person())).toBe("waits");
    expect(world.customersFind()).toEqual({ RegionOne: [], RegionTwo: [] });
    await approve(world.publisher(person()), build(0), undefined);
    expect(await go(0, person())).toBe("published");
    expect(await kinds()).toEqual(["requested", "approved", "published"]);
  });

  test("holds for this request only", async () => {
    const request = world.built(0);
    await approve(world.publisher(person()), build(0), undefined);
    world.sign({ ...request, target: { ...request.target, name: "debian" } });
    expect(await go(0, person())).toBe("waits");
  });

  test("is that of somebody who is named, where some are", async () => {
    world.built(0);
    const named = { ...person(), approvers: keyring("anna") };
    const signed = (key: string) => (content: Buffer) =>
      world
        .publisher()
        .key.sign(content)
        .then((made) => Buffer.from(made.toString().replace(/^\S+/, key)));
    await expect(approve(world.publisher(named), build(0), undefined)).rejects.toThrow("--key");
    await expect(approve(world.publisher(named), build(0), signed("bob"))).rejects.toThrow(
      "is none of publish.approvers",
    );
    // written by a publisher that knew of no approvers
    await approve(world.publisher(person()), build(0), undefined);
    expect(await go(0, named)).toBe("waits");
    await approve(world.publisher(named), build(0), signed("anna"));
    expect(await go(0, named)).toBe("published");
  });

  test("a refusal is final", async () => {
    world.built(0);
    await refuse(world.publisher(), build(0), "known bad kernel");
    expect(await go(0)).toBe("refused");
    await expect(approve(world.publisher(), build(0), undefined)).rejects.toThrow("is refused");
  });
});

describe("is refused, and nothing of it is shown", () => {
  const certified = (validUntil: string) => ({
    required: true,
    records: [{ vendor: "v", id: "1", validUntil, evidence: "https://example.org/1" }],
  });

  test.each<[string, () => Partial<Publisher>, RegExp]>([
    ["failed tests", () => (world.built(0, undefined, FAILED), {}), /test\/junit\.xml: 1 tests have failed/],
    ["a report of nothing", () => (world.built(0, undefined, "<testsuites></testsuites>"), {}), /tells of no test/],
    ["no report", () => (world.built(0, undefined, "ok"), {}), /is no JUnit report/],
    [
      "a branch that nobody reviews",
      () => (world.built(0, (one) => ({ ...one, recipe: { ...one.recipe, branch: "try" } })), {}),
      /is of branch try, which is not reviewed/,
    ],
    [
      "a commit on no reviewed branch, whatever the request says",
      () => (world.built(0), { isReviewed: () => Promise.resolve(false) }),
      /is on none of the reviewed branches \(main\)/,
    ],
    [
      "a commit that nobody can look up",
      () => (
        world.built(0, (one) => ({ ...one, recipe: { ...one.recipe, branch: null } })),
        { isReviewed: () => Promise.resolve(undefined) }
      ),
      /set publish\.repository/,
    ],
    [
      "an image that is provided no more",
      () => (world.built(0, (one) => ({ ...one, image: { ...one.image, providedUntil: "2026-03-01" } })), {}),
      /was provided until 2026-03-01/,
    ],
    [
      "more visibility than is allowed",
      () => (world.built(0), { policy: { ...world.publisher().policy, visibility: "community" } }),
      /community is the most that is allowed/,
    ],
    [
      "a certification that has ended",
      () => (
        world.built(0, (one) => ({ ...one, image: { ...one.image, certification: certified("2026-03-21") } })),
        {}
      ),
      /only with a vendor's certification/,
    ],
    ["a region that is not ours", () => (world.built(0), { regions: [world.one] }), /region RegionTwo is asked for/],
    [
      "an altered artefact",
      () => (world.built(0), world.staging.objects.set(`debian-12/${build(0)}/packages.txt`, Buffer.from("x")), {}),
      /packages\.txt: what lies in staging is not what the request lists/,
    ],
    [
      "an altered image in one region",
      () => (world.built(0), world.two.bytes.set(imageId(0, 2), "other"), {}),
      /RegionTwo: .*its bytes are not those that the request tells of/,
    ],
    [
      "an image of another build",
      () => (
        world.built(0, (one) => ({
          ...one,
          regions: one.regions.map((region) => ({ ...region, imageId: imageId(1, 1) })),
        })),
        world.built(1),
        {}
      ),
      /says that it is of build/,
    ],
    [
      "checksums that are not those of the artefacts",
      () => (
        world.built(0, (one) => ({
          ...one,
          artefacts: [...one.artefacts, { path: "extra", size: 1, sha256: hash("x") }],
        })),
        world.staging.objects.set(`debian-12/${build(0)}/extra`, Buffer.from("x")),
        {}
      ),
      /extra: SHA256SUMS has another hash of it, or none/,
    ],
  ])("%s", async (_, prepare, message) => {
    const more = prepare();
    expect(await go(0, more)).toBe("refused");
    expect(world.said.join("\n")).toMatch(message);
    expect(world.customersFind()).toEqual({ RegionOne: [], RegionTwo: [] });
    expect(world.told().catalogue).toBeUndefined();
    expect((await readLedger(world.publisher(), "debian-12")).records.at(-1)).toMatchObject({ kind: "refused" });
    expect(await go(0, more)).toBe("refused");
  });

  test("a valid certification lets it pass", async () => {
    world.built(0, (one) => ({ ...one, image: { ...one.image, certification: certified("2026-03-22") } }));
    expect(await go(0)).toBe("published");
  });

  test("one that has expired", async () => {
    world.built(0);
    world.now = new Date("2026-04-06T00:00:00Z");
    expect(await go(0)).toBe("expired");
    expect(await kinds()).toEqual(["requested", "expired"]);
  });

  test("one that is older than what is published", async () => {
    world.built(1);
    await go(1);
    world.built(0);
    expect(await go(0)).toBe("refused");
    expect(world.customersFind()).toEqual(both(1));
  });
});

describe("is not believed at all, and leaves no record", () => {
  test.each<[string, () => Partial<Publisher>, RegExp]>([
    [
      "a request that was altered",
      () => (
        world.requests.objects.set(
          `${build(0)}.json`,
          Buffer.from(world.requests.text(`${build(0)}.json`)!.replace("RegionTwo", "RegionTen")),
        ),
        {}
      ),
      /is signed by no OpenPGP key that is trusted here/,
    ],
    [
      "one that somebody else has signed",
      () => (world.sign(world.built(0), "F".repeat(40)), {}),
      /is signed by no OpenPGP key that is trusted here/,
    ],
    [
      "one without a signature",
      () => (world.requests.objects.delete(`${build(0)}.json.asc`), {}),
      /its signature .* is missing/,
    ],
    [
      "one of another factory",
      () => (world.built(0, (one) => ({ ...one, factory: "other" })), {}),
      /is of factory other/,
    ],
    [
      "one from a dirty tree",
      () => (world.built(0, (one) => ({ ...one, recipe: { ...one.recipe, dirty: true as unknown as false } })), {}),
      /was built from a tree with uncommitted changes/,
    ],
    [
      "one without the image key's envelope",
      () => ({ trusted: { openPgp: [], image: ["pem"] } }),
      /have to be signed by the image key/,
    ],
    [
      "one that names another key",
      () => (world.built(0, (one) => ({ ...one, signedBy: "A".repeat(40) })), {}),
      /says that A+ signed it, not D+/,
    ],
  ])("%s", async (_, prepare, message) => {
    world.built(0);
    const more = prepare();
    await expect(go(0, more)).rejects.toThrow(message);
    expect(await kinds()).toEqual([]);
    expect(world.effects).toEqual([]);
  });
});

describe("records", () => {
  test.each<[string, () => void, RegExp]>([
    [
      "one that was altered",
      () =>
        world.release.objects.set(
          "records/debian-12/000001.json",
          Buffer.from(
            world.release.text("records/debian-12/000001.json")!.replace(/"payload":"..../, '"payload":"eyJB'),
          ),
        ),
      /000001\.json: is not signed by the publisher's key/,
    ],
    [
      "one that was taken out",
      () => world.release.objects.delete("records/debian-12/000002.json"),
      /000002\.json: is missing, though there are 2 records/,
    ],
    [
      "one in another's place",
      () =>
        world.release.objects.set(
          "records/debian-12/000002.json",
          world.release.objects.get("records/debian-12/000003.json")!,
        ),
      /000002\.json: does not follow the record before it/,
    ],
  ])("%s stops everything", async (_, damage, message) => {
    world.built(0);
    await go(0);
    damage();
    world.built(1);
    await expect(go(1)).rejects.toThrow(message);
    expect(world.customersFind()).toEqual(both(0));
  });
});

describe("killed and started again", () => {
  /** Effects of the second of two publications. */
  async function effectsOfSecond(): Promise<number> {
    const trial = new World();
    for (const index of [0, 1]) trial.built(index);
    await publish(trial.publisher(), build(0), false);
    const before = trial.effects.length;
    await publish(trial.publisher(), build(1), false);
    trial.end();
    return trial.effects.length - before;
  }

  test("at every step: until then the catalogue names the old release, afterwards every region has the new one", async () => {
    const count = await effectsOfSecond();
    expect(count).toBeGreaterThan(20);
    for (let step = 0; step < count; step++) {
      for (const after of [false, true]) {
        const one = new World();
        for (const index of [0, 1]) one.built(index);
        await publish(one.publisher(), build(0), false);
        one.kill = { left: step, after };
        await expect(publish(one.publisher(), build(1), false)).rejects.toThrow(Killed);
        one.kill = undefined;
        const { catalogue } = one.told();
        const visible = Object.values(one.customersFind());
        expect(visible.every((found) => found.length >= 1)).toBe(true);
        if (catalogue === build(1)) expect(visible).toEqual([[build(1)], [build(1)]]);
        else expect(one.told()).toEqual({ catalogue: build(0), page: build(0) });
        await publish(one.publisher(), build(1), false);
        expect([step, after, one.customersFind(), one.told()]).toEqual([
          step,
          after,
          both(1),
          { catalogue: build(1), page: build(1) },
        ]);
        const { records } = await readLedger(one.publisher(), "debian-12");
        expect(records.filter(({ kind }) => kind === "published")).toHaveLength(2);
        expect(await one.release.list(".factory/plans/")).toEqual([]);
        one.end();
      }
    }
  }, 120_000);

  test("a roll back, at every step", async () => {
    const prepared = async (): Promise<World> => {
      const one = new World();
      for (const index of [0, 1]) {
        one.built(index);
        await publish(one.publisher(), build(index), false);
      }
      return one;
    };
    const back = (one: World): Promise<void> => rollBack(one.publisher(), { image: "debian-12", dryRun: false });
    const trial = await prepared();
    const before = trial.effects.length;
    await back(trial);
    for (let step = 0; step < trial.effects.length - before; step++) {
      const one = await prepared();
      one.kill = { left: step, after: step % 2 === 0 };
      await expect(back(one)).rejects.toThrow(Killed);
      one.kill = undefined;
      if (one.customersFind()["RegionOne"]![0] !== build(0) || (await one.release.list(".factory/plans/")).length > 0)
        await back(one);
      expect([step, one.customersFind(), one.told().catalogue]).toEqual([step, both(0), build(0)]);
      one.end();
    }
    trial.end();
  }, 120_000);
});
