/** What stages leave for later ones: the `data` of their `succeeded` events. */
import type { ImageSignature } from "../../model/image-signature";

export interface CheckoutData {
  readonly commit: string;
  /** Of the recipe's files. */
  readonly recipeDigest: string;
  /** The same without its tests: what the image is made from. */
  readonly sourceDigest: string;
  /** Version of the builder as the host has it or would install it. */
  readonly builderVersion: string;
  /** The package that this is the version of. */
  readonly builderPackage?: string;
  /** Whether the host's image had it already. */
  readonly preinstalled?: boolean;
  /** Code name of the release that the host is. */
  readonly hostRelease?: string;
  /** Suite → SHA-256 of its signed metadata, from before the build. */
  readonly repositories: Readonly<Record<string, string>>;
  /** There when the build ended here: nothing has changed since this build. */
  readonly unchangedSince?: string;
}

export interface ConfigureHostData {
  /** Package → version of the builder and its tools. */
  readonly versions: Readonly<Record<string, string>>;
}

export interface BuildImageData {
  /** What the image was made from, as one hash: recipe tree, definition, builder. */
  readonly recipeKey: string;
  readonly file: string;
  readonly raw: string;
  /** Bytes of the qcow2 and of the disk that it holds. */
  readonly size: number;
  readonly virtualSize: number;
  readonly sha256: string;
  readonly sha512: string;
  /** Over the qcow2, for Glance; there when the plan asks for one. */
  readonly signature?: ImageSignature;
  readonly packages: number;
  readonly packagesSha256: string;
  /** ISO 8601: the repositories were read from then on. */
  readonly patchedUntil: string;
  /** ISO 8601 */
  readonly finished: string;
}

/** An image in one region's Glance. */
export interface StoredImage {
  readonly region: string;
  readonly imageId: string;
  readonly hashAlgo: string;
  readonly hashValue: string;
}

export interface RegisterData extends StoredImage {
  /** Of the file that was registered. */
  readonly sha256: string;
}

export interface TestData {
  readonly imageId: string;
  /** Of the recipe whose tests were run. */
  readonly recipeDigest: string;
  readonly checks: number;
  readonly failed: number;
  /** Seconds from the request for the instance to cloud-init's end. */
  readonly bootSeconds: number;
  /** From the request for a restart to cloud-init's end. */
  readonly rebootSeconds: number;
  /** lynis' hardening index; missing where that audit was skipped. */
  readonly lynis?: number;
  /** Known holes in the image's packages; missing where there is no data about them. */
  readonly vulnerabilities?: number;
}

export interface SignData {
  /** SHA-256 of the SHA256SUMS that was signed. */
  readonly sums: string;
  readonly fingerprint: string;
  readonly files: readonly string[];
}

export interface HashdeepData {
  /** Of the image that the hash sets are about. */
  readonly sha256: string;
  readonly filesInside: number;
}

export interface DistributeData {
  readonly sha256: string;
  readonly regions: readonly StoredImage[];
}

export interface RequestData {
  readonly request: string;
  readonly objects: number;
  /** SHA-256 of the SHA256SUMS of what is asked to be published. */
  readonly sums?: string;
}

export interface StageData {
  readonly checkout: CheckoutData;
  readonly "configure-host": ConfigureHostData;
  readonly "build-image": BuildImageData;
  readonly register: RegisterData;
  readonly test: TestData;
  readonly sign: SignData;
  readonly hashdeep: HashdeepData;
  readonly distribute: DistributeData;
  readonly "request-publication": RequestData;
}
