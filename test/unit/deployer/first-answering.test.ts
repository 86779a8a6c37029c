import { firstAnswering } from "../../../deployer/first-answering";
import { SshError } from "../../../deployer/ssh-error";
import { UserError } from "../../../deployer/user-error";

const down = new SshError("unreachable", "ssh a: it can not be reached");
const candidate = (name: string, error?: Error) => ({
  name,
  open: jest.fn(() => (error ? Promise.reject(error) : Promise.resolve(name))),
});

test("the first is taken when it answers, and no other is asked", async () => {
  const second = candidate("b");
  expect(await firstAnswering([candidate("a"), second], () => undefined)).toBe("a");
  expect(second.open).not.toHaveBeenCalled();
});

test.each([
  ["can not be reached", down],
  ["is stopped", new UserError("a: is SHUTOFF")],
])("one that %s is passed over, and that is told", async (_, error) => {
  const said: string[] = [];
  expect(await firstAnswering([candidate("a", error), candidate("b")], (line) => said.push(line))).toBe("b");
  expect(said).toEqual(["a: does not answer, it is passed over"]);
});

test("none answers: all of them and why, in one line", async () => {
  const all = [candidate("a", down), candidate("b", new UserError("b: is SHUTOFF"))];
  await expect(firstAnswering(all, () => undefined)).rejects.toThrow(
    new UserError("none of a, b answers: ssh a: it can not be reached; b: is SHUTOFF"),
  );
});

test.each([
  ["another host key", new SshError("host-key", "ssh a: it shows another host key")],
  ["a refused key", new SshError("auth", "ssh a: it does not take the factory's key")],
  ["a bug", new TypeError("x is undefined")],
])("%s is no outage: nobody else is asked", async (_, error) => {
  const second = candidate("b");
  await expect(firstAnswering([candidate("a", error), second], () => undefined)).rejects.toBe(error);
  expect(second.open).not.toHaveBeenCalled();
});
