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
  test("starts with cloud-init's header and is the same for the same input", () => {
    expect(renderUserData({ runcmd: ["a"] })).toBe("#cloud-config\nruncmd:\n  - a\n");
  });

  test("fails for an unknown top-level key, which cloud-init lets pass", () => {
    expect(() => renderUserData({ packagez: [] })).toThrow('unknown top-level key "packagez"');
  });

  test("fails for a file that is written twice", () => {
    const file = { path: "/etc/a", content: "" };
    expect(() => renderUserData({ write_files: [file, file] })).toThrow("/etc/a is written twice");
  });

  test("fails for more than Nova takes", () => {
    expect(() => renderUserData({ runcmd: ["x".repeat(USER_DATA_LIMIT)] })).toThrow("Nova takes 49149");
  });
});
