/** What a publish request's objects in the requests bucket are called. Apart from its schema: the runner carries it. */

interface OfBuild {
  readonly build: string;
}

/** Name of the request's object; its OpenPGP signature lies beside it with `.asc`. */
export const requestName = ({ build }: OfBuild): string => `${build}.json`;

/** Name of the envelope of the same bytes, signed by the image key; there where the factory has one. */
export const requestEnvelopeName = ({ build }: OfBuild): string => `${build}.dsse.json`;
