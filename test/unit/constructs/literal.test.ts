import { Token } from "cdktf";
import { literal } from "../../../constructs/literal";

test("a shell's expansions stay what they are", () => {
  expect(literal("echo ${a:-b} %{c} $d")).toBe("echo $${a:-b} %%{c} $d");
});

test("references of constructs stay references", () => {
  const reference = Token.asString({ resolve: () => "${x.id}" });
  expect(literal(`mount ${reference}`)).toBe(`mount ${reference}`);
});
