/** One stack's state in Swift: an object, and beside it its lock. */
import { putObject } from "../../openstack/swift";
import { readAll } from "../../openstack/http";
import type { Session } from "../../openstack/session";
import { pause } from "../pause";
import { UserError } from "../user-error";

/** Terraform's own description of a lock, as far as it matters here. */
export interface LockInfo {
  readonly ID: string;
  /** user@host */
  readonly Who: string;
  /** ISO 8601. */
  readonly Created: string;
  readonly Operation: string;
}

export interface SwiftStateOptions {
  readonly container: string;
  /** Of the object, without an ending. */
  readonly name: string;
  /** Milliseconds that a lock has to stand before it counts. @default 2000 */
  readonly settle?: number;
}

const LARGEST_STATE = 64 * 1024 * 1024;

/** Locks come and go: they are kept apart from the states, whose container keeps former versions. */
export const lockContainer = (container: string): string => `${container}-locks`;

export class SwiftState {
  private readonly settle: number;

  constructor(
    private readonly session: Session,
    private readonly options: SwiftStateOptions,
  ) {
    this.settle = options.settle ?? 2000;
  }

  /** Undefined when there is none. */
  read(): Promise<Buffer | undefined> {
    return this.get(this.options.container, `${this.options.name}.tfstate`);
  }

  /** Throws a UserError when the state is to be written under a lock that is not held any more. */
  async write(state: Buffer, lock: string | undefined): Promise<void> {
    if (lock !== undefined) {
      const holder = await this.holder();
      if (holder?.ID !== lock) {
        throw new UserError(`${this.title}: its lock was taken away (${holder ? describe(holder) : "it is free"})`);
      }
    }
    await putObject(this.session, this.options.container, `${this.options.name}.tfstate`, state, {
      contentType: "application/json",
    });
  }

  /**
   * Takes the lock; gives its holder where that is somebody else.
   *
   * Swift stores an object "only if there is none", but looks before it writes and not while: two that come within the
   * same milliseconds are both told that theirs was stored, and the later one stands. So whoever stored one waits until
   * every other that looked before it must have been written, and then sees whose it is.
   */
  async lock(info: LockInfo): Promise<LockInfo | undefined> {
    await this.session.token();
    const started = performance.now();
    const stored = await putObject(this.session, this.locks, this.options.name, JSON.stringify(info), {
      contentType: "application/json",
      ifAbsent: true,
    });
    if (stored === "exists") {
      // Gone between the two: whoever held it is named all the same, the next try gets it.
      return (await this.holder()) ?? { ...info, ID: "", Who: "somebody who has just ended" };
    }
    if (performance.now() - started > this.settle) {
      await this.unlock(info.ID);
      throw new UserError(`${this.title}: the object storage is too slow to lock it; try again`);
    }
    await pause(this.settle);
    const holder = await this.holder();
    if (!holder) throw new UserError(`${this.title}: its lock was taken away at once; try again`);
    return holder.ID === info.ID ? undefined : holder;
  }

  /** Lets go of the lock with this id, or of whichever there is; false when it is another's. */
  async unlock(id: string | undefined): Promise<boolean> {
    const holder = await this.holder();
    if (!holder) return true;
    if (id !== undefined && holder.ID !== id) return false;
    await this.session.request({
      service: "object-store",
      method: "DELETE",
      path: pathOf(this.locks, this.options.name),
      expect: [204, 404],
    });
    return true;
  }

  async holder(): Promise<LockInfo | undefined> {
    const text = (await this.get(this.locks, this.options.name))?.toString("utf8");
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as LockInfo;
    } catch (error) {
      throw new UserError(`${this.title}: its lock is no lock of Terraform's`, { cause: error });
    }
  }

  private get locks(): string {
    return lockContainer(this.options.container);
  }

  private get title(): string {
    return `swift://${this.options.container}/${this.options.name}`;
  }

  /** The newest of all copies, whichever server answers first. */
  private async get(container: string, name: string): Promise<Buffer | undefined> {
    const raw = await this.session.stream({
      service: "object-store",
      method: "GET",
      path: pathOf(container, name),
      headers: { "x-newest": "true" },
      expect: [200, 404],
    });
    const content = await readAll(raw, LARGEST_STATE);
    return raw.status === 404 ? undefined : content;
  }
}

export function describe({ Who, Created, Operation }: LockInfo): string {
  return `${Who} since ${Created.replace(/\.\d+Z$/, "Z")} (${Operation.replace(/^OperationType/, "").toLowerCase()})`;
}

function pathOf(container: string, name: string): string {
  return `/${[container, ...name.split("/")].map(encodeURIComponent).join("/")}`;
}
