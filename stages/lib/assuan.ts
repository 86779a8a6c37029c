/** gpg-agent's own protocol (Assuan) over its socket: one command after the other, each with the data that it answers. */
import { connect, type Socket } from "node:net";
import { StageError } from "./errors";

/** Milliseconds for one answer; somebody may have to touch a token or type its PIN. */
const ANSWER_WITHIN = 120_000;

/** Pure: the bytes of the data lines of an answer, each without its `D `: `%25`, `%0D`, `%0A` stand for `%` and ends of lines. */
export function decodeData(lines: readonly Buffer[]): Buffer {
  const text = lines.map((line) => line.toString("latin1")).join("");
  const decoded = text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(decoded, "latin1");
}

/** A conversation with an agent. Made by {@link withAgent}. */
export class Conversation {
  private buffer = Buffer.alloc(0);
  private waiting: (() => void) | undefined;
  private ended: Error | undefined;

  constructor(private readonly socket: Socket) {
    socket.on("data", (chunk: Buffer) => {
      this.buffer = Buffer.concat([this.buffer, chunk]);
      this.waiting?.();
    });
    const end = (error: Error): void => {
      this.ended ??= error;
      this.waiting?.();
    };
    socket.on("error", end);
    socket.on("close", () => end(new StageError("the gpg agent closed the connection; deploy again to resume")));
  }

  /** The data that the agent answers to a command. Throws a StageError with the agent's word when it refuses. */
  async ask(command: string): Promise<Buffer> {
    if (command !== "") this.socket.write(`${command}\n`);
    const data: Buffer[] = [];
    for (;;) {
      const line = await this.line();
      const word = line.toString("latin1", 0, line.indexOf(0x20) < 0 ? line.length : line.indexOf(0x20));
      if (word === "OK") return decodeData(data);
      if (word === "D") data.push(line.subarray(2));
      // It tells that it asks somebody for a PIN, or wants something that we do not have: it goes on after this.
      if (word === "INQUIRE") this.socket.write("END\n");
      if (word === "ERR") throw new StageError(`gpg agent: ${line.toString("utf8").replace(/^ERR \d+ ?/, "")}`);
    }
  }

  private async line(): Promise<Buffer> {
    for (;;) {
      const end = this.buffer.indexOf(0x0a);
      if (end >= 0) {
        const line = this.buffer.subarray(0, end);
        this.buffer = this.buffer.subarray(end + 1);
        return line;
      }
      if (this.ended) throw this.ended;
      await this.more();
    }
  }

  private async more(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      this.waiting = resolve;
      const late = new StageError(`the gpg agent does not answer within ${ANSWER_WITHIN / 1000} s`);
      timer = setTimeout(() => reject(late), ANSWER_WITHIN);
    }).finally(() => {
      clearTimeout(timer);
      this.waiting = undefined;
    });
  }
}

/** Runs `work` in a conversation with the agent at a socket. */
export async function withAgent<T>(
  path: string,
  work: (agent: Conversation) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const socket = connect({ path, ...(signal && { signal }) });
  try {
    const agent = new Conversation(socket);
    // The agent begins.
    await agent.ask("");
    return await work(agent);
  } finally {
    socket.destroy();
  }
}
