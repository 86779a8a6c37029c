import { consoleVerdict, lastLine, sinceRestart } from "../../../../stages/lib/guest-console";

test.each([
  [
    "[    2.1] Kernel panic - not syncing: No working init found.",
    "Kernel panic - not syncing: No working init found.",
  ],
  ["You are in emergency mode. After logging in, type", "You are in emergency mode. After logging in, type"],
  ["ALERT!  UUID=1 does not exist.  Dropping to a shell!", "ALERT!  UUID=1 does not exist.  Dropping to a shell!"],
  ["error: no such device\r\ngrub rescue> ", "grub rescue>"],
])("%j ends the wait", (text, fatal) => {
  expect(consoleVerdict(`Booting\n${text}\n`)).toEqual({ finished: false, fatal });
});

test("a boot that goes well: not finished, then finished", () => {
  const text = "[  OK  ] Reached target Multi-User System\n";
  expect(consoleVerdict(text)).toEqual({ finished: false });
  expect(consoleVerdict(`${text}[ 80.1] cloud-init[500]: Cloud-init v. 22.4.2 finished at Mon, 01 Jan`)).toEqual({
    finished: true,
  });
});

test("what was before a restart is not about the boot after it", () => {
  const text = "Cloud-init v. 22.4.2 finished at X\n[  99.0] reboot: Restarting system\nBooting\n";
  expect(consoleVerdict(sinceRestart(text))).toEqual({ finished: false });
  const goingDown = "Cloud-init v. 22.4.2 finished at X\nStopping sshd\n";
  expect(consoleVerdict(sinceRestart(goingDown))).toEqual({ finished: false });
});

test("last words without colours", () => {
  expect(lastLine("a\n\u001b[0;32mLoading\u001b[0m initrd\r\n\n")).toBe("Loading initrd");
  expect(lastLine("")).toBe("");
});
