/** The program of factory-publisher-check.service: one line, and exit status 1 when something is wrong. */
import { checkThisNode } from "./check";

checkThisNode().then(
  (line) => console.log(line),
  (error: unknown) => {
    console.log(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
