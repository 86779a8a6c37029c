import { sshError } from "../../../deployer/ssh-error";

test.each([
  ["ssh: connect to host 10.0.0.9 port 22: Connection refused", "refused", true],
  ["ssh: connect to host 10.0.0.9 port 22: Connection timed out", "unreachable", true],
  ["ssh: connect to host 10.0.0.9 port 22: No route to host", "unreachable", true],
  ["Connection closed by UNKNOWN port 65535", "unreachable", true],
  ["debian@10.0.0.9: Permission denied (publickey).", "auth", false],
  [
    "No ED25519 host key is known for abc and you have requested strict checking.\nHost key verification failed.",
    "host-key",
    false,
  ],
  ["client_loop: send disconnect: Broken pipe", "lost", true],
  ["", "lost", true],
])("%j is %s", (stderr, failureClass, passing) => {
  expect(sshError("node", stderr)).toMatchObject({ failureClass, passing });
});

test("is one line with the last thing that ssh said", () => {
  const stderr =
    "@@@@@@@@\n@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\n@@@@@@@@\nHost key verification failed.\n";
  const { message } = sshError("node", stderr);
  expect(message).toMatch(/^ssh node: it shows another host key .* \(Host key verification failed\.\)$/);
  expect(message).not.toContain("\n");
});
