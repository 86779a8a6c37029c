import { readFileSync } from "node:fs";
import { join } from "node:path";
import { differingNames, schemaText } from "../../../toolchain/lib/schema";

const output = {
  format_version: "1.0",
  provider_schemas: {
    "registry.terraform.io/terraform-provider-openstack/openstack": {
      provider: { version: 0, block: { attributes: { region: { type: "string", optional: true, description: "…" } } } },
      resource_schemas: {
        openstack_b: {
          version: 0,
          block: {
            attributes: {
              type: { type: ["list", "string"], required: true, description_kind: "plain" },
              description: { type: "string", computed: true, description: "the prose", deprecated: true },
            },
            block_types: { description: { nesting_mode: "set", block: { description_kind: "plain" } } },
            description_kind: "plain",
          },
        },
        openstack_a: { version: 1, block: {} },
      },
      data_source_schemas: {},
    },
  },
};

test("a schema is kept without its prose, one resource a line, in order", () => {
  expect(schemaText(output, "3.4.0").split("\n")).toEqual([
    '{"format_version":"1.0","version":"3.4.0",',
    '"provider":{"block":{"attributes":{"region":{"optional":true,"type":"string"}}},"version":0},',
    '"resource_schemas":{',
    '"openstack_a":{"block":{},"version":1},',
    '"openstack_b":{"block":{"attributes":{"description":{"computed":true,"type":"string"},' +
      '"type":{"required":true,"type":["list","string"]}},' +
      '"block_types":{"description":{"block":{},"nesting_mode":"set"}}},"version":0}',
    "},",
    '"data_source_schemas":{',
    "",
    "}}",
    "",
  ]);
});

test("what differs is named", () => {
  const kept = schemaText(output, "3.4.0");
  expect(differingNames(kept, kept)).toEqual([]);
  expect(differingNames(kept, kept.replace('"version":1}', '"version":2}'))).toEqual(["openstack_a"]);
  expect(differingNames(kept, kept.replace(/"openstack_a".*\n/, ""))).toEqual(["openstack_a"]);
});

test("the kept schema has what the stacks are made of", () => {
  const file = join(__dirname, "../../../toolchain/provider-openstack/schema.json");
  const schema = JSON.parse(readFileSync(file, "utf8")) as { resource_schemas: object };
  expect(schema.resource_schemas).toHaveProperty("openstack_compute_instance_v2.block.attributes.user_data");
});
