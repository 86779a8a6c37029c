import { parseUnitState } from "../../../../stages/lib/follow";
import { parseKeys, whyUnusable } from "../../../../stages/lib/gpg";
import { loopsBelow, mountsBelow } from "../../../../stages/lib/tidy";
import { cloudInitVerdict } from "../../../../stages/lib/instance-wait";

describe("what a killed builder left", () => {
  test("mounts below a directory, the deepest first", () => {
    const mounts = [
      "/dev/vda1 / ext4 rw 0 0",
      "tmpfs /srv/scratch/b1/work/tmp/mnt tmpfs rw 0 0",
      "proc /srv/scratch/b1/work/tmp/mnt/proc proc rw 0 0",
      "proc /srv/scratch/b1/work/with\\040space/proc proc rw 0 0",
      "proc /srv/scratch/b10/work proc rw 0 0",
    ].join("\n");
    expect(mountsBelow("/srv/scratch/b1", mounts)).toEqual([
      "/srv/scratch/b1/work/tmp/mnt/proc",
      "/srv/scratch/b1/work/with space/proc",
      "/srv/scratch/b1/work/tmp/mnt",
    ]);
  });

  test("loop devices of this build only", () => {
    const json = JSON.stringify({
      loopdevices: [
        { name: "/dev/loop3", "back-file": "/srv/scratch/b1/work/image.raw" },
        { name: "/dev/loop4", "back-file": "/srv/scratch/b2/work/image.raw" },
        { name: "/dev/loop5", "back-file": null },
      ],
    });
    expect(loopsBelow("/srv/scratch/b1", json)).toEqual(["/dev/loop3"]);
    expect(loopsBelow("/srv/scratch/b1", "")).toEqual([]);
  });
});

describe("the unit's state", () => {
  test("running, waiting for its turn, ended, never started", () => {
    const text = (state: string, job = ""): string =>
      `ActiveState=${state}\nResult=exit-code\nExecMainStatus=1\nInvocationID=abc\n${job}`;
    expect(parseUnitState(text("active"))).toEqual({ active: true, result: "exit-code", status: 1, invocation: "abc" });
    expect(parseUnitState(text("deactivating")).active).toBe(true);
    expect(parseUnitState(text("inactive", "Job=77\n")).active).toBe(true);
    expect(parseUnitState(text("failed")).active).toBe(false);
    expect(parseUnitState("ActiveState=inactive\nResult=success\nExecMainStatus=0\nInvocationID=\n")).toEqual({
      active: false,
      result: "success",
      status: 0,
      invocation: "",
    });
  });
});

describe("signing keys", () => {
  const fingerprint = "A".repeat(40);
  const key = (validity: string, capabilities: string): string =>
    `pub:${validity}:255:22:AAAAAAAAAAAAAAAA:1700000000:::u:::${capabilities}:::::ed25519:::0:\nfpr:::::::::${fingerprint}:\nsub:u:255:22:BB:1:::::s:\nfpr:::::::::${"B".repeat(40)}:\n`;

  test("one that can sign", () => {
    expect(whyUnusable(parseKeys(key("u", "scSC")), fingerprint)).toBeUndefined();
  });

  test.each([
    ["r", "sc", "is revoked"],
    ["e", "sc", "has expired"],
    ["u", "cC", "cannot sign (capabilities: cC)"],
  ])("validity %s, capabilities %s: %s", (validity, capabilities, why) => {
    expect(whyUnusable(parseKeys(key(validity, capabilities)), fingerprint)).toContain(why);
  });

  test("another one than the plan names", () => {
    expect(whyUnusable(parseKeys(key("u", "scSC")), "C".repeat(40))).toContain(`it is ${fingerprint}`);
  });
});

describe("cloud-init's verdict", () => {
  test.each([
    [0, "status: done\ntime: x\n", "done"],
    [0, "status: running\n", undefined],
    [0, "status: not run\n", undefined],
  ])("%i %j", (code, text, verdict) => {
    expect(cloudInitVerdict(code, text)).toBe(verdict);
  });

  test.each([
    [2, "status: done\nextended_status: degraded done\n", "recoverable errors"],
    [1, "status: error\ndetail: boom\n", 'reports "error": status: error detail: boom'],
    [0, "status: disabled\n", 'reports "disabled"'],
    [1, "", "could not be asked"],
  ])("%i %j is a failure that says: %s", (code, text, said) => {
    expect(cloudInitVerdict(code, text)).toEqual({ failed: expect.stringContaining(said) as string });
  });
});
