import path from "node:path";

/** The repository. */
export const ROOT = path.join(__dirname, "..", "..");

/** Logs and other evidence of test runs; git ignores it. */
export const RESULTS = path.join(ROOT, "test-results");
