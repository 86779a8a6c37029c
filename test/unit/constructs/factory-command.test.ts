import { Token } from "cdktf";
import { factoryCommand } from "../../../constructs/factory-command";

const root = "/repository";

test("with required properties: the factory's own command, in the repository, at creation", () => {
  expect(factoryCommand({ root, words: ["retain", "--name", "demo-data"] })).toEqual({
    type: "local-exec",
    command: "node bin/factory internal retain --name demo-data",
    workingDir: "/repository",
  });
});

test("with all properties: at destroy", () => {
  expect(factoryCommand({ root, words: ["release"], whenDestroyed: true })).toMatchObject({ when: "destroy" });
});

test("a reference is one word to the shell", () => {
  const { command } = factoryCommand({ root, words: ["attach", "--server", Token.asString({ resolve: () => "x" })] });
  expect(command).toMatch(/^node bin\/factory internal attach --server '\$\{TfToken\[.*\]\}'$/);
});

test.each(["a b", "a;b", "$(a)", "a'b", "", "a\nb"])(
  "fails when a word is %j, which a shell would take apart",
  (word) => {
    expect(() => factoryCommand({ root, words: [word] })).toThrow(
      `factory-command: "${word}" cannot stand in a command line`,
    );
  },
);
