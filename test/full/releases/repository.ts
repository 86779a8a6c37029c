/** Recipes where they are reviewed: a checkout on branch main, and a server that the publisher's node fetches from. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { eventually } from "../../support/eventually";
import { cloneWith } from "../../support/clone";

/** The machine's end of the way to the local cloud; guests reach ports 80 and 443 outside alone. */
const MACHINE = "172.24.5.1";
const PORT = 80;

export class ReviewedRecipes {
  readonly address = `git://${MACHINE}:${PORT}/recipes`;
  private server: ChildProcess | undefined;

  private constructor(private readonly directory: string) {}

  /**
   * @param directory for the checkout
   * @param files some more, by path in the checkout
   */
  static make(directory: string, files: Readonly<Record<string, string>>): ReviewedRecipes {
    const made = new ReviewedRecipes(directory);
    cloneWith(made.checkout, files);
    made.git("checkout", "--quiet", "-B", "main");
    made.git("config", "uploadpack.allowFilter", "true");
    return made;
  }

  get checkout(): string {
    return path.join(this.directory, "recipes");
  }

  async serve(): Promise<void> {
    const where = [`--base-path=${this.directory}`, "--export-all", `--listen=${MACHINE}`, `--port=${PORT}`];
    this.server = spawn("git", ["daemon", "--reuseaddr", ...where, path.join(this.checkout, ".git")], {
      stdio: "ignore",
    });
    const answers = (): Promise<true | undefined> => Promise.resolve(this.answers() || undefined);
    await eventually("the recipes' server", answers, { timeout: 10_000, interval: 100 });
  }

  stop(): void {
    this.server?.kill();
  }

  /** A change to an image that has been reviewed. */
  change(file: string, content: string): void {
    writeFileSync(path.join(this.checkout, file), content);
    this.git("add", "--force", file);
    this.git("-c", "user.name=Tester", "-c", "user.email=tester@example.org", "commit", "--quiet", "-m", file);
  }

  private answers(): boolean {
    try {
      execFileSync("git", ["ls-remote", this.address], { stdio: "ignore", timeout: 5000 });
      return true;
    } catch {
      return false;
    }
  }

  private git(...args: readonly string[]): void {
    execFileSync("git", ["-C", this.checkout, ...args], { stdio: "pipe" });
  }
}
