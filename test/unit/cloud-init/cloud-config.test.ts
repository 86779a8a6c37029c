import { Token } from "cdktf";
import { fillRole, mergeRoles, renderUserData, USER_DATA_LIMIT } from "../../../cloud-init/cloud-config";

describe("fillRole", () => {
  test("puts values into strings, wherever they stand", () => {
    expect(fillRole("x", 'mounts: [["{{ a }}:/b", "{{a}}"]]', { a: "1" })).toEqual({ mounts: [["1:/b", "1"]] });
  });

  test("a value cannot change the document's structure", () => {
    expect(fillRole("x", 'packages: ["{{ a }}"]', { a: 'b"]\nruncmd: [evil' })).toEqual({
      packages: ['b"]\nruncmd: [evil'],
    });
  });

  test("fails for a placeholder without a value, naming file and placeholder", () => {
    expect(() => fillRole("x", 'packages: ["{{ a }}"]', {})).toThrow("cloud-init/roles/x.yaml: no value for {{ a }}");
  });

  test("fails for a value that nothing uses", () => {
    expect(() => fillRole("x", "runcmd: []", { a: "1" })).toThrow('nothing uses the value "a"');
  });

  test("fails for a key that is given twice, which cloud-init lets pass", () => {
    expect(() => fillRole("x", "runcmd: []\nruncmd: []", {})).toThrow("Map keys must be unique");
  });
});

describe("mergeRoles", () => {
  test("joins lists in order", () => {
    expect(mergeRoles({ runcmd: ["a"] }, { runcmd: ["b"], packages: ["c"] })).toEqual({
      runcmd: ["a", "b"],
      packages: ["c"],
    });
  });

  test("fails when two roles give the same scalar", () => {
    expect(() => mergeRoles({ ssh_pwauth: false }, { ssh_pwauth: true })).toThrow('"ssh_pwauth" is given by two roles');
  });
});

describe("renderUserData", () => {
  const TOO_LONG = `user data of ${USER_DATA_LIMIT + 1} bytes, Nova takes ${USER_DATA_LIMIT}`;
  /** User data of so many bytes. */
  const ofBytes = (bytes: number) =>
    renderUserData({ runcmd: [["x".repeat(bytes - Buffer.byteLength(renderUserData({ runcmd: [[""]] })) + 2)]] });

  test("starts with cloud-init's header and is the same for the same input", () => {
    expect(renderUserData({ runcmd: [["a"]] })).toBe("#cloud-config\nruncmd:\n  - - a\n");
  });

  test("fails for what the schema does not know", () => {
    expect(() => renderUserData({ packagez: [] })).toThrow('Unrecognized key: "packagez"');
  });

  test("fails for what looks like a secret, without showing it", () => {
    const render = () => renderUserData({ runcmd: [["login", "--password=hunter2hunter2"]] });
    expect(render).toThrow("user data holds a password, secret or token; hand it over by attach");
    expect(render).not.toThrow("hunter2");
  });

  test("takes as much as Nova does after base64, and not a byte more", () => {
    expect(Buffer.from(ofBytes(USER_DATA_LIMIT)).toString("base64").length).toBeLessThanOrEqual(65_535);
    expect(() => ofBytes(USER_DATA_LIMIT + 1)).toThrow(TOO_LONG);
  });

  test("counts a reference as what may stand in its place", () => {
    const reference = Token.asString({ resolve: () => "an id" });
    const references = (count: number) => renderUserData({ runcmd: [Array.from({ length: count }, () => reference)] });
    expect(references(10)).toContain("TfToken");
    expect(() => references(800)).toThrow("Nova takes 49149");
  });
});
