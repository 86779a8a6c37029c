/** What a build host's application credentials may do: exactly the calls of the stages, as a table. Pure. */
import type { AccessRule } from "../openstack/keystone";
import type { Service } from "../openstack/catalogue";

/**
 * What a clouds.yaml entry is needed for:
 * - `home`: the region that the image is registered and tested in
 * - `region`: a region that it is distributed to
 * - `buckets`: where artefacts and publish requests go
 */
export type Use = "home" | "region" | "buckets";

export interface AccessNeed {
  readonly service: Service;
  readonly uses: readonly Use[];
  readonly methods: readonly string[];
  /** Below the service's endpoint; `*` is one segment, `**` any. `{bucket}`, `{certificate}`: for each of them. */
  readonly path: string;
  readonly why: string;
}

const IMAGES: readonly Use[] = ["home", "region"];

export const ACCESS: readonly AccessNeed[] = [
  {
    service: "image",
    uses: IMAGES,
    methods: ["GET", "POST"],
    path: "/images",
    why: "8, 12: find what is there, register",
  },
  {
    service: "image",
    uses: IMAGES,
    methods: ["GET", "DELETE"],
    path: "/images/*",
    why: "8, 12: wait for active, remove a stub; Nova reads it for the test",
  },
  {
    service: "image",
    uses: IMAGES,
    methods: ["PUT", "GET"],
    path: "/images/*/file",
    why: "8, 12: upload; Nova reads it for the test",
  },
  // These two secrets alone: the project's others are the factory's passwords and its CA.
  {
    service: "key-manager",
    uses: IMAGES,
    methods: ["GET"],
    path: "/secrets/{certificate}",
    why: "8, 9, 12: Glance and Nova verify the image's signature in the name of whoever asked them",
  },
  {
    service: "key-manager",
    uses: IMAGES,
    methods: ["GET"],
    path: "/secrets/{certificate}/payload",
    why: "8, 9, 12: as above",
  },
  { service: "image", uses: IMAGES, methods: ["PUT"], path: "/images/*/stage", why: "8, 12: glance-direct" },
  {
    service: "image",
    uses: IMAGES,
    methods: ["POST"],
    path: "/images/*/import",
    why: "8, 12: glance-direct, web-download",
  },

  { service: "compute", uses: ["home"], methods: ["GET"], path: "/flavors/detail", why: "9: the flavor by its name" },
  { service: "compute", uses: ["home"], methods: ["POST"], path: "/servers", why: "9: the temporary instance" },
  {
    service: "compute",
    uses: ["home"],
    methods: ["GET"],
    path: "/servers/detail",
    why: "9, 14: find temporary instances",
  },
  {
    service: "compute",
    uses: ["home"],
    methods: ["GET", "DELETE"],
    path: "/servers/*",
    why: "9, 14: its state, its end",
  },
  { service: "compute", uses: ["home"], methods: ["POST"], path: "/servers/*/action", why: "9: its console log" },
  { service: "compute", uses: ["home"], methods: ["POST"], path: "/os-keypairs", why: "9: a key for this test alone" },
  { service: "compute", uses: ["home"], methods: ["DELETE"], path: "/os-keypairs/*", why: "9, 14: that key's end" },

  { service: "network", uses: ["home"], methods: ["GET", "POST"], path: "/ports", why: "9, 14: the instance's port" },
  {
    service: "network",
    uses: ["home"],
    methods: ["GET", "DELETE"],
    path: "/ports/*",
    why: "9, 14: its state, its end",
  },
  {
    service: "network",
    uses: ["home"],
    methods: ["PUT"],
    path: "/ports/*/tags",
    why: "9: tags, by which what is left is found",
  },
  // Nova asks Neutron in the name of whoever asked Nova; where it has no service token these calls are ours.
  {
    service: "network",
    uses: ["home"],
    methods: ["GET"],
    path: "/networks",
    why: "9: Nova looks at the port's network",
  },
  { service: "network", uses: ["home"], methods: ["GET"], path: "/networks/*", why: "9: as above" },
  { service: "network", uses: ["home"], methods: ["GET"], path: "/subnets", why: "9: as above" },
  { service: "network", uses: ["home"], methods: ["GET"], path: "/floatingips", why: "9: as above" },
  { service: "network", uses: ["home"], methods: ["GET"], path: "/security-groups", why: "9: as above" },
  { service: "network", uses: ["home"], methods: ["GET"], path: "/extensions", why: "9: as above" },
  { service: "network", uses: ["home"], methods: ["GET"], path: "/quotas/*", why: "9: as above" },

  // Never "/{bucket}/**": it lets through "/{bucket}/" too, which to Swift is the bucket itself with all its settings.
  {
    service: "object-store",
    uses: ["buckets"],
    methods: ["PUT", "HEAD"],
    path: "/{bucket}/*",
    why: "13: request",
  },
  {
    service: "object-store",
    uses: ["buckets"],
    methods: ["PUT", "HEAD"],
    path: "/{bucket}/*/**",
    why: "13: artefacts",
  },
];

export interface RulesInput {
  readonly uses: readonly Use[];
  /** The path of a service's endpoint URL: `/v2.1`, `/compute/v2.1`, `/v1/AUTH_abc`. */
  readonly prefix: (service: Service) => string;
  readonly buckets: readonly string[];
  /** Ids of the secrets that hold the certificate of image signatures. @default none */
  readonly certificates?: readonly string[];
}

/** The rules of one credential. */
export function accessRules({ uses, prefix, buckets, certificates = [] }: RulesInput): AccessRule[] {
  return ACCESS.filter((need) => need.uses.some((use) => uses.includes(use))).flatMap(({ service, methods, path }) => {
    const paths = each(each([path], "{bucket}", buckets), "{certificate}", certificates);
    return paths.flatMap((one) => methods.map((method) => ({ service, method, path: prefix(service) + one })));
  });
}

/** The paths with each of the values in the place of a placeholder. */
function each(paths: readonly string[], placeholder: string, values: readonly string[]): string[] {
  return paths.flatMap((path) =>
    path.includes(placeholder) ? values.map((value) => path.replace(placeholder, value)) : [path],
  );
}

/** The services that these uses need an endpoint of: the key manager's only for a certificate that lies there. */
export function servicesFor(uses: readonly Use[], certificates: readonly string[] = []): Service[] {
  const needs = ACCESS.filter((need) => need.uses.some((use) => uses.includes(use)));
  const wanted = needs.filter(({ path }) => certificates.length > 0 || !path.includes("{certificate}"));
  return [...new Set(wanted.map((need) => need.service))];
}

/** Whether a rule is one of those for certificates, whichever they were. */
export function isCertificateRule({ service, method, path }: AccessRule): boolean {
  return service === "key-manager" && method === "GET" && /\/secrets\/[0-9a-f-]{36}(\/payload)?$/.test(path);
}
