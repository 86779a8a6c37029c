/** The program on the NFS server that keeps the share small; bundled into one file for the Node that it has there. */
import { main } from "./command-line";

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
