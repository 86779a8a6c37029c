import { publisherRules } from "../../../deployer/publisher-credential";

const buckets = { requests: "q", staging: "s", release: "r" };
const lines = publisherRules("/v1/AUTH_p", buckets).map(({ method, path }) => `${method} ${path}`);

test("it writes objects of release alone, and reads and lists all three", () => {
  expect(lines.filter((line) => /^(PUT|DELETE)/.test(line)).sort()).toEqual([
    "DELETE /v1/AUTH_p/r/*",
    "DELETE /v1/AUTH_p/r/*/**",
    "PUT /v1/AUTH_p/r/*",
    "PUT /v1/AUTH_p/r/*/**",
  ]);
  for (const bucket of ["q", "s", "r"])
    expect(lines).toEqual(expect.arrayContaining([`GET /v1/AUTH_p/${bucket}`, `GET /v1/AUTH_p/${bucket}/*/**`]));
});

test("no rule lets a bucket itself be changed: a path that ends in a slash is one to Swift", () => {
  // as Keystone's middleware reads them: * is one segment, ** anything, also nothing
  const matches = (path: string) => (line: string) =>
    new RegExp(`^PUT ${line.slice(4).replaceAll("**", "\0").replaceAll("*", "[^/]+").replaceAll("\0", ".*")}$`).test(
      path,
    );
  for (const path of ["PUT /v1/AUTH_p/r", "PUT /v1/AUTH_p/r/", "PUT /v1/AUTH_p/r//"])
    expect(lines.filter((line) => line.startsWith("PUT")).filter(matches(path))).toEqual([]);
});

test("nothing but the object storage is asked", () => {
  expect(new Set(publisherRules("", buckets).map(({ service }) => service))).toEqual(new Set(["object-store"]));
});
