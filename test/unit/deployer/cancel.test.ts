import { cancel, type CancelChoice, type CancelEffects } from "../../../deployer/cancel";

const CHOICE: CancelChoice = {
  build: "debian-12-202601010000-0001",
  image: "debian-12",
  keepHost: false,
  letGoWithin: 1000,
  lookEvery: 1,
};
const giving =
  <T>(value: T) =>
  (): Promise<T> =>
    Promise.resolve(value);

async function cancelled(changes: Partial<CancelEffects> = {}, choice: Partial<CancelChoice> = {}) {
  const lines: string[] = [];
  const end = jest.fn(giving(undefined));
  const effects = { stopRunner: giving(true), followed: giving(undefined), canEnd: giving(true), end, ...changes };
  const failure = await cancel(effects, { ...CHOICE, ...choice }, (line) => lines.push(line)).then(
    () => undefined,
    (error: Error) => error.message,
  );
  return { lines, end, failure };
}

test("stops the runner, then ends the build, and says both", async () => {
  const { lines, end, failure } = await cancelled();
  expect(failure).toBeUndefined();
  expect(end).toHaveBeenCalledTimes(1);
  expect(lines).toEqual([
    `build ${CHOICE.build}: its runner is stopped, temporary instances and secrets are removed`,
    expect.stringContaining("is cancelled: nothing of it is left but events and logs"),
  ]);
});

test("who follows the build is waited for: two must not destroy at once", async () => {
  const order: string[] = [];
  const followers = ["ann", "ann", undefined];
  await cancelled({
    followed: () => Promise.resolve(followers.shift()).then((who) => (order.push(who ?? "nobody"), who)),
    end: () => Promise.resolve(void order.push("end")),
  });
  expect(order).toEqual(["ann", "ann", "nobody", "end"]);
});

test("fails when a follower does not let go in time", async () => {
  const { end, failure } = await cancelled({ followed: giving("being built by ann@desk") }, { letGoWithin: 20 });
  expect(failure).toBe("being built by ann@desk; interrupt it there, then cancel again");
  expect(end).not.toHaveBeenCalled();
});

test("fails at once when the build is followed but its runner is not at work: its host is still being made", async () => {
  const followed = jest.fn(giving("being built by ann@desk"));
  const { failure } = await cancelled({ stopRunner: giving(false), followed }, { letGoWithin: 60_000 });
  expect(failure).toContain("interrupt it there");
  expect(followed).toHaveBeenCalledTimes(1);
});

test("a build that nobody works on ends all the same", async () => {
  const { lines, end } = await cancelled({ stopRunner: giving(false) });
  expect(lines[0]).toContain("its runner was not at work");
  expect(end).toHaveBeenCalled();
});

test("its host stays when that is asked for", async () => {
  const { lines, end } = await cancelled({}, { keepHost: true });
  expect(end).not.toHaveBeenCalled();
  expect(lines[1]).toBe("its host stays: factory build debian-12 resumes it, cdktf destroy build-debian-12 ends it");
});

test("fails after stopping it when its Terraform state is elsewhere", async () => {
  const { end, failure } = await cancelled({ canEnd: giving(false) });
  expect(failure).toContain("is stopped, but its Terraform state is not here");
  expect(end).not.toHaveBeenCalled();
});
