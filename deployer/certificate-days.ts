/** How long nodes' certificates last. */

export const DAY = 24 * 3600_000;
/** Days that a new certificate is good for, unless its CA ends sooner. */
export const LEAF_DAYS = 90;
/** Days before its end at which a certificate is renewed. */
export const RENEW_DAYS = 30;
