import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { candidates, readCloudsFile, sessionOptions } from "../../../openstack/clouds-file";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "clouds-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): string => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
};
const options = (text: string, cloud = "build", region?: string): ReturnType<typeof sessionOptions> => {
  const file = write("clouds.yaml", text);
  return sessionOptions(readCloudsFile({ OS_CLIENT_CONFIG_FILE: file }), cloud, region);
};

const PASSWORD = `
clouds:
  build:
    region_name: RegionOne
    auth:
      auth_url: http://127.0.0.1:5000/v3
      username: builder
      password: 012345
      project_name: build
      user_domain_name: Default
      project_domain_id: default
    verify: false
`;

test("password: names with their domains, a password of digits as it is written", () => {
  expect(options(PASSWORD)).toEqual({
    cloud: "build",
    region: "RegionOne",
    interface: "public",
    tls: { insecure: true, ca: undefined },
    auth: {
      kind: "password",
      authUrl: "http://127.0.0.1:5000/v3",
      user: { name: "builder", domain: { name: "Default" } },
      password: "012345",
      project: { name: "build", domain: { id: "default" } },
    },
  });
});

test("the region asked for wins over the entry's", () => {
  expect(options(PASSWORD, "build", "RegionTwo").region).toBe("RegionTwo");
});

test("application credential, its secret from secure.yaml", () => {
  write("secure.yaml", "clouds: { build: { auth: { application_credential_secret: s3cret } } }");
  const { auth } = options(`
clouds:
  build:
    auth_type: v3applicationcredential
    interface: internal
    auth: { auth_url: "https://keystone.example.org", application_credential_id: abc }
`);
  expect(auth).toEqual({
    kind: "applicationCredential",
    authUrl: "https://keystone.example.org",
    applicationCredentialId: "abc",
    applicationCredentialSecret: "s3cret",
  });
});

describe("one line that names file and entry", () => {
  test.each([
    ["unknown entry", PASSWORD, "prod", /clouds\.yaml: no entry "prod" under "clouds:"; there are: build$/],
    ["no password", PASSWORD.replace(/.*password: 0.*\n/, ""), "build", /clouds\.build\.auth\.password is missing$/],
    [
      "no project",
      PASSWORD.replace(/.*project_name.*\n/, ""),
      "build",
      /clouds\.build\.auth\.project_name \(or project_id\) is missing$/,
    ],
    ["no auth", "clouds: { build: { region_name: x } }", "build", /clouds\.build\.auth is missing$/],
    [
      "other kinds of auth",
      "clouds: { build: { auth_type: v3token, auth: {} } }",
      "build",
      /auth_type: "v3token" is not supported; use password/,
    ],
    [
      "interface",
      "clouds: { build: { interface: x, auth: {auth_url: a, application_credential_id: b, application_credential_secret: c} } }",
      "build",
      /interface: "x" is none of public/,
    ],
    ["no clouds", "cloud: {}", "build", /clouds\.yaml: there is no "clouds:"/],
    ["entry that is none", "clouds: { build: hello }", "build", /clouds\.build is no mapping$/],
  ])("%s", (_, text, cloud, message) => {
    expect(() => options(text, cloud)).toThrow(message);
  });

  test("broken YAML, without the line that may hold a password", () => {
    const broken = "clouds:\n  build:\n    auth: {password: topsecret\n  x: [\n";
    expect(() => options(broken)).toThrow(/^\S+clouds\.yaml: can not be read: /);
    try {
      options(broken);
    } catch (error) {
      expect((error as Error).message).not.toMatch(/topsecret|\n/);
    }
  });

  test("no file anywhere", () => {
    expect(() => readCloudsFile({ OS_CLIENT_CONFIG_FILE: "/nonexistent/clouds.yaml" })).toThrow(
      "no clouds.yaml: looked for /nonexistent/clouds.yaml; set OS_CLIENT_CONFIG_FILE to its path",
    );
  });
});

test("the places that are looked at, in order", () => {
  expect(candidates({ HOME: "/home/u" }, "/checkout/here").filter((file) => file.endsWith(".yaml"))).toEqual([
    "/checkout/here/clouds.yaml",
    "/home/u/.config/openstack/clouds.yaml",
    "/etc/openstack/clouds.yaml",
  ]);
});

test("where the file is named nobody's home is asked for: a unit's passing user has none", () => {
  const homedir = jest.spyOn(os, "homedir").mockImplementation(() => {
    throw new Error("uv_os_homedir returned ENOENT");
  });
  expect(candidates({ OS_CLIENT_CONFIG_FILE: "/run/credentials/u/clouds" })).toEqual(["/run/credentials/u/clouds"]);
  homedir.mockRestore();
});
