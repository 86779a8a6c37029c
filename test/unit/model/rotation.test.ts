import fc from "fast-check";
import {
  releaseNames,
  rotate,
  type RegionListing,
  type RotationImage,
  type RotationWish,
} from "../../../model/rotation";
import { afterActions } from "./rotated";

const NAME = "debian-12";
const DAYS = ["20260901", "20260908", "20260915", "20260922", "20260929", "20261006"];
const build = (index: number): string => `${NAME}-${DAYS[index]!}0400-000${index}`;
const id = (index: number, region = "RegionOne"): string => `${region}-${index}`;

function fresh(index: number, more: Partial<RotationImage> = {}, region = "RegionOne"): RotationImage {
  return {
    id: id(index, region),
    build: build(index),
    name: build(index),
    status: "active",
    visibility: "private",
    hidden: false,
    purpose: "generic",
    uuidValidity: "none",
    released: undefined,
    retired: undefined,
    protected: false,
    inUse: false,
    ...more,
  };
}

const wish = (current: number, more: Partial<RotationWish> = {}): RotationWish => ({
  name: NAME,
  current: build(current),
  withdrawn: [],
  revoked: [],
  policy: { visibility: "public", keep: 3, deleteAfterDays: 30, previous: "hidden" },
  today: "2026-10-06",
  ...more,
});

const listing = (images: readonly RotationImage[], more: Partial<RegionListing> = {}): RegionListing => ({
  region: "RegionOne",
  images,
  ...more,
});

/** The region after publishing these builds one after the other. */
function history(upTo: number, more: Partial<RotationWish> = {}): readonly RotationImage[] {
  let images: readonly RotationImage[] = [];
  for (let index = 0; index <= upTo; index++) {
    const wanted = wish(index, { today: `2026-${DAYS[index]!.slice(4, 6)}-${DAYS[index]!.slice(6)}`, ...more });
    images = after([...images, fresh(index)], wanted);
  }
  return images;
}

function after(images: readonly RotationImage[], wanted: RotationWish): readonly RotationImage[] {
  return afterActions([listing(images)], actionsOf([listing(images)], wanted))[0]!.images;
}

function actionsOf(listings: readonly RegionListing[], wanted: RotationWish) {
  const rotation = rotate(listings, wanted);
  if ("refused" in rotation) throw new Error(rotation.refused.join("; "));
  return rotation.actions;
}

const shown = (images: readonly RotationImage[]): unknown =>
  images.map(({ name, hidden, status, visibility, purpose }) => [
    name,
    hidden ? "hidden" : "shown",
    status,
    visibility,
    purpose,
  ]);

