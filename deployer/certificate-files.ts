/** Where roles put what ends one day, so that it is listed and renewed in time. */

/** Certificates as `<name>.pem`, credentials that end (never their secrets) as `<name>.json`. */
export const CERTIFICATES = "/etc/factory/certificates";

/** What a `<name>.json` says. */
export interface EndingCredential {
  /** Its id. */
  readonly serial: string;
  /** What it is, for people. */
  readonly subject: string;
  /** ISO 8601. */
  readonly expires: string;
}
