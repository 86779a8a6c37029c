/** What the publisher works on: regions, buckets, keys and the recipes' history, as it sees them. */
import type { Catalogue } from "../model/catalogue";
import type { PublisherPolicy, TrustedKeys } from "../model/publication-settings";
import type { Attributes } from "../model/release-plan";
import type { GlanceImage } from "../openstack/glance";
import type { Details } from "../site/details";
import type { SiteFiles } from "../site/site-file";

/** Where customers read the certificates by which Nova verifies their images. */
export interface CertificatesPort {
  /** PEM as a customer reads it, undefined: he may not. Without this, what customers may read is not known. */
  readonly seen?: (id: string) => Promise<string | undefined>;
  /** The publisher's own place, whose secrets everybody may read. */
  readonly place?: {
    /** Id of this PEM there. */
    readonly find: (pem: string) => Promise<string | undefined>;
    readonly keep: (pem: string) => Promise<string>;
  };
}

export interface RegionPort {
  /** As in factory.yaml. */
  readonly name: string;
  /** OpenStack's own name of it. */
  readonly region: string;
  /** Keystone's address there, as customers reach it. */
  readonly authUrl: string;
  readonly certificates?: CertificatesPort;
  /** Images of the factory's image, hidden ones too; all of them or an error. */
  readonly images: (image: string) => Promise<readonly GlanceImage[]>;
  /** Images that customers see by this name and that are not the factory's. */
  readonly strangers: (name: string) => Promise<readonly string[]>;
  readonly image: (id: string) => Promise<GlanceImage | undefined>;
  /** Sets attributes, null removes; undefined: there is no such image. */
  readonly change: (image: GlanceImage, changes: Attributes) => Promise<void>;
  readonly reactivate: (id: string) => Promise<void>;
  readonly deactivate: (id: string) => Promise<void>;
  /** False: the cloud says that something stands on it. */
  readonly remove: (id: string) => Promise<boolean>;
  /**
   * Whether servers or volumes of anybody stand on it; undefined: can't be told. `again`: what was listed before does not
   * count.
   */
  readonly inUse: (id: string, again?: boolean) => Promise<boolean | undefined>;
  /** Hex digests of the stored bytes, as they are read now. */
  readonly digests: (id: string, algorithms: readonly string[]) => Promise<Readonly<Record<string, string>>>;
  /** Images that say of themselves that they were made from one of these: by id, or by its hash. */
  readonly builtOn: (image: GlanceImage) => Promise<readonly GlanceImage[]>;
}

export interface Written {
  readonly type?: string;
  /** Only when there is none of this name yet. */
  readonly ifAbsent?: boolean;
}

/** Objects of one bucket. */
export interface ObjectReader {
  readonly bucket: string;
  readonly list: (prefix: string) => Promise<readonly string[]>;
  readonly read: (name: string) => Promise<Buffer | undefined>;
  readonly download: (name: string, file: string) => Promise<void>;
}
export interface ObjectStore extends ObjectReader {
  readonly write: (name: string, content: string | Buffer, options?: Written) => Promise<"stored" | "exists">;
  /** A file, unless the object has this content already. */
  readonly upload: (
    name: string,
    file: string,
    about: { readonly md5: string; readonly type: string },
  ) => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
  /** With all former versions of it. */
  readonly purge: (name: string) => Promise<void>;
  /** All objects: name → MD5 of what is stored. */
  readonly digests: () => Promise<ReadonlyMap<string, string>>;
}

/** The publisher's own key. */
export interface PublisherKey {
  readonly fingerprint: string;
  /** Binary detached signature. */
  readonly sign: (content: Buffer) => Promise<Buffer>;
  readonly clearSign: (content: string) => Promise<string>;
  /** The public key, for gpgv and for people. */
  readonly keyring: () => Promise<Buffer>;
  readonly armoured: () => Promise<string>;
  /** Whether it, or a former one of the publisher's, has signed this. */
  readonly verify: (content: Buffer, signature: Buffer) => Promise<boolean>;
}

/** Public keys that are trusted for something. */
export interface Keyring {
  /** Fingerprint of the whole key that has signed; undefined: none of these. */
  readonly signer: (content: Buffer, signature: Buffer) => Promise<string | undefined>;
}

export interface Publisher {
  readonly factory: string;
  /** Of the web site. */
  readonly address: string;
  readonly policy: PublisherPolicy;
  readonly regions: readonly RegionPort[];
  readonly requests: ObjectReader;
  readonly staging: ObjectReader;
  readonly release: ObjectStore;
  readonly key: PublisherKey;
  readonly trusted: TrustedKeys;
  readonly builders: Keyring;
  /** Whose approval counts; undefined: whoever runs the publisher. */
  readonly approvers: Keyring | undefined;
  /** Whether a commit is on a reviewed branch; undefined: there is no repository to look at. */
  readonly isReviewed: (commit: string) => Promise<boolean | undefined>;
  /** The pages of a catalogue. */
  readonly renderSite: (catalogue: Catalogue, details: Details) => SiteFiles;
  /** A directory for files on their way. */
  readonly work: string;
  /** user@host */
  readonly who: string;
  readonly now: () => Date;
  readonly say: (line: string) => void;
}

/** What is wrong for good with a request: it is refused, and the record says why. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}
