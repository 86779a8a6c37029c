/** factory.yaml: jenkins. All that the controller downloads, with what proves it. */
import { z } from "zod";
import { sha256, text, webAddress } from "./fields";

export const jenkinsSchema = z.strictObject({
  version: text.default("2.504.3").describe("Version of the package `jenkins`; it is held there"),
  java: z.int().min(17).max(25).default(17).describe("Java that it runs on: a headless JRE of the distribution"),
  repository: webAddress
    .default("https://pkg.jenkins.io/debian-stable")
    .describe("apt repository of the package `jenkins`"),
  key: z
    .strictObject({
      url: webAddress
        .default("https://pkg.jenkins.io/debian-stable/jenkins.io-2026.key")
        .describe("Where the repository's OpenPGP key is"),
      fingerprint: z
        .string()
        .regex(/^[0-9A-F]{40}$/, "is no OpenPGP fingerprint; write its 40 hex digits in upper case")
        .default("5E386EADB55F01504CAE8BCF7198F4B714ABFC68")
        .describe("A key with another fingerprint is refused"),
    })
    .prefault({})
    .describe("The key that signs the repository"),
  pluginManager: z
    .strictObject({
      url: webAddress
        .default(
          "https://github.com/jenkinsci/plugin-installation-manager-tool/releases/download/2.13.2/jenkins-plugin-manager-2.13.2.jar",
        )
        .describe("Where its jar is"),
      sha256: sha256.optional().describe("Of that jar; default: what its publisher says beside it, at <url>.sha256"),
    })
    .prefault({})
    .describe("Jenkins' plugin installation manager"),
  updateCentre: webAddress.default("https://updates.jenkins.io").describe("Where the plugin manager gets plugins from"),
  realm: z
    .enum(["directory", "local"])
    .default("directory")
    .describe(
      "Who logs in: people of the directory; local: the break-glass administrator alone, as without a directory",
    ),
  buildHosts: z.int().min(1).max(50).default(2).describe("How many builds of Jenkins' jobs run at once"),
  required: z
    .boolean()
    .default(true)
    .describe("false: where the repository is not in reach, the factory is deployed without Jenkins and says so"),
});
