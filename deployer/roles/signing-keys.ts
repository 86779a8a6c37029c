/** What the deployer on the controller is handed over to sign with: the keys that factory.yaml lets leave this side. */
import { readFileSync } from "node:fs";
import { AGENT_SIGNING } from "../../model/agent";
import type { Deployment } from "../deployment";
import { GnupgHome, isFingerprint } from "../gnupg";
import { IMAGE_KEY, SIGNING_KEY, type KeyKind } from "../gnupg-keys";
import { broughtCertificate, GIVEN_CERTIFICATE } from "../image-certificate";
import { openImageKey } from "../image-key";
import { messageOf, UserError } from "../user-error";
import { runsOnController } from "./deployer";
import type { Handover, RoleContext } from "./role";

interface GivenKey {
  /** Which of the factory's keys it is, as the home remembers it. */
  readonly remembered: { readonly name: string; readonly content: string };
  readonly publicKey: string;
  readonly secretKey: string;
}

export async function signingKeys({ deployment, only }: Pick<RoleContext, "deployment" | "only">): Promise<Handover> {
  if (only === "certificates" || runsOnController(deployment.root)) return {};
  const keys = await givenKeys(deployment);
  return {
    // an empty one takes the place of a former one
    credentials: [{ name: AGENT_SIGNING.credential, content: keys.map(({ secretKey }) => secretKey).join("") }],
    directories: [
      {
        path: AGENT_SIGNING.files,
        owner: "root:root",
        mode: "0755",
        fileMode: "0644",
        files: [
          // all of the keys' subkeys: signatures of former ones are good, too
          ...keys.map(({ remembered, publicKey }) => ({ name: `${remembered.name}.asc`, content: publicKey })),
          ...keys.map(({ remembered }) => remembered),
          ...certificate(deployment),
        ],
      },
    ],
    restart: [AGENT_SIGNING.unit],
  };
}

async function givenKeys(deployment: Deployment): Promise<GivenKey[]> {
  const { config, home } = deployment;
  const { key, imageKey, onController } = config.signing;
  const kinds: readonly (readonly [KeyKind, string])[] = [
    [SIGNING_KEY, key],
    [IMAGE_KEY, imageKey],
  ];
  const leave = kinds.filter(([, source]) => onController && source !== "none" && !isFingerprint(source));
  // a home from before there were such keys gets one now
  if (leave.some(([kind]) => kind === IMAGE_KEY)) await openImageKey(deployment);
  const gnupg = new GnupgHome(home.gnupg);
  return Promise.all(
    leave.map(async ([kind, source]) => {
      const fingerprint = gnupg.fingerprint(kind, source);
      return {
        remembered: { name: gnupg.rememberedAs(kind, source), content: `${fingerprint}\n` },
        publicKey: await gnupg.publicKey(fingerprint, kind),
        secretKey: await gnupg.secretKey(fingerprint, kind),
      };
    }),
  );
}

/** The one that the user brings for the image key. */
function certificate({ root, config }: Deployment): { readonly name: string; readonly content: string }[] {
  if (config.signing.imageCertificate === undefined) return [];
  const file = broughtCertificate(root, config.signing);
  try {
    return [{ name: GIVEN_CERTIFICATE, content: readFileSync(file, "utf8") }];
  } catch (error) {
    throw new UserError(`signing.imageCertificate: ${file}: can not be read (${messageOf(error)})`);
  }
}
