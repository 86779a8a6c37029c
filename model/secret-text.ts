/** What secrets look like in text that must hold none: user data, Terraform's configuration. */

const SECRETS: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY/],
  ["a token of Keystone", /gAAAAA[A-Za-z0-9_-]{60,}/],
  ["a password in an address", /[a-z][a-z0-9+.-]*:\/\/[^/\s:@]+:[^/\s@${}]+@/i],
  [
    // set to something, that is: not to a variable, a yes or no, or the path of a file
    "a password, secret or token",
    /(password|passwd|passphrase|secret|token)["']?\s*[:=]\s*["']?(?!(no|yes|true|false)\b|\/(etc|run|var|usr|home)\/)[^\s"'${}\\]{8,}/i,
  ],
];

/** What kind of secret a text seems to hold ("a private key"), or undefined. */
export function secretIn(text: string): string | undefined {
  return SECRETS.find(([, pattern]) => pattern.test(text))?.[0];
}
