import { jumpHostUserData } from "../../../cloud-init/roles";
import { fileOf, nodeValues, read } from "./all-roles";

const role = read(jumpHostUserData({ ...nodeValues, networks: ["10.0.0.0/24", "10.0.1.0/24"] }));
const firewall = fileOf(role, "/etc/factory/firewall.nft");

test("it lets in SSH, and iperf3 from the factory's networks, and nothing else", () => {
  expect(firewall).toContain("type filter hook input priority filter; policy drop;");
  const ports = [
    ...firewall.slice(firewall.indexOf("chain input")).matchAll(/(tcp|udp) dport (\S+) (accept|jump ssh)/g),
  ];
  expect(ports.map(([, protocol, port]) => `${protocol} ${port}`)).toEqual(["udp 68", "tcp 22", "tcp 5201"]);
  expect(firewall).toContain("ip saddr @nodes tcp dport 5201 accept");
});

test("a source that opens connections too fast waits", () => {
  expect(firewall).toContain("add @sources { ip saddr limit rate over 120/minute burst 120 packets } counter drop");
});

test("people get to SSH and HTTPS of the factory's networks and nowhere else", () => {
  expect(firewall).toContain("elements = { 10.0.0.0/24, 10.0.1.0/24 }");
  expect(firewall).toMatch(/chain people \{\s+ip daddr @nodes tcp dport \{ 22, 443 \} accept\s+counter reject\s+\}/);
});

test("sshd forwards connections only, no ports towards the client, no sockets, and tells where to", () => {
  const sshd = fileOf(role, "/etc/ssh/sshd_config.d/20-jump-host.conf");
  for (const setting of [
    "AllowTcpForwarding local",
    "PermitOpen *:22 *:443",
    "AllowStreamLocalForwarding no",
    "GatewayPorts no",
    "LogVerbose serverloop.c:server_request_direct_tcpip():*",
  ])
    expect(sshd.split("\n")).toContain(setting);
});

test("what sshd says is kept on disk, with a bound", () => {
  const journal = fileOf(role, "/etc/systemd/journald.conf.d/factory.conf");
  expect(journal).toMatch(/Storage=persistent\nSystemMaxUse=1G\nMaxRetentionSec=90day\n/);
});
