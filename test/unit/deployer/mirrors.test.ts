import dns from "node:dns";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { deadMirrors } from "../../../deployer/mirrors";

let status: number | undefined;
const server = http.createServer((_, response) => {
  if (status !== undefined) response.writeHead(status).end();
});
let address: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const look = (at: string, patience?: number): Promise<string[]> =>
  deadMirrors([{ name: "debian", address: at }], "factory.yaml", patience);

test.each([200, 301, 403, 404])("one that answers with %d is there", async (answer) => {
  status = answer;
  expect(await look(address)).toEqual([]);
});

test("one that says nothing in time is left to the build host", async () => {
  status = undefined;
  expect(await look(address, 100)).toEqual([]);
});

test("one that is out of order or nowhere is told with where it is named", async () => {
  const said = (at: string, why: string): string =>
    `factory.yaml: infrastructure.mirrors.debian: ${at} does not answer (${why}); correct it, or mend it`;
  status = 503;
  expect(await look(address)).toEqual([said(address, "HTTP 503")]);
  const nowhere = "http://127.0.0.1:1/debian";
  expect(await look(nowhere)).toEqual([said(nowhere, "connect ECONNREFUSED 127.0.0.1:1")]);
  const noName = Object.assign(new Error("getaddrinfo ENOTFOUND deb.invalid"), { code: "ENOTFOUND" });
  const lookup = jest
    .spyOn(dns, "lookup")
    .mockImplementation((...args: unknown[]) => (args.at(-1) as (error: Error) => void)(noName));
  const invalid = "http://deb.invalid/debian";
  expect(await look(invalid)).toEqual([said(invalid, noName.message)]);
  lookup.mockRestore();
});
