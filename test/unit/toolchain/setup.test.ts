import { exportLines } from "../../../toolchain/lib/environment";
import { choose } from "../../../toolchain/lib/test-run";
import { sameModules } from "../../../toolchain/steps/modules";
import { cliConfigText } from "../../../toolchain/steps/provider";

describe("installed modules", () => {
  const locked = {
    "": { version: "0.1.0" },
    "node_modules/zod": { version: "4.6.7", integrity: "sha512-a" },
    "node_modules/@esbuild/darwin-arm64": { version: "0.28.2", integrity: "sha512-b", optional: true },
    "node_modules/@cdktf/provider-openstack": { link: true },
  };
  const installed = {
    "node_modules/zod": { version: "4.6.7", integrity: "sha512-a" },
    "node_modules/@cdktf/provider-openstack": { link: true },
  };

  test("may lack another platform's", () => {
    expect(sameModules(locked, installed)).toBe(true);
  });

  test.each([
    ["missing", {}],
    ["of another version", { ...installed, "node_modules/zod": { version: "4.0.0", integrity: "sha512-a" } }],
    ["of other content", { ...installed, "node_modules/zod": { version: "4.6.7", integrity: "sha512-c" } }],
  ])("%s are installed anew", (_, packages) => {
    expect(sameModules(locked, packages)).toBe(false);
  });
});

test("Terraform looks for the provider in the mirror and nowhere else", () => {
  const text = cliConfigText("/cache/mirror");
  expect(text).toContain('path    = "/cache/mirror"');
  expect(text.match(/"registry\.terraform\.io\/terraform-provider-openstack\/openstack"/g)).toHaveLength(2);
  expect(text.match(/"registry\.opentofu\.org\/terraform-provider-openstack\/openstack"/g)).toHaveLength(2);
});

test("a shell evaluates the environment as it is meant", () => {
  const text = exportLines({ TF_CLI_CONFIG_FILE: "/home/o'neil/$HOME/terraform.rc" });
  expect(text).toContain("export TF_CLI_CONFIG_FILE='/home/o'\\''neil/$HOME/terraform.rc'\n");
  expect(text).toContain('export CDKTF_OUTPUT="cdktf.out/shell-$$"\n');
});

describe("parts of a test run", () => {
  const part = (name: string, needs: string[] = []) => ({ name, title: name, command: ["true"], needs });
  const parts = [part("setup"), part("unit"), part("cloud-up"), part("cloud", ["cloud-up"])];
  const names = (chosen: string[]) => choose(parts, chosen).map(({ name }) => name);

  test("are all, unless some are named", () => {
    expect(names([])).toEqual(["setup", "unit", "cloud-up", "cloud"]);
    expect(names(["unit"])).toEqual(["setup", "unit"]);
  });

  test("bring what they need", () => {
    expect(names(["cloud"])).toEqual(["setup", "cloud-up", "cloud"]);
  });

  test("that do not exist are refused", () => {
    expect(() => names(["unti"])).toThrow('there is no part "unti": setup, unit, cloud-up, cloud');
  });
});