describe("names and visibility", () => {
  test("a first release", () => {
    expect(shown(history(0))).toEqual([[NAME, "shown", "active", "public", "generic"]]);
  });

  test("each further one moves the others on: previous, then dated", () => {
    expect(shown(history(2))).toEqual([
      [`${NAME} 20260901`, "hidden", "active", "public", "oldgeneric"],
      [`${NAME} prev`, "hidden", "active", "public", "oldgeneric"],
      [NAME, "shown", "active", "public", "generic"],
    ]);
  });

  test("the new one is shown and the old one hidden, never the other way round", () => {
    const images = history(3);
    expect(images.filter(({ hidden }) => !hidden).map(({ build: one }) => one)).toEqual([build(3)]);
  });

  test("hidden is a boolean: Glance refuses the word", () => {
    const actions = actionsOf([listing([...history(0), fresh(1)])], wish(1));
    const values = actions.flatMap((action) => ("after" in action ? [action.before.hidden, action.after.hidden] : []));
    expect(values.filter((value) => value !== undefined).every((value) => typeof value === "boolean")).toBe(true);
    expect(values).toContain(true);
  });

  test("it becomes public before listings show it, and the former one steps back last", () => {
    const actions = actionsOf([listing([...history(0), fresh(1)])], wish(1));
    expect(actions.map(({ phase, imageId }) => [phase, imageId])).toEqual([
      ["stage", id(1)],
      ["promote", id(1)],
      ["demote", id(0)],
    ]);
    expect(actions[0]).toMatchObject({ after: { hidden: true, visibility: "public" } });
    expect(actions[1]).toMatchObject({ after: { hidden: false, name: NAME } });
  });

  test("a purpose that is not generic stays", () => {
    const images = after([{ ...history(0)[0]!, purpose: "gpu" }, fresh(1, { purpose: "gpu" })], wish(1));
    expect(images.map(({ purpose }) => purpose)).toEqual(["gpu", "gpu"]);
  });

  test("the previous one stays in listings where the policy says so", () => {
    const policy = { ...wish(0).policy, previous: "visible" } as const;
    const [, previous] = history(2, { policy });
    expect(previous).toMatchObject({ name: releaseNames.previous(NAME), hidden: false });
  });

  test("where one alone is kept, the previous one is that which was promised, not that which goes", () => {
    const policy = { ...wish(2).policy, keep: 1 };
    const images = history(1).map((image, index) => (index === 0 ? { ...image, uuidValidity: "forever" } : image));
    const asked = { ...wish(2), policy };
    const done = after([...images, fresh(2)], asked);
    expect(done.map(({ name, status }) => `${name} ${status}`)).toEqual([
      `${NAME} prev active`,
      `${NAME} 20260908 deactivated`,
      `${NAME} active`,
    ]);
    expect(after(done, asked)).toEqual(done);
  });

  test("two that are called current by mistake become one", () => {
    const images = history(1).map((image) => ({ ...image, name: NAME, hidden: false }));
    expect(after(images, wish(1)).map(({ name }) => name)).toEqual([`${NAME} prev`, NAME]);
  });

  test("builds that were never published are left alone", () => {
    const waiting = fresh(3);
    const images = [...history(1), waiting, fresh(2)];
    expect(after(images, wish(2))).toContainEqual(waiting);
  });
});

describe("keeping", () => {
  test("the last 3 are kept when the policy says 3", () => {
    const images = history(4);
    expect(images.map(({ status }) => status)).toEqual(["deactivated", "deactivated", "active", "active", "active"]);
  });

  test("1 is kept when it says 1", () => {
    const policy = { ...wish(0).policy, keep: 1 };
    expect(history(1, { policy }).map(({ status }) => status)).toEqual(["deactivated", "active"]);
  });

  test.each([
    ["last-5", "active"],
    ["forever", "active"],
    ["notice", "active"],
    ["2027-01-01", "active"],
    ["2026-01-01", "deactivated"],
    ["none", "deactivated"],
  ])("an id that is promised by %s is %s", (uuidValidity, status) => {
    const images = [...history(3), fresh(4)].map((image) => ({ ...image, uuidValidity }));
    expect(after(images, wish(4))[1]).toMatchObject({ build: build(1), status });
  });

  test("what nobody uses goes once its time is over", () => {
    const images = after([...history(4), fresh(5)], wish(5, { today: "2026-10-20" }));
    expect(images.map(({ build: one }) => one)).toEqual([2, 3, 4, 5].map(build));
  });

  test.each([
    ["in use", { inUse: true }],
    ["not known to be unused", { inUse: undefined }],
    ["protected", { protected: true }],
  ])("one that is %s never goes", (_, more) => {
    const images = [...history(4).map((image) => ({ ...image, ...more })), fresh(5)];
    expect(after(images, wish(5, { today: "2029-10-20" }))).toHaveLength(6);
  });

  test("one that is hidden only now is not deleted at once", () => {
    const old = history(4).map((image) => ({ ...image, retired: undefined }));
    expect(after([...old, fresh(5)], wish(5))).toHaveLength(6);
  });
});

