import { publisherUserData } from "../../../cloud-init/publisher";
import { webServerUserData } from "../../../cloud-init/web-server";
import { fileOf, nodeValues, read } from "./all-roles";

const shared = { address: "10.0.0.9", ownAddress: "10.0.0.7", peerAddress: "10.0.0.8", priority: 101 };
const web = (more: object = {}) => read(webServerUserData({ ...nodeValues, ...more }));
const SITE = "/etc/nginx/conf.d/factory.conf";

test("nginx starts with its key alone, which is not on the disk in clear", () => {
  const unit = fileOf(web(), "/etc/systemd/system/nginx.service.d/factory.conf");
  expect(unit).toContain("ConditionPathExists=/etc/credstore.encrypted/web-key");
  expect(fileOf(web(), SITE)).toContain("ssl_certificate_key /run/credentials/nginx.service/web-key;");
});

test("nothing of a visitor's request but the object's name gets to the object storage", () => {
  const site = fileOf(web(), SITE);
  for (const line of ["proxy_pass_request_headers off;", "proxy_pass_request_body off;", 'set $args "";'])
    expect(site).toContain(line);
  expect(site).toMatch(/\$request_method !~ \^\(GET\|HEAD\)\$/);
});

test("what may change is asked about at once: a file and its signature are of the same publication", () => {
  const site = fileOf(web(), SITE);
  expect(site).toMatch(/proxy_cache_valid 200 206 1s;/);
  expect(site).toContain("proxy_cache_revalidate on;");
});

test("old TLS is refused, and every header that browsers protect themselves by is sent with errors too", () => {
  const site = fileOf(web(), SITE);
  expect(site).toContain("ssl_protocols TLSv1.2 TLSv1.3;");
  const headers = site.split("\n").filter((line) => line.trim().startsWith("add_header"));
  expect(headers.map((line) => line.trim().split(" ")[1])).toEqual([
    "Strict-Transport-Security",
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Cache-Control",
  ]);
  expect(headers.filter((line) => !line.endsWith(" always;"))).toEqual([]);
});

test("nothing stands outside of its servers that Debian's own nginx.conf says for all: twice is an error", () => {
  const outside = fileOf(web(), SITE)
    .split("\n")
    .filter((line) => /^[a-z]/.test(line))
    .map((line) => line.split(" ")[0]);
  expect(outside).toContain("limit_req_zone");
  const debians = ["access_log", "default_type", "gzip", "sendfile", "ssl_prefer_server_ciphers", "ssl_protocols"];
  for (const directive of [...debians, "error_log", "tcp_nopush", "types_hash_max_size"])
    expect(outside).not.toContain(directive);
});

test("pages load what is in files of this site alone; test reports have their own style and no script", () => {
  const site = fileOf(web(), SITE);
  expect(site).toContain(`"default-src 'none'; $sources; img-src 'self'; font-src 'self'; base-uri 'none';`);
  const [, map = ""] = /map \$uri \$sources \{\n([^}]*)\}/.exec(site) ?? [];
  expect(map.trim().split(/\n\s*/)).toEqual([
    `default "style-src 'self'; script-src 'self'";`,
    String.raw`~^/images/.*/test/[^/]*\.html$ "style-src 'unsafe-inline'";`,
  ]);
});

test("one of a pair speaks to the other alone, and holds the address only while it serves", () => {
  const config = fileOf(web({ shared }), "/etc/keepalived/keepalived.conf");
  expect(config).toMatch(/unicast_src_ip 10\.0\.0\.7\n\s+unicast_peer \{\n\s+10\.0\.0\.8\n\s+\}/);
  expect(config).toMatch(/virtual_ipaddress \{\n\s+10\.0\.0\.9\/32\n/);
  expect(config).toMatch(/track_script \{\n\s+serves\n/);
  expect(config).toContain("nopreempt");
});

test("a single server shares nothing, and none believes what a visitor says of his address", () => {
  const paths = web().write_files.map(({ path }) => path);
  expect(paths.filter((path) => path.includes("keepalived") || path.endsWith("listen.conf"))).toEqual([]);
});

test("behind a load balancer visitors' addresses are taken from it alone", () => {
  const listen = fileOf(web({ balancedFrom: "10.0.0.0/24" }), "/etc/factory/web/listen.conf");
  expect(listen).toBe(
    "listen 8443 ssl http2 proxy_protocol default_server;\nset_real_ip_from 10.0.0.0/24;\nreal_ip_header proxy_protocol;\n",
  );
});

test("the publisher's check runs as nobody in particular, with its credential and nothing else", () => {
  const role = read(publisherUserData(nodeValues));
  const unit = fileOf(role, "/etc/systemd/system/factory-publisher-check.service");
  for (const line of ["DynamicUser=yes", "ProtectSystem=strict", "CapabilityBoundingSet="])
    expect(unit.split("\n")).toContain(line);
  expect(unit).toContain("LoadCredentialEncrypted=publisher-cloud:/etc/credstore.encrypted/publisher-cloud");
});

test("the publisher's command has its credentials while it runs, and says how the missing one is made", () => {
  const role = read(publisherUserData(nodeValues));
  const command = fileOf(role, "/usr/local/sbin/factory");
  for (const name of ["publisher-cloud", "publisher-key", "publisher-clouds"])
    expect(command).toContain(`--property="$(given ${name})"`);
  expect(command).toContain("systemd-creds encrypt --name=publisher-clouds");
  expect(command).toContain('/usr/bin/node /usr/local/lib/factory/publisher.js "$@"');
});
