import {
  decideLease,
  mayRelease,
  parseHeartbeat,
  parseLease,
  renewLease,
  type Lease,
  type LeaseHolder,
  type LeaseQuestion,
} from "../../../model/lease";

const NOW = new Date("2026-03-01T12:30:00.000Z");
const at = (seconds: number): string => new Date(NOW.getTime() + seconds * 1000).toISOString();

const anna: LeaseHolder = { user: "anna", host: "desk", pid: 100, started: "t1" };
const bert: LeaseHolder = { user: "bert", host: "laptop", pid: 200, started: "t2" };
const BUILD = "debian-12-202603011200-0001";
const OTHER = "debian-12-202603011230-0002";

const lease = (over: Partial<Lease> = {}): Lease => ({
  image: "debian-12",
  build: BUILD,
  holder: anna,
  since: at(-1620),
  renewed: at(-10),
  expires: at(80),
  ...over,
});
const question = (over: Partial<LeaseQuestion> = {}): LeaseQuestion => ({
  claim: { image: "debian-12", build: OTHER, holder: bert },
  now: NOW,
  seconds: 90,
  holderProcess: "unknown",
  ...over,
});
const claim = (build: string, holder = bert): LeaseQuestion["claim"] => ({ image: "debian-12", build, holder });

describe("taking", () => {
  test("a free one: since now, good for as long as asked", () => {
    expect(decideLease(question())).toEqual({
      granted: true,
      reason: "free",
      lease: { image: "debian-12", build: OTHER, holder: bert, since: at(0), renewed: at(0), expires: at(90) },
    });
  });

  test("a live holder elsewhere: refused with name, process, since, build and when to try again", () => {
    expect(decideLease(question({ lease: lease() }))).toEqual({
      granted: false,
      message: `image debian-12: being built by anna@desk (process 100) since 12:03 UTC as build ${BUILD}; wait for it, or try again after 12:31 UTC`,
    });
  });

  test("a live holder of the same build is not pushed aside either", () => {
    expect(decideLease(question({ claim: claim(BUILD), lease: lease() })).granted).toBe(false);
  });

  test("since yesterday: with the date", () => {
    const verdict = decideLease(question({ lease: lease({ since: at(-86_400) }) }));
    expect(verdict).toMatchObject({ message: expect.stringContaining("since 2026-02-28 12:30 UTC") as string });
  });

  test("an alive process on this machine holds, a dead one does not", () => {
    expect(decideLease(question({ lease: lease(), holderProcess: "alive" })).granted).toBe(false);
    expect(decideLease(question({ lease: lease(), holderProcess: "dead" }))).toMatchObject({
      granted: true,
      reason: "holder-gone",
      lease: { since: at(0), holder: bert },
    });
  });

  test("an expired one, even when its process still lives", () => {
    const old = lease({ expires: at(0) });
    expect(decideLease(question({ lease: old, holderProcess: "alive" }))).toMatchObject({ reason: "expired" });
  });

  test("own session: taken again, since stays while the build is the same", () => {
    const again = decideLease(question({ claim: claim(BUILD, anna), lease: lease() }));
    expect(again).toMatchObject({ reason: "own", lease: { since: at(-1620), expires: at(90) } });
    const next = decideLease(question({ claim: claim(OTHER, anna), lease: lease() }));
    expect(next).toMatchObject({ reason: "own", lease: { since: at(0), build: OTHER } });
  });

  test.each([
    ["pid", { pid: 101 }],
    ["start of the process", { started: "later" }],
    ["machine", { host: "server" }],
    ["user", { user: "root" }],
  ])("another %s is another session", (_, over) => {
    expect(decideLease(question({ claim: claim(BUILD, { ...anna, ...over }), lease: lease() })).granted).toBe(false);
  });
});