describe("going back", () => {
  test("the one before it is the current one again", () => {
    const images = after(history(2), wish(1, { withdrawn: [build(2)] }));
    expect(shown(images)).toEqual([
      [`${NAME} prev`, "hidden", "active", "public", "oldgeneric"],
      [NAME, "shown", "active", "public", "generic"],
      [`${NAME} 20260915`, "hidden", "active", "public", "oldgeneric"],
    ]);
  });

  test("what was withdrawn is not the previous one of the next release", () => {
    const back = after(history(2), wish(1, { withdrawn: [build(2)] }));
    const images = after([...back, fresh(3)], wish(3, { withdrawn: [build(2)] }));
    expect(images.find(({ name }) => name === `${NAME} prev`)?.build).toBe(build(1));
  });

  test("to one that was deactivated: it is made usable first", () => {
    const actions = actionsOf([listing(history(4))], wish(0));
    expect(actions[0]).toMatchObject({ phase: "reactivate", imageId: id(0) });
  });

  test("a revoked one is hidden, deactivated, dated, and not counted", () => {
    const images = after(history(3), wish(3, { revoked: [build(2)] }));
    expect(images.map(({ name, status }) => [name, status])).toEqual([
      [`${NAME} 20260901`, "deactivated"],
      [`${NAME} prev`, "active"],
      [`${NAME} 20260915`, "deactivated"],
      [NAME, "active"],
    ]);
  });
});

describe("nothing at all is done", () => {
  const two = (second: Partial<RegionListing>): RegionListing[] => [
    listing([...history(0), fresh(1)]),
    { region: "RegionTwo", images: [fresh(1, {}, "RegionTwo")], ...second },
  ];

  test.each([
    [
      "after a listing that is not complete",
      two({ incomplete: "504" }),
      wish(1),
      "RegionTwo: its images could not all be listed: 504",
    ],
    ["where a region lacks the image", two({ images: [] }), wish(1), `RegionTwo: has no image of build ${build(1)}`],
    [
      "where it is there twice",
      two({ images: [fresh(1), fresh(1, { id: "b" })] }),
      wish(1),
      `RegionTwo: has 2 images of build ${build(1)}; delete all but one`,
    ],
    [
      "where it is not whole",
      two({ images: [fresh(1, { status: "queued" })] }),
      wish(1),
      `RegionTwo: the image of ${build(1)} is queued`,
    ],
    [
      "where somebody else has the name",
      two({ strangers: ["abc"] }),
      wish(1),
      'RegionTwo: image abc is called "debian-12" and is not the factory\'s; rename or hide it',
    ],
    [
      "with a revoked image",
      two({}),
      wish(1, { revoked: [build(1)] }),
      `${build(1)}: is revoked and can't be the current image`,
    ],
    ["without regions", [], wish(1), "debian-12: no region was listed"],
    [
      "by a policy that keeps none",
      two({}),
      wish(1, { policy: { ...wish(1).policy, keep: 0 } }),
      "debian-12: the policy keeps 0 releases; it has to keep 1 at least",
    ],
  ])("%s", (_, listings, wanted, message) => {
    expect(rotate(listings, wanted)).toEqual({ refused: [message] });
  });
});

