import { publicAddressOf } from "../../../deployer/public-address";
import { CloudServer } from "../openstack/cloud-server";

let cloud: CloudServer;
beforeEach(async () => (cloud = await CloudServer.start()));
afterEach(() => cloud.stop());

function withPorts(floating: Readonly<Record<string, string>>): void {
  cloud.on("GET /v2.0/ports", ({ query }) => ({
    json: { ports: query.get("device_id") === "s-1" ? [{ id: "p-1" }, { id: "p-2" }] : [] },
  }));
  cloud.on("GET /v2.0/floatingips", ({ query }) => {
    const address = floating[query.get("port_id") ?? ""];
    return { json: { floatingips: address === undefined ? [] : [{ id: "f", floating_ip_address: address }] } };
  });
}

test("is that of any of the server's ports", async () => {
  withPorts({ "p-2": "192.0.2.7" });
  expect(await publicAddressOf(cloud.session(), "s-1")).toBe("192.0.2.7");
});

test("is undefined for a server that has none", async () => {
  withPorts({ "p-9": "192.0.2.7" });
  expect(await publicAddressOf(cloud.session(), "s-1")).toBeUndefined();
  expect(await publicAddressOf(cloud.session(), "s-2")).toBeUndefined();
});
