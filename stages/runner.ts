/** The program on the build host; bundled into one file for the Node that the host's distribution has. */
import { HOST_STAGE_IMPLEMENTATIONS } from "./index";
import { main } from "./lib/command-line";

// A stage that was left behind must not keep the process from its end.
void main(process.argv.slice(2), HOST_STAGE_IMPLEMENTATIONS).then((code) => process.exit(code));
