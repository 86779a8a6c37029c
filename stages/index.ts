/** The stages that run on the build host. */
import { stage as buildImage } from "./build-image";
import { stage as checkout } from "./checkout";
import { stage as cleanUp } from "./clean-up";
import { stage as configureHost } from "./configure-host";
import { stage as distribute } from "./distribute";
import { stage as hashdeep } from "./hashdeep";
import type { HostStage } from "./lib/stage";
import { stage as prepare } from "./prepare";
import { stage as register } from "./register";
import { stage as requestPublication } from "./request-publication";
import { stage as sign } from "./sign";
import { stage as test } from "./test";

export const HOST_STAGE_IMPLEMENTATIONS: readonly HostStage[] = [
  checkout,
  configureHost,
  prepare,
  buildImage,
  register,
  test,
  sign,
  hashdeep,
  distribute,
  requestPublication,
  cleanUp,
];
