/**
 * A factory of one resource, with the stacks' own backend: its create waits, so that a test can see who holds the state.
 * TINY_STARTED is made when the state is held, the wait ends when TINY_GO is there; another TINY_RUN is another resource.
 */
import { App, DataResource, TerraformStack } from "cdktf";
import { ROOT } from "../../support/paths";
import { stateBackend } from "../../../stacks/state-backend";
import { loadStackContext } from "../../../stacks/load";

const { context } = loadStackContext(ROOT);
const app = new App();
const stack = new TerraformStack(app, "factory");
stateBackend(stack, "factory", context);
new DataResource(stack, "held", {
  triggersReplace: { run: process.env["TINY_RUN"] ?? "1" },
  provisioners: [
    {
      type: "local-exec",
      // Bounded: nobody may wait for a test that has died.
      command: 'touch "$TINY_STARTED"; for i in $(seq 600); do test -e "$TINY_GO" && exit 0; sleep 0.2; done; exit 1',
    },
  ],
});
app.synth();
