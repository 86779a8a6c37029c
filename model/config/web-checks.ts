/** What the web servers' shared address asks of the networks. */
import type { Problem } from "../problem";
import type { YamlFile } from "../yaml-file";
import { at } from "./lookup";

/** Neutron lets a project add allowed address pairs on its own networks alone; keepalived's address needs them. */
export function sharedWebAddress({ value, problem }: YamlFile): Problem[] {
  const servers = at(value, ["nodes", "webServer"]);
  const pair = servers !== undefined && (at(servers, ["count"]) ?? 2) !== 1;
  const byKeepalived = (at(value, ["webServer", "balancer"]) ?? "keepalived") === "keepalived";
  const [build, services] = ["build", "services"].map((project) => at(value, ["projects", project, "cloud"]));
  const foreign = build !== services && at(value, ["network", "services", "connection"]) === "shared";
  if (!pair || !byKeepalived || !foreign) return [];
  return [
    problem(["network", "services", "connection"], {
      value: "shared",
      message: "gives project services no network of its own, but two web servers can share an address only there",
      remedy: "write routed, nodes.webServer.count: 1, or webServer.balancer: octavia",
    }),
  ];
}
