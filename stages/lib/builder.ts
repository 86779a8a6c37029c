/** What a builder is to stage 7: it makes a raw disk of a recipe. */
import type { ImageDefinition } from "../../model/image";
import type { StageContext } from "./stage";

/** A command that must be there; a host that has it by other means needs no package. */
export interface HostTool {
  readonly command: string;
  readonly package: string;
}

export interface BuilderRun {
  /** Where the raw disk has to be in the end. */
  readonly raw: string;
  /** Where a builder that lists the installed packages itself leaves that list (stages/lib/rpm-packages.ts). */
  readonly packageList: string;
  /** Seconds since 1970 that the builder may use wherever it would take the time of day: that of what it is made from. */
  readonly sourceDate: number;
  /** Fires when the stage must stop, or the scratch volume is nearly full. */
  readonly signal: AbortSignal;
}

export interface Builder {
  readonly name: ImageDefinition["builder"];
  /** The package whose version says which builder made an image. */
  readonly package: string;
  /** What it needs on its host. */
  readonly tools: readonly HostTool[];
  /** Where it is given package archives and where it leaves what it fetched, relative to cache/ of the build's scratch. */
  readonly archives: (image: Pick<ImageDefinition, "os">) => { readonly given: string; readonly left: string };
  readonly build: (context: StageContext, run: BuilderRun) => Promise<void>;
}
