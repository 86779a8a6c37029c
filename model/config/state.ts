/** factory.yaml: state. */
import { z } from "zod";

/** `local`, or where a remote backend is, as a URL without credentials. */
export const stateSchema = z
  .string()
  .regex(
    /^(local|s3:\/\/\S+|postgres:\/\/\S+|https?:\/\/\S+)$/,
    "is no place for states; write local, s3://BUCKET/PREFIX?endpoint=https://s3.example.org&region=eu, postgres://HOST/DATABASE or https://state.example.org/factory",
  )
  .default("local");
