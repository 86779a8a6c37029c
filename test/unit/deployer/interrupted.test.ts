import { spawn } from "node:child_process";
import { once } from "node:events";
import { Interrupted, interruptsFor, Reached, saysAborted } from "../../../deployer/interrupted";
import { isExpected } from "../../../deployer/expected-errors";

test("it ends with the status that shells tell for its signal, and is told in one line", () => {
  expect(new Interrupted("x", "SIGINT").exitStatus).toBe(130);
  expect(new Interrupted("x", "SIGTERM").exitStatus).toBe(143);
  expect(isExpected(new Interrupted("x", "SIGTERM"))).toBe(true);
});

test("SIGTERM reaches the child as an interrupt; the terminal sends Ctrl-C to it itself", () => {
  const [sent, before] = [[] as string[], process.listenerCount("SIGTERM")];
  const interrupts = interruptsFor({ kill: (signal) => sent.push(signal) });
  try {
    expect(interrupts.signal).toBeUndefined();
    process.emit("SIGTERM");
    process.emit("SIGTERM");
    expect(sent).toEqual(["SIGINT"]);
    expect(interrupts.signal).toBe("SIGTERM");
  } finally {
    interrupts.end();
  }
  const again = interruptsFor({ kill: (signal) => sent.push(signal) });
  process.emit("SIGINT");
  again.end();
  expect([again.signal, sent.length]).toEqual(["SIGINT", 1]);
  expect(process.listenerCount("SIGTERM")).toBe(before);
});

test("a child is waited for: it ends in its own order", async () => {
  const child = spawn("sh", ["-c", "trap 'exit 7' INT; echo ready; while :; do sleep 0.05; done"]);
  const interrupts = interruptsFor(child);
  await once(child.stdout, "data");
  process.emit("SIGTERM");
  const [code] = (await once(child, "close")) as [number];
  interrupts.end();
  expect(code).toBe(7);
});

test("what is said of the build is true: nothing was changed, the host was being made, or the build goes on", () => {
  const reached = new Reached();
  const text = () => reached.text("cdktf deploy build-a");
  reached.note("Synthesizing");
  expect(text()).toBe("cdktf deploy build-a: interrupted before anything was changed; run it again");
  reached.note("build-a  terraform_data.initialise (initialise): Creating...");
  expect(text()).toBe("cdktf deploy build-a: interrupted; run the same again: it goes on from here");
  reached.note("         terraform_data.run (run) (local-exec): [   61.0 s]  3 add-agent           succeeded (9.1 s)");
  expect(text()).toBe(
    "cdktf deploy build-a: interrupted; the build goes on at its host; run the same again: it goes on from here",
  );
});

test("an interrupt's echo is no error", () => {
  expect(["Error: The operation was aborted", "Synthesizing"].every(saysAborted)).toBe(true);
  expect(saysAborted("Error: no such flavor")).toBe(false);
});
