import { expectedNodes } from "../../../deployer/node-status";
import { exampleContext } from "../stacks/context";

test("the nodes that are wanted are those of the configuration, by count", () => {
  const { config } = exampleContext();
  const { jumpHost, nfsServer, buildHost, testInstance } = config.nodes;
  const least = { ...config, nodes: { jumpHost: { ...jumpHost, count: 2 }, nfsServer, buildHost, testInstance } };
  expect(expectedNodes(least).map(({ name }) => name)).toEqual([
    "demo-jump-host",
    "demo-jump-host-2",
    "demo-nfs-server",
  ]);
  expect(expectedNodes(config).map(({ name }) => name)).toEqual(
    expect.arrayContaining(["demo-controller", "demo-directory-replica-2", "demo-web-server-2", "demo-publisher"]),
  );
});
