/** `factory …`: entry of the command line. */
import path from "node:path";
import { runCommandLine } from "./run";

// Whoever stops reading (head, a Terraform that was killed) does not stop the work.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

void runCommandLine(process.argv.slice(2), path.resolve(__dirname, "..")).then((code) => {
  process.exitCode = code;
});
