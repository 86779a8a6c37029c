import { issue, makeAuthority } from "../../../deployer/authority";
import { parseAuthority } from "../../../deployer/authority-file";
import { certificateFacts, certificatesOf } from "../../../deployer/certificates";
import type { SshHost } from "../../../deployer/ssh";

const NOW = new Date("2026-01-31T12:00:00Z");
const REQUEST = {
  commonName: "demo-web-server",
  dnsNames: ["demo-web-server", "www.example.org"],
  addresses: ["10.60.1.7"],
};

async function certificates(): Promise<{ readonly ca: string; readonly leaf: string }> {
  const authority = parseAuthority(await makeAuthority("demo", NOW), "test", NOW);
  return { ca: authority.certificate, leaf: (await issue(authority, REQUEST, NOW)).certificate };
}

test("a certificate tells whom it is for and how long it lasts", async () => {
  const { leaf } = await certificates();
  const later = new Date(NOW.getTime() + 61 * 24 * 3600_000 + 1000);
  expect(certificateFacts("web", leaf, later, false)).toEqual([
    {
      name: "web",
      serial: expect.stringMatching(/^[4-7][0-9A-F]{31}$/) as string,
      subject: "CN=demo-web-server",
      names: ["demo-web-server", "www.example.org", "10.60.1.7"],
      expires: "2026-05-01T12:00:00.000Z",
      daysLeft: 28,
    },
  ]);
  expect(certificateFacts("web", leaf, new Date("2026-05-01T12:00:01Z"), false)[0]?.daysLeft).toBe(-1);
});

test("a node's certificates are told apart from those of the CAs that it trusts", async () => {
  const { ca, leaf } = await certificates();
  const host = {
    asRoot: () => Promise.resolve(`== ca.pem\n${ca}== a b.pem\n${leaf}== empty.pem\n== notes.pem\nhello\n`),
  };
  expect((await certificatesOf(host as unknown as SshHost, NOW)).map(({ name }) => name)).toEqual(["a b"]);
  expect(certificateFacts("ca", ca + leaf, NOW, true).map(({ subject }) => subject)).toEqual([
    "CN=CA of factory demo, OU=made 2026-01-31",
  ]);
});

test("a node without certificates has none", async () => {
  expect(await certificatesOf({ asRoot: () => Promise.resolve("") } as unknown as SshHost)).toEqual([]);
});
