/** The table of what went wrong and what became of it, as people read it at the end of a run. */
import { say } from "../../support/say";

export class FaultTable {
  private readonly rows: (readonly [string, string, string])[] = [];

  constructor(private readonly title: string) {}

  /** @param then what the publisher did and what was seen from outside  @param after what is there at the end */
  row(fault: string, then: string, after: string): void {
    this.rows.push([fault, then, after]);
  }

  tell(): void {
    const rows = [["fault", "seen until the restart", "after it"] as const, ...this.rows];
    const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
    say(`${this.title}:`);
    for (const [fault, then, after] of rows)
      say(`  ${fault.padEnd(widths[0]!)} | ${then.padEnd(widths[1]!)} | ${after}`);
  }
}
