/** The iperf3 server that test instances measure the network against: the controller's, or else one on the jump host. */
import { IPERF3_PORT } from "../model/jenkins";
import type { Deployment } from "./deployment";
import type { FactoryNode, Ways } from "./nodes";
import type { SshHost } from "./ssh";

const UNIT = "factory-iperf3";

/** Where it runs. */
export function networkTestNode({ config }: Deployment, ways: Ways): Promise<FactoryNode> {
  return config.nodes.controller ? ways.controller() : ways.jumpHost();
}

/** Starts it as a transient unit unless something listens on its port already. */
export async function startNetworkTestServer(host: SshHost): Promise<void> {
  const listening = `ss -Hltn sport = :${IPERF3_PORT} | grep -q .`;
  const start = `systemd-run --quiet --collect --unit=${UNIT} -p Restart=on-failure -p DynamicUser=yes iperf3 --server --port ${IPERF3_PORT}`;
  // Two builds may start at once: whoever comes second finds the unit there.
  await host.asRoot(`set -eu; ${listening} && exit 0; ${start} || systemctl is-active --quiet ${UNIT}
    for i in 1 2 3 4 5 6 7 8 9 10; do ${listening} && exit 0; sleep 0.5; done
    echo "the iperf3 server does not listen on port ${IPERF3_PORT}: $(systemctl status ${UNIT} --no-pager 2>&1 | tail -1)" >&2; exit 1`);
}
