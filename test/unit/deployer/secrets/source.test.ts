import { kebab, keptAs, parseSource, whereOf } from "../../../../deployer/secrets/source";

test("a source says what kind it is, and what of that kind", () => {
  expect(parseSource("generate")).toEqual({ kind: "generate" });
  expect(parseSource("file:~/a b:c")).toEqual({ kind: "file", what: "~/a b:c" });
  expect(parseSource("env:READER")).toEqual({ kind: "env", what: "READER" });
  expect(parseSource("barbican:my-ca")).toEqual({ kind: "barbican", what: "my-ca" });
  expect(parseSource("command:pass show a | head -1")).toEqual({ kind: "command", what: "pass show a | head -1" });
});

test("what is made is kept by the factory's name and the secret's", () => {
  expect(kebab("directoryReader")).toBe("directory-reader");
  expect(kebab("ca")).toBe("ca");
  expect(keptAs("demo", "jenkinsAdmin").value).toBe("demo-jenkins-admin");
});

test("messages name the key and the source", () => {
  expect(whereOf("ca", "file:/a/b")).toBe("factory.yaml: secrets.ca (file:/a/b)");
});