describe("whatever is there", () => {
  const day = fc
    .integer({ min: 0, max: 60 })
    .map((days) => new Date(Date.UTC(2026, 8, 1 + days)).toISOString().slice(0, 10));
  const image = (index: number): fc.Arbitrary<RotationImage> =>
    fc.record({
      name: fc.constantFrom(NAME, `${NAME} prev`, build(index), `${NAME} 20260901`),
      status: fc.constantFrom("active", "deactivated", "queued"),
      visibility: fc.constantFrom("public", "private", "community"),
      hidden: fc.boolean(),
      purpose: fc.constantFrom("generic", "oldgeneric", "custom"),
      uuidValidity: fc.constantFrom("none", "last-2", "forever", "2026-09-20"),
      released: fc.option(day, { nil: undefined }),
      retired: fc.option(day, { nil: undefined }),
      protected: fc.boolean(),
      inUse: fc.option(fc.boolean(), { nil: undefined }),
      id: fc.constant(id(index)),
      build: fc.constant(build(index)),
    });
  const wanted = fc.record({
    current: fc.integer({ min: 0, max: 5 }).map(build),
    withdrawn: fc.subarray(DAYS.map((_, index) => build(index))),
    revoked: fc.subarray(
      DAYS.map((_, index) => build(index)),
      { maxLength: 2 },
    ),
    policy: fc.record({
      visibility: fc.constantFrom("public" as const, "community" as const, "shared" as const),
      keep: fc.integer({ min: 1, max: 4 }),
      deleteAfterDays: fc.integer({ min: 0, max: 40 }),
      previous: fc.constantFrom("hidden" as const, "visible" as const),
    }),
    today: day,
    name: fc.constant(NAME),
  });
  const regions = fc
    .array(fc.tuple(...DAYS.map((_, index) => fc.option(image(index), { nil: undefined }))), {
      minLength: 1,
      maxLength: 3,
    })
    .map((all) =>
      all.map((images, index) => ({
        region: `R${index}`,
        images: images.flatMap((one) => (one ? [{ ...one, id: `R${index}-${one.id}` }] : [])),
      })),
    );

  /** What customers find by the name. A private one of that name is nobody's. */
  const currents = (images: readonly RotationImage[]): RotationImage[] =>
    images.filter(
      ({ name, hidden, status, visibility }) =>
        name === NAME && !hidden && status === "active" && visibility !== "private",
    );
  const released = (images: readonly RotationImage[]): RotationImage[] =>
    images.filter((one) => one.released !== undefined);

  /** Runs a check on every case that is not refused, and proves that most are not empty ones. */
  function always(check: (listings: readonly RegionListing[], asked: RotationWish) => void): void {
    let done = 0;
    fc.assert(
      fc.property(regions, wanted, (listings, asked) => {
        if ("refused" in rotate(listings, asked)) return;
        done++;
        check(listings, asked);
      }),
      { numRuns: 600 },
    );
    expect(done).toBeGreaterThan(100);
  }

  test("there is exactly one current image among the releases of each region", () => {
    always((listings, asked) => {
      for (const { images } of afterActions(listings, actionsOf(listings, asked))) {
        expect(currents(released(images)).map(({ build: one }) => one)).toEqual([asked.current]);
      }
    });
  });

  test("there is never a moment without one where there was one", () => {
    always((listings, asked) => {
      const actions = actionsOf(listings, asked);
      const had = listings.filter(({ images }) => currents(released(images)).length > 0).map(({ region }) => region);
      for (let done = 0; done <= actions.length; done++) {
        for (const { region, images } of afterActions(listings, actions.slice(0, done))) {
          if (had.includes(region)) expect(currents(released(images)).length).toBeGreaterThan(0);
        }
      }
    });
  });

  test("none that is in use, or may be, or is protected is deleted", () => {
    always((listings, asked) => {
      for (const action of actionsOf(listings, asked).filter(({ phase }) => phase === "delete")) {
        const image = listings.flatMap(({ images }) => images).find(({ id: one }) => one === action.imageId);
        expect(image).toMatchObject({ inUse: false, protected: false });
        expect(image?.released).toBeDefined();
        expect(action.build).not.toBe(asked.current);
      }
    });
  });

  test("done once, there is nothing left to do", () => {
    always((listings, asked) => {
      expect(actionsOf(afterActions(listings, actionsOf(listings, asked)), asked)).toEqual([]);
    });
  });

  test("what takes something away comes after everything else", () => {
    always((listings, asked) => {
      const phases = actionsOf(listings, asked).map(({ phase }) => phase);
      const first = phases.findIndex((phase) => phase === "deactivate" || phase === "delete");
      if (first >= 0)
        expect(phases.slice(first).every((phase) => phase === "deactivate" || phase === "delete")).toBe(true);
    });
  });
});
