"use strict";

/**
 * Everything that the set-up fetches or builds, with exact versions. `sum` is Go's own hash (h1) of the module's source.
 */
module.exports = {
  /** Node that runs everything; the machine's own is used when it is in this range. */
  node: { least: "20.9.0", below: "24.0.0", fallback: "22.23.3" },

  /** Terraform or OpenTofu from the PATH must have `plantimestamp()`. */
  terraform: { least: "1.5.0" },

  /** What is built where the PATH has neither: of the two the one that current Go compilers take. */
  opentofu: {
    module: "github.com/opentofu/opentofu",
    program: "./cmd/tofu",
    version: "1.10.6",
    sum: "h1:J57O7HrW7gakftSLFQr+/p7fniZjZ3FQLFyzv4XsSmQ=",
  },

  provider: {
    source: "terraform-provider-openstack/openstack",
    program: ".",
    module: "github.com/terraform-provider-openstack/terraform-provider-openstack/v3",
    version: "3.4.0",
    sum: "h1:Ap8gvameIY5ZM7CMh7fngP/VoIyeupzKX3izoyfp9yg=",
  },

  /** What builds the two above. An older one (from 1.21) fetches a newer toolchain by itself unless told not to. */
  go: { least: "1.21.0" },

  /** The maintained continuation of cdktf, which the unit tests run on once more. */
  cdktn: "0.24.0",
};
