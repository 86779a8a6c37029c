import { interestingLine, type LineMemory } from "../../../deployer/cdktf-output";

function shown(lines: readonly string[], verbose = false): string[] {
  const memory: LineMemory = { error: "none" };
  return lines.flatMap((line) => interestingLine(line, "build-debian-12", { verbose, memory }) ?? []);
}

test("what our own commands say is shown without anybody's prefix", () => {
  const clear = "\u001b[2K\u001b[1A\u001b[2K\u001b[G";
  const lines = [
    `${clear}build-debian-12  terraform_data.run (run): Provisioning with 'local-exec'...`,
    `                 terraform_data.run (run) (local-exec): Executing: ["/bin/sh" "-c" "node bin/factory internal attach"]`,
    `${clear}build-debian-12  terraform_data.run (run) (local-exec): [   12.3 s]  7 build-image         started`,
    "                 terraform_data.run (run) (local-exec):           test: still running, 60 s",
    "1 Stack deploying     0 Stacks done     0 Stacks waiting",
    "",
  ];
  expect(shown(lines)).toEqual(["[   12.3 s]  7 build-image         started", "          test: still running, 60 s"]);
});

test("resources are told when they are done", () => {
  const lines = [
    "build-debian-12  openstack_compute_instance_v2.build-host_1 (build-host/build-host/Resource): Still creating... [10s elapsed]",
    "build-debian-12  openstack_compute_instance_v2.build-host_1 (build-host/build-host/Resource): Creation complete after 35s [id=9328]",
    "build-debian-12  openstack_blockstorage_volume_v3.scratch_1 (build-host/scratch): Destruction complete after 3s",
  ];
  expect(shown(lines)).toEqual(["made build-host/build-host (35s)", "removed build-host/scratch (3s)"]);
});

test("an error of Terraform's is shown whole, to its end", () => {
  const lines = [
    "build-debian-12  ╷",
    "                 │ Error: Error creating openstack_networking_port_v2",
    "                 │ ",
    "                 │   quota exceeded",
    "                 ╵",
    "1 Stack deploying     0 Stacks done     0 Stacks waiting",
    "Invoking Terraform CLI failed with exit code 1",
  ];
  expect(shown(lines)).toEqual(["Error: Error creating openstack_networking_port_v2", "  quota exceeded"]);
});

test("a failure that our own command has told is not told again", () => {
  const lines = [
    "build-debian-12  terraform_data.run (run) (local-exec): factory: stage 9 test failed: no SSH",
    "build-debian-12  Error: local-exec provisioner error",
    "                 with terraform_data.run (run),",
    "                 Error running command 'node bin/factory internal attach': exit status 1. Output:",
    "                 factory: stage 9 test failed: no",
    "                 SSH",
    "",
    "0 Stacks deploying     1 Stack done     0 Stacks waiting",
    "build-debian-12  openstack_x.y (y): Creation complete after 1s [id=1]",
  ];
  expect(shown(lines)).toEqual(["factory: stage 9 test failed: no SSH", "made y (1s)"]);
});

test("an error about the state's lock is kept for the one line that it comes to", () => {
  const memory: LineMemory = { error: "none" };
  const lines = [
    "factory  ╷",
    "         │ Error: Error acquiring the state lock",
    "         │ ",
    "         │ Error message: operation error S3",
    "         │   Who:       ann@shell",
    "         ╵",
  ];
  const text = lines.flatMap((line) => interestingLine(line, "factory", { verbose: false, memory }) ?? []);
  expect(text).toEqual([]);
  expect(memory.lock).toEqual([
    "Error: Error acquiring the state lock",
    "Error message: operation error S3",
    "  Who:       ann@shell",
  ]);
});

test("where the bridge has told who holds the lock, Terraform's guess is not kept", () => {
  const memory: LineMemory = { error: "none" };
  const told = "factory: the state of stack factory is locked by ann@shell since …";
  for (const line of [
    `factory  ${told}`,
    "         │ Error: Error acquiring the state lock",
    "         │   Who: me@here",
  ])
    interestingLine(line, "factory", { verbose: false, memory });
  expect(memory.lock).toEqual([told]);
});

test("on request everything is shown", () => {
  expect(shown(["build-debian-12  Initializing the backend..."], true)).toEqual(["Initializing the backend..."]);
});
