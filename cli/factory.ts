/** `factory …`: entry of the command line. */
import path from "node:path";
import { runCommandLine } from "./run";

void runCommandLine(process.argv.slice(2), path.resolve(__dirname, "..")).then((code) => {
  process.exitCode = code;
});
