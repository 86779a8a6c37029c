import { isLockedLine, lockedLine, lockFailure } from "../../../../deployer/states/lock-message";

const info = [
  "Lock Info:",
  "  ID:        5c1e",
  "  Path:      bucket/demo/factory.tfstate",
  "  Operation: OperationTypeApply",
  "  Who:       ann@shell",
  "  Version:   1.11.4",
  "  Created:   2026-11-23 08:51:08.638600012 +0000 UTC",
  "  Info:",
  "Terraform acquires a state lock to protect the state from being written",
];
const error = (...message: string[]): string[] => [
  "Error: Error acquiring the state lock",
  "Error message: " + message[0],
  ...message.slice(1),
  ...info,
];

test("S3's lock file says whose it is", () => {
  const line = lockFailure("s3", "factory", error("operation error S3: PutObject,", "StatusCode: 412"));
  expect(line).toBe(
    "the state of stack factory is locked by ann@shell since 2026-11-23T08:51:08Z (apply); wait for it, or if that process is gone: npx factory state unlock factory 5c1e",
  );
});

test("a database's and an HTTP server's lock is not said to be our own, as Terraform has it", () => {
  const pg = lockFailure("postgres", "factory", error("Workspace is already locked: default"));
  const http = lockFailure("http", "factory", error("HTTP remote state already locked:", "ID=77"));
  expect(`${pg} ${http}`).not.toContain("ann");
  expect(pg).toMatch(/locked by another process, as long as that runs/);
  expect(http).toMatch(/locked by another process.*npx factory state unlock factory 77$/);
});

test("a storage without conditional writes is named", () => {
  const line = lockFailure("s3", "factory", [
    "Error: Error acquiring the state lock",
    "Error message: operation error S3: PutObject, https response error",
    "StatusCode: 501, api error NotImplemented: Conditional",
    "object PUTs are not supported.",
    "Terraform acquires a state lock",
  ]);
  expect(line).toMatch(/can not be locked: its object storage has no conditional writes .*docs\/state\.md$/);
});

test("any other reason is told as it is, on one line", () => {
  const lines = [
    "Error: Error acquiring the state lock",
    "Error message: AccessDenied:",
    "not for you",
    "OpenTofu acquires",
  ];
  expect(lockFailure("s3", "factory", lines)).toBe(
    "the state of stack factory could not be locked: AccessDenied: not for you",
  );
  expect(lockFailure("s3", "factory", ["Error: x"])).toBe("the state of stack factory could not be locked: Error: x");
});

test("our own line is known among Terraform's", () => {
  const line = lockedLine({ stack: "factory", holder: "ann@shell since 2026", id: "1" });
  expect(isLockedLine(`factory: ${line}`)).toBe(true);
  expect(isLockedLine("factory: the state is fine")).toBe(false);
});
