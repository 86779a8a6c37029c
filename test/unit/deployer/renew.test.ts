import type { CertificateFacts } from "../../../deployer/certificates";
import { verdict } from "../../../deployer/renew";

const certificate = (daysLeft: number): CertificateFacts => ({
  name: "web",
  serial: "40",
  subject: "CN=node",
  names: [],
  expires: "2026-05-01T00:00:00.000Z",
  daysLeft,
});

test("a node's certificates are renewed when the first of them ends in fewer days than asked for", () => {
  expect(verdict([certificate(80), certificate(29)], 30, 90)).toEqual({ due: true, why: "ends in 29 days" });
  expect(verdict([certificate(80), certificate(30)], 30, 90)).toEqual({ due: false, why: "is good for 30 days more" });
  expect(verdict([certificate(-1)], 30, 90)).toEqual({ due: true, why: "has expired" });
});

test("a node without certificates has none to renew", () => {
  expect(verdict([], Infinity, 90)).toEqual({ due: false, why: "has no certificate" });
});

test("nothing is renewed day after day because the CA itself ends; asked for expressly it is", () => {
  expect(verdict([certificate(12)], 30, 12)).toEqual({
    due: false,
    why: "is good for 12 days more, like its CA; replace that: factory secrets rotate ca",
  });
  expect(verdict([certificate(12)], 30, 13).due).toBe(true);
  expect(verdict([certificate(12)], Infinity, 12).due).toBe(true);
});
