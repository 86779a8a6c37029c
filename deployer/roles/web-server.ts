/** What a web server is handed over: its certificate, and where the bucket is that it shows. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { names } from "../../model/naming";
import { list, type FloatingIp } from "../../openstack/neutron";
import { CERTIFICATES } from "../certificate-files";
import type { Deployment } from "../deployment";
import { releasedUrl } from "../released";
import { messageOf, UserError } from "../user-error";
import type { Certificate, Handover, NodeFile, RoleContext } from "./role";

const DIRECTORY = "/etc/factory/web";
const STORAGE_CA = `${DIRECTORY}/storage-ca.crt`;
const SYSTEM_CA = "/etc/ssl/certs/ca-certificates.crt";

export async function webHandover(context: RoleContext): Promise<Handover> {
  const { deployment, authority } = context;
  const [{ certificate, privateKey }, ca, released] = await Promise.all([
    certificateOf(context),
    authority(),
    releasedUrl(deployment),
  ]);
  const storageCa = deployment.project("production").trusted;
  const files: NodeFile[] = [
    { path: `${CERTIFICATES}/web.pem`, content: certificate },
    // what the node checks itself with
    { path: `${DIRECTORY}/ca.crt`, content: `${ca.certificate}\n${certificate}` },
    { path: `${DIRECTORY}/name`, content: `${nameIn(certificate)}\n` },
    { path: `${DIRECTORY}/released.url`, content: `${released}\n` },
    {
      path: `${DIRECTORY}/released.conf`,
      content: proxyTo(released, storageCa === undefined ? SYSTEM_CA : STORAGE_CA),
    },
    ...(storageCa === undefined ? [] : [{ path: STORAGE_CA, content: storageCa }]),
  ];
  return { credentials: [{ name: "web-key", content: privateKey }], files, restart: ["nginx.service"] };
}

/** The lines of nginx that lead to the bucket. Pure. */
export function proxyTo(released: string, trusted: string): string {
  const { protocol, hostname } = new URL(released);
  const tls =
    protocol === "https:"
      ? [
          "proxy_ssl_server_name on;",
          `proxy_ssl_name ${hostname};`,
          "proxy_ssl_verify on;",
          "proxy_ssl_verify_depth 4;",
          `proxy_ssl_trusted_certificate ${trusted};`,
        ]
      : [];
  return [`proxy_pass ${released}/;`, ...tls, ""].join("\n");
}

/** The user's own, or one of the factory's CA for every name and address that the site has. */
async function certificateOf({ deployment, node, secrets, authority }: RoleContext): Promise<Certificate> {
  const { config } = deployment;
  if (config.secrets.webCertificate !== undefined) return splitCertificate(await secrets.get("webCertificate"));
  const site = names.web(config.factory);
  const address = await siteAddress(deployment);
  const own = [node.name, `${node.name}.${names.domain(config.factory)}`];
  return (await authority()).issue({
    commonName: site,
    dnsNames: [...new Set([site, ...(config.webServer.names ?? []), ...own])],
    addresses: [...new Set([address.floating_ip_address, address.fixed_ip_address ?? node.address, node.address])],
  });
}

/** A name that a certificate holds for. Throws a UserError when there is none. */
function nameIn(certificate: string): string {
  const name = /DNS:([^,\s]+)/.exec(new X509Certificate(certificate).subjectAltName ?? "")?.[1];
  if (name === undefined) throw new UserError("the web site's certificate holds for no DNS name");
  return name.replace("*", "web");
}

/** The site's public address, and the one behind it. Throws a UserError when there is none, or several. */
async function siteAddress(deployment: Deployment): Promise<FloatingIp> {
  const session = deployment.project("services");
  const description = names.webAddress(deployment.config.factory);
  const [found, other] = await list(session, "floatingips", { fields: { description } });
  if (found && !other) return found;
  throw new UserError(
    `${session.cloud}: there ${other ? "are several public addresses" : "is no public address"} described as "${description}"; deploy the factory again`,
  );
}

/** PEM with certificates and one private key, taken apart. Throws a UserError when it is something else. */
export function splitCertificate(pem: string): Certificate {
  const blocks = pem.match(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]+?-----END \1-----/g) ?? [];
  const certificates = blocks.filter((block) => block.startsWith("-----BEGIN CERTIFICATE-----"));
  const [key, another] = blocks.filter((block) => /^-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/.test(block));
  const [leaf] = certificates;
  const wrong = (what: string): UserError => new UserError(`factory.yaml: secrets.webCertificate: ${what}`);
  if (leaf === undefined || key === undefined || another !== undefined)
    throw wrong("must hold the certificate, those above it, and one private key without a passphrase, as PEM");
  try {
    if (!new X509Certificate(leaf).checkPrivateKey(createPrivateKey(key)))
      throw wrong("the private key is not that of the first certificate");
  } catch (error) {
    throw error instanceof UserError ? error : wrong(messageOf(error));
  }
  return { certificate: `${certificates.join("\n")}\n`, privateKey: `${key}\n` };
}
