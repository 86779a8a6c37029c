/** What a node of a role is given beside its user data: secrets, certificates, files, and what is to be started then. */
import type { ChildProcess } from "node:child_process";
import type { KeyObject } from "node:crypto";
import type { SecretName } from "../../model/config/secrets";
import type { Deployment } from "../deployment";
import type { FactoryNode } from "../nodes";

/** A secret on its way to a node, which keeps it as an encrypted systemd credential. */
export interface NodeCredential {
  /** Name for `LoadCredentialEncrypted=`; its file is /etc/credstore.encrypted/<name>. */
  readonly name: string;
  readonly content: string | Buffer;
}

/** Something that is no secret. */
export interface NodeFile {
  /** Absolute. */
  readonly path: string;
  readonly content: string | Buffer;
  /** As chmod takes it. @default "0644" */
  readonly mode?: string;
  /** As chown takes it. @default "root:root" */
  readonly owner?: string;
}

/** A directory that has these files and no others. */
export interface NodeDirectory {
  /** Absolute. */
  readonly path: string;
  /** As chown takes it, for the directory and its files. */
  readonly owner: string;
  /** As chmod takes it. */
  readonly mode: string;
  readonly fileMode: string;
  readonly files: readonly { readonly name: string; readonly content: string }[];
}

/** A tree that a node keeps as `<path>/<SHA-256 of its archive>`; `<path>/current` is the one in use. */
export interface NodeArchive {
  /** Absolute. */
  readonly path: string;
  /** A program that writes the tar archive to its standard output, always the same bytes for the same tree. */
  readonly pack: () => ChildProcess;
}

export interface Handover {
  /** Calls `use` with trees, which are made for as long as that takes. @default - none */
  readonly archives?: (use: (archive: NodeArchive) => Promise<void>) => Promise<void>;
  readonly credentials?: readonly NodeCredential[];
  readonly files?: readonly NodeFile[];
  readonly directories?: readonly NodeDirectory[];
  /** Units that are restarted, in this order, when all is in place. */
  readonly restart?: readonly string[];
  /** Called when all of it is in place and the units run: the end of what it replaces. */
  readonly settled?: () => Promise<void>;
}

export interface CertificateRequest {
  /** The subject's common name: the node's name. */
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  /** IPv4 or IPv6. */
  readonly addresses?: readonly string[];
}

export interface Certificate {
  /** PEM, the CA's not among it. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly privateKey: string;
}

export interface KeyCertificateRequest {
  readonly commonName: string;
  /** On curve P-384; its private half stays where it is. */
  readonly publicKey: KeyObject;
  /** How long it is good for, unless the CA ends sooner. */
  readonly days: number;
}

/** The factory's CA. */
export interface Authority {
  /** PEM of the CA's certificate. */
  readonly certificate: string;
  issue(request: CertificateRequest): Promise<Certificate>;
  /** PEM of a certificate for a key that signs images. */
  certify(request: KeyCertificateRequest): Promise<string>;
}

/** The values of `secrets` in factory.yaml, fetched or made when they are first asked for. */
export interface Secrets {
  /** Throws a UserError that names the key and what is wrong with its source. */
  get(name: SecretName): Promise<string>;
  /**
   * All values that are still good for something, the one in use first: the former ones of a secret that is being
   * rotated, or whose former values have to be kept. Throws like `get`.
   */
  all(name: SecretName): Promise<readonly string[]>;
}

export interface RoleContext {
  readonly deployment: Deployment;
  readonly node: FactoryNode;
  readonly secrets: Secrets;
  readonly authority: () => Promise<Authority>;
  /** What has to be replaced; a role may hand over more than that. @default everything */
  readonly only?: "certificates" | undefined;
}

export type RoleHandover = (context: RoleContext) => Promise<Handover>;