describe("a build that runs on its host without a deploying side", () => {
  const gone = lease({ expires: at(-100) });
  const heartbeat = { build: BUILD, time: at(-20) };

  test("its own deploy attaches", () => {
    expect(decideLease(question({ claim: claim(BUILD), lease: gone, heartbeat }))).toMatchObject({
      granted: true,
      reason: "attach",
      lease: { since: at(-1620), holder: bert },
    });
  });

  test("another build of the image is refused, lease or not", () => {
    const message = `image debian-12: build ${BUILD} is running on its host (last sign of life 12:29 UTC) and nobody follows it; deploy it again where it was deployed, or wait for its end`;
    expect(decideLease(question({ lease: gone, heartbeat }))).toEqual({ granted: false, message });
    expect(decideLease(question({ heartbeat }))).toEqual({ granted: false, message });
    expect(decideLease(question({ lease: lease(), holderProcess: "dead", heartbeat })).granted).toBe(false);
  });

  test("unless its heart stopped 90 s ago", () => {
    expect(decideLease(question({ lease: gone, heartbeat: { build: BUILD, time: at(-90) } })).granted).toBe(false);
    expect(decideLease(question({ lease: gone, heartbeat: { build: BUILD, time: at(-91) } })).granted).toBe(true);
  });
});

describe("keeping", () => {
  const own = { now: NOW, seconds: 90, claim: claim(BUILD, anna) };

  test("the holder's own, also after it expired unnoticed", () => {
    expect(renewLease({ ...own, lease: lease({ expires: at(-5) }) })).toMatchObject({
      granted: true,
      lease: { since: at(-1620), renewed: at(0), expires: at(90) },
    });
  });

  test("not when somebody took it meanwhile", () => {
    expect(renewLease({ ...own, lease: lease({ holder: bert }) })).toMatchObject({
      granted: false,
      message: expect.stringMatching(
        /the lease of build \S+ was lost; image debian-12: being built by bert@laptop/,
      ) as string,
    });
  });

  test("not when it is gone", () => {
    expect(renewLease(own)).toMatchObject({ message: expect.stringMatching(/was lost: its file is gone$/) as string });
  });
});

describe("giving back", () => {
  const ask = (over: Partial<LeaseQuestion>): boolean => mayRelease(question(over));

  test("one's own, and one's build's when nobody live holds it", () => {
    expect(ask({ claim: claim(BUILD, anna), lease: lease() })).toBe(true);
    expect(ask({ claim: claim(BUILD), lease: lease({ expires: at(-1) }) })).toBe(true);
    expect(ask({ claim: claim(BUILD), lease: lease(), holderProcess: "dead" })).toBe(true);
  });

  test("never somebody's live one, nor another build's, nor none", () => {
    expect(ask({ claim: claim(BUILD), lease: lease() })).toBe(false);
    expect(ask({ claim: claim(OTHER), lease: lease({ expires: at(-1) }) })).toBe(false);
    expect(ask({})).toBe(false);
  });
});

describe("files", () => {
  test("a lease is read as it was written", () => {
    expect(parseLease(JSON.stringify(lease()), "f")).toEqual(lease());
    expect(parseLease(" \n", "f")).toBeUndefined();
  });

  test.each(["{", "[]", "{}", '{"image":"a"}', JSON.stringify({ ...lease(), expires: "soon" }), "null"])(
    "what is no lease is refused, not taken for free: %s",
    (text) => {
      expect(() => parseLease(text, "leases/debian-12.json")).toThrow(
        "leases/debian-12.json: is no lease; remove it if no build of this image runs",
      );
    },
  );

  test("a heartbeat that is cut off is none", () => {
    expect(parseHeartbeat('{"build":"b","time":"2026-03-01T12:30:00Z"}')).toEqual({
      build: "b",
      time: "2026-03-01T12:30:00Z",
    });
    expect(parseHeartbeat('{"build":"b"')).toBeUndefined();
    expect(parseHeartbeat("")).toBeUndefined();
  });
});
