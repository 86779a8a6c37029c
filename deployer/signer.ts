/** Lends the build host the deployer's gpg-agent, and only while a stage signs. */
import type { ChildProcess } from "node:child_process";
import { HOST_PATHS } from "../model/plan";
import type { BuildEvent } from "../model/events";
import type { SshHost } from "./ssh";

/** Milliseconds before a forwarding that broke off is opened again. */
const REOPEN = 2000;

/** Which stages want to sign, told by the events. Pure but for what it remembers. */
export class SignerNeed {
  private readonly stages = new Set<string>();

  /** Takes note of an event; gives whether the agent is needed now. */
  note({ stage, state, data }: BuildEvent): boolean {
    const asks = data?.["needsSigner"];
    // A stage that starts anew, or has ended, does not wait for what an earlier run asked for.
    if (state !== "progress" || asks === false) this.stages.delete(stage);
    if (state === "progress" && asks === true) this.stages.add(stage);
    return this.stages.size > 0;
  }
}

export class SignerForward {
  private child: ChildProcess | undefined;
  private wanted = false;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param agentSocket the agent's restricted socket here
   * @param say tells the watcher in one line
   */
  constructor(
    private readonly host: SshHost,
    private readonly agentSocket: () => Promise<string>,
    private readonly say: (line: string) => void,
    private readonly remoteSocket: string = HOST_PATHS.agentSocket,
  ) {}

  /** Opens or closes the way to the agent. Returns at once. */
  set(wanted: boolean): void {
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    clearTimeout(this.timer);
    if (wanted) this.open();
    else this.close();
  }

  private open(): void {
    this.agentSocket().then(
      (socket) => {
        // Whatever was wanted when the agent was asked for, what counts is what is wanted now.
        if (!this.wanted || this.child) return;
        const child = this.host.forwardSocket(this.remoteSocket, socket);
        this.child = child;
        child.on("error", () => undefined);
        child.stdin?.on("error", () => undefined);
        child.on("close", () => {
          if (this.child === child) this.child = undefined;
          this.reopen();
        });
      },
      (error: unknown) => {
        this.say(`gpg-agent: ${error instanceof Error ? error.message : String(error)} (tried again)`);
        this.reopen();
      },
    );
  }

  private reopen(): void {
    if (!this.wanted) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.wanted && !this.child && this.open(), REOPEN);
  }

  private close(): void {
    this.child?.kill("SIGTERM");
    this.child = undefined;
  }
}
