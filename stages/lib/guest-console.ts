/** What an instance's console says of how its boot went. Pure. */

/** Each of them is the end: nobody will ever get in. */
const FATAL: readonly RegExp[] = [
  /Kernel panic - not syncing.*/,
  /ALERT!.*does not exist\..*Dropping to a shell.*/,
  /You are in (emergency|rescue) mode\..*/,
  /Give root password for maintenance.*/,
  /grub rescue>.*/,
  /(No bootable device|Boot failed: not a bootable disk).*/,
];

const FINISHED = /Cloud-init v\. \S+ finished at .*/;
const RESTARTED = /reboot: Restarting system|Rebooting\.$/m;

export interface ConsoleVerdict {
  /** The line that says that this boot has failed for good. */
  readonly fatal?: string;
  /** cloud-init says that it has finished. */
  readonly finished: boolean;
}

export function consoleVerdict(text: string): ConsoleVerdict {
  const fatal = FATAL.map((pattern) => pattern.exec(text)?.[0].trim()).find((line) => line !== undefined);
  return { finished: FINISHED.test(text), ...(fatal !== undefined && { fatal }) };
}

/** What came after the last restart; nothing while the machine is still going down. */
export function sinceRestart(text: string): string {
  const [, ...after] = text.split(RESTARTED);
  return after.at(-1) ?? "";
}

/** What a terminal reads as colours and movements. */
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, "g");

/** The last words, for an error's message. */
export function lastLine(text: string): string {
  const lines = text.split("\n").map((line) => line.replace(COLOURS, "").trim());
  return lines.findLast((line) => line !== "")?.slice(0, 200) ?? "";
}
