/** Which TCP ports answer at an address, of those that a server might have. */
import { createConnection } from "node:net";

const PORTS = [21, 22, 25, 53, 80, 111, 389, 443, 636, 2049, 5201, 5355, 8080, 8443, 20048, 50000];

/** Ports that take a connection from this machine. */
export async function openPorts(address: string): Promise<number[]> {
  const found = await Promise.all(PORTS.map(async (port) => ((await answers(address, port)) ? [port] : [])));
  return found.flat();
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: 4000 });
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("connect", end(true)).on("error", end(false)).on("timeout", end(false));
  });
}
