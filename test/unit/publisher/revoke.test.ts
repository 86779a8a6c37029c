import { publish } from "../../../publisher/publish";
import { revoke, revokeQueued } from "../../../publisher/revoke";
import { rollBack } from "../../../publisher/roll-back";
import { build, imageId, World } from "./world";

let world: World;
beforeEach(async () => {
  world = new World();
  for (const index of [0, 1]) {
    world.built(index);
    await publish(world.publisher(), build(index), false);
  }
});
afterEach(() => world.end());

interface Told {
  readonly build: string;
  readonly state: string;
  readonly revoked?: { readonly reason: string; readonly builtOn: readonly string[] };
  readonly copies: readonly { readonly region: string; readonly status: string }[];
}
const told = (index: number): Told | undefined =>
  (JSON.parse(world.release.text("catalogue.json")!) as { images: { releases: Told[] }[] }).images[0]!.releases.find(
    (one) => one.build === build(index),
  );

test("a revoked image is hidden and deactivated in every region, and the catalogue says why", async () => {
  const { queued } = await revoke(world.publisher(), "debian-12", "a hole in its kernel");
  expect(queued).toEqual([]);
  for (const [region, id] of [[world.one, imageId(1, 1)] as const, [world.two, imageId(1, 2)] as const]) {
    expect(region.stored.get(id)).toMatchObject({ status: "deactivated", os_hidden: true, name: "debian-12 20260308" });
  }
  expect(world.customersFind()).toEqual({ RegionOne: [], RegionTwo: [] });
  expect(told(1)).toMatchObject({
    state: "revoked",
    revoked: { reason: "a hole in its kernel" },
    copies: [{ status: "deactivated" }, { status: "deactivated" }],
  });
  expect(world.told()).toEqual({ catalogue: "", page: "" });
});

test("then a roll back brings the one before", async () => {
  await revoke(world.publisher(), "debian-12", "bad");
  await rollBack(world.publisher(), { image: "debian-12", dryRun: false });
  expect(world.customersFind()).toEqual({ RegionOne: [build(0)], RegionTwo: [build(0)] });
  expect(world.told().catalogue).toBe(build(0));
  await expect(rollBack(world.publisher(), { image: "debian-12", to: build(1), dryRun: false })).rejects.toThrow(
    `${build(1)}: is revoked and can't be the current image`,
  );
});

test("a region that is down gets it later, and until then is named", async () => {
  world.two.down = true;
  const { queued } = await revoke(world.publisher(), build(1), "bad");
  expect(queued).toEqual([`RegionTwo: ${build(1)} is not revoked there yet: RegionTwo: no answer`]);
  expect(world.one.stored.get(imageId(1, 1))).toMatchObject({ status: "deactivated" });
  expect(told(1)).toMatchObject({
    state: "revoked",
    copies: [
      { region: "RegionOne", status: "deactivated" },
      { region: "RegionTwo", status: "pending" },
    ],
  });
  world.two.down = false;
  expect(await revokeQueued(world.publisher())).toMatchObject([{ build: build(1), queued: [] }]);
  expect(world.two.stored.get(imageId(1, 2))).toMatchObject({ status: "deactivated", os_hidden: true });
  expect(told(1)?.copies).toMatchObject([{ status: "deactivated" }, { status: "deactivated" }]);
  expect(await revokeQueued(world.publisher())).toEqual([]);
});

test("names what was made from it", async () => {
  world.one.add("snapshot", build(3), "x", {
    name: "a snapshot",
    base_image_ref: imageId(1, 1),
    image_factory_build: undefined,
  });
  const bytes = world.one.stored.get(imageId(1, 1))!.os_hash_value;
  world.two.add("child", "debian-13-202603211200-aaaa", "y", {
    image_factory_image: "debian-13",
    image_factory_base: bytes,
  });
  const { builtOn } = await revoke(world.publisher(), build(1), "bad");
  expect(builtOn).toEqual(["RegionOne: a snapshot (snapshot)", "RegionTwo: debian-13-202603211200-aaaa (child)"]);
  expect(told(1)?.revoked?.builtOn).toEqual(["debian-13-202603211200-aaaa"]);
});

test("one that was never asked for can't be revoked, nor published once it is", async () => {
  await expect(revoke(world.publisher(), build(3), "x")).rejects.toThrow("there is nothing to revoke");
  world.built(2);
  await publish(world.publisher({ policy: { ...world.publisher().policy, approval: "person" } }), build(2), false);
  await revoke(world.publisher(), build(2), "x");
  expect(await publish(world.publisher(), build(2), false)).toBe("nothing");
  expect(world.said.at(-1)).toContain("is revoked; nothing brings it back");
  expect(world.customersFind()).toEqual({ RegionOne: [build(1)], RegionTwo: [build(1)] });
});

test("stopped in the middle and said again by the image's name, it goes on with the same build", async () => {
  world.kill = { left: 2, after: false };
  await expect(revoke(world.publisher(), "debian-12", "bad")).rejects.toThrow();
  world.kill = undefined;
  expect(await revoke(world.publisher(), "debian-12", "bad")).toMatchObject({ build: build(1), queued: [] });
  expect(world.customersFind()).toEqual({ RegionOne: [], RegionTwo: [] });
});
