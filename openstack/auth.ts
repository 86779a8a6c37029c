/** The two ways to prove who we are to Keystone, and what its token tells. Pure. */
import type { CatalogueEntry } from "./catalogue";

export interface PasswordAuth {
  readonly kind: "password";
  readonly authUrl: string;
  /** Name (with a domain) or id. */
  readonly user: { readonly id: string } | { readonly name: string; readonly domain: Domain };
  readonly password: string;
  readonly project: { readonly id: string } | { readonly name: string; readonly domain: Domain };
}

export interface ApplicationCredentialAuth {
  readonly kind: "applicationCredential";
  readonly authUrl: string;
  readonly applicationCredentialId: string;
  readonly applicationCredentialSecret: string;
}

export type Domain = { readonly id: string } | { readonly name: string };
export type Auth = PasswordAuth | ApplicationCredentialAuth;

export interface Token {
  /** The secret that goes with each request. */
  readonly value: string;
  readonly expiresAt: Date;
  readonly user: { readonly id: string; readonly name: string; readonly domainId?: string | undefined };
  readonly project: { readonly id: string; readonly name: string };
  readonly roles: readonly string[];
  /** There when an application credential was used; a restricted one may not make further credentials. */
  readonly applicationCredential?: { readonly id: string; readonly restricted: boolean };
  readonly catalogue: readonly CatalogueEntry[];
}

/** The body of POST /v3/auth/tokens. */
export function authRequest(auth: Auth): unknown {
  if (auth.kind === "applicationCredential") {
    const { applicationCredentialId: id, applicationCredentialSecret: secret } = auth;
    return { auth: { identity: { methods: ["application_credential"], application_credential: { id, secret } } } };
  }
  const user = { ...auth.user, password: auth.password };
  return { auth: { identity: { methods: ["password"], password: { user } }, scope: { project: auth.project } } };
}

interface TokenBody {
  readonly token?: {
    readonly expires_at?: string;
    readonly user?: { readonly id: string; readonly name: string; readonly domain?: { readonly id: string } };
    readonly project?: { readonly id: string; readonly name: string };
    readonly roles?: readonly { readonly name: string }[];
    readonly application_credential?: { readonly id: string; readonly restricted?: boolean };
    readonly catalog?: readonly CatalogueEntry[];
  };
}

/** Keystone's answer as a Token; undefined when it is not one that a project's work can be done with. */
export function tokenFrom(value: string | undefined, body: unknown): Token | undefined {
  const token = (body as TokenBody | undefined)?.token;
  if (!value || !token?.user || !token.project || !token.expires_at) return undefined;
  const credential = token.application_credential;
  return {
    value,
    expiresAt: new Date(token.expires_at),
    user: { id: token.user.id, name: token.user.name, domainId: token.user.domain?.id },
    project: { id: token.project.id, name: token.project.name },
    roles: (token.roles ?? []).map((role) => role.name),
    ...(credential && { applicationCredential: { id: credential.id, restricted: credential.restricted !== false } }),
    catalogue: token.catalog ?? [],
  };
}

/** `http://host/identity`, `…/v3/`, `…/v2.0` → the URL of Keystone's v3 API, without a slash at the end. */
export function identityUrl(authUrl: string): string {
  const trimmed = authUrl.replace(/\/+$/, "");
  return /\/v3$/.test(trimmed) ? trimmed : `${trimmed.replace(/\/v2\.0$/, "")}/v3`;
}
