import { terraformError } from "../../../../deployer/states/terraform-error";

test("the first error, on one line", () => {
  const output =
    "Initializing…\n╷\n│ Error: Failed to get state\n│ \n│ AccessDenied:\n│ not for you\n╵\n╷\n│ Error: next\n╵\n";
  expect(terraformError(output)).toBe("Failed to get state AccessDenied: not for you");
});

test("without one the last word, or that there was none", () => {
  expect(terraformError("a\nb\n")).toBe("b");
  expect(terraformError("")).toBe("no word of what is wrong");
});
