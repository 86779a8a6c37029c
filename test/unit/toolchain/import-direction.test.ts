import { wrongImport } from "../../../toolchain/lib/import-direction";

test.each([
  ["main.ts", "./stacks/factory"],
  ["constructs/node.ts", "../cloud-init/render"],
  ["constructs/node.ts", "./network"],
  ["model/events.ts", "./stages"],
  ["model/glance/properties.ts", "../stages"],
  ["stages/test/boot.ts", "../../openstack/client"],
  ["cli/factory.ts", "commander"],
  ["test/unit/model/image.test.ts", "../../../model/image"],
])("%s may import %s", (file, specifier) => {
  expect(wrongImport(file, specifier)).toBeUndefined();
});

test.each([
  ["main.ts", "./constructs/node", "main.ts may import stacks, config, model, not constructs"],
  ["constructs/node.ts", "../stages/runner", "constructs may import cloud-init, model, not stages"],
  ["model/image.ts", "../constructs/network", "model may import nothing of ours, not constructs"],
  ["stages/test/boot.ts", "../../deployer/attach", "stages may import model, openstack, not deployer"],
  ["cli/factory.ts", "../stages/runner", "cli may import deployer, publisher, site, config, model, not stages"],
])("%s may not import %s", (file, specifier, message) => {
  expect(wrongImport(file, specifier)).toContain(message);
});
