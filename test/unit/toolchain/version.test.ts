import { suits } from "../../../toolchain/lib/suitable-node";
import { atLeast, parseVersion } from "../../../toolchain/lib/version";

test.each([
  ["v20.20.2", [20, 20, 2]],
  ["go1.24", [1, 24, 0]],
  ["Terraform v1.11.4", [1, 11, 4]],
  ["devel", undefined],
])("%s", (text, expected) => {
  expect(parseVersion(text)).toEqual(expected);
});

test.each([
  ["1.10.6", "1.5.0", true],
  ["1.5.0", "1.5.0", true],
  ["1.4.9", "1.5.0", false],
  ["go1.19.8", "1.21.0", false],
  ["2.0", "1.21.3", true],
  ["none", "1.0.0", false],
])("%s at least %s: %s", (version, least, expected) => {
  expect(atLeast(version, least)).toBe(expected);
});

test.each([
  ["v18.19.0", false],
  ["v20.9.0", true],
  ["v22.23.3", true],
  ["v24.1.0", false],
])("Node %s fits: %s", (version, expected) => {
  expect(suits(version)).toBe(expected);
});
