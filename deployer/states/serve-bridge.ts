/** Entry of the bridge's process: serves as long as a process (Terraform) runs. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { readCloudsFile, sessionOptions } from "../../openstack/clouds-file";
import { Session } from "../../openstack/session";
import { isRunning } from "../session-identity";
import { messageOf } from "../user-error";
import { startBridge } from "./swift-bridge";
import { SwiftState } from "./swift-state";

/** What stacks/state-backend.ts leaves in the stack's JSON. */
interface Marked {
  readonly "//": {
    readonly swiftState: {
      readonly cloud: string;
      readonly region: string;
      readonly container: string;
      readonly name: string;
    };
  };
}

/** Milliseconds between two looks whether Terraform is still there. */
const LOOK = 250;

/**
 * Prints, as one line of JSON, what Terraform has to find in its environment, and ends with that process.
 * @param directory where the stack's cdk.tf.json is
 */
export async function serveBridge(pid: number, directory: string): Promise<void> {
  // Ctrl-C is Terraform's: it still has to write the state and let go of the lock.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
  process.stderr.on("error", () => undefined);
  const tell = (line: string): void => void process.stderr.write(`factory: ${line}\n`);
  try {
    const marked = JSON.parse(readFileSync(path.join(directory, "cdk.tf.json"), "utf8")) as Marked;
    const { cloud, region, container, name } = marked["//"].swiftState;
    const options = sessionOptions(readCloudsFile(), cloud);
    const session = new Session({ ...options, region: options.region ?? region });
    const [server, environment] = await startBridge({
      state: new SwiftState(session, { container, name }),
      stack: path.basename(name),
      password: randomBytes(24).toString("base64url"),
      tell,
    });
    process.stdout.write(`${JSON.stringify(environment)}\n`);
    const timer = setInterval(() => {
      void isRunning(pid).then((running) => {
        if (running) return;
        clearInterval(timer);
        server.close();
        server.closeAllConnections();
      });
    }, LOOK);
  } catch (error) {
    tell(messageOf(error));
    process.exitCode = 1;
  }
}
