import { identityUrl } from "../../../openstack/auth";
import { endpoint, withVersion } from "../../../openstack/catalogue";

describe("the version in a service's URL", () => {
  test.each([
    ["http://10.0.0.1:9292", "v2", "http://10.0.0.1:9292/v2"],
    ["http://10.0.0.1:9292/", "v2", "http://10.0.0.1:9292/v2"],
    ["https://image.example.org/v2/", "v2", "https://image.example.org/v2"],
    ["https://cloud.example.org/image", "v2", "https://cloud.example.org/image/v2"],
    ["https://cloud.example.org/v2.1/0123", "v2.1", "https://cloud.example.org/v2.1/0123"],
    ["https://network.example.org:9696/v2.0", "v2.0", "https://network.example.org:9696/v2.0"],
    ["https://swift.example.org/v1/AUTH_p", undefined, "https://swift.example.org/v1/AUTH_p"],
    ["https://v2.example.org/image", "v2", "https://v2.example.org/image/v2"],
  ])("%s", (url, version, expected) => {
    expect(withVersion(url, version)).toBe(expected);
  });

  test.each([
    ["http://10.0.0.1:5000", "http://10.0.0.1:5000/v3"],
    ["http://10.0.0.1/identity/", "http://10.0.0.1/identity/v3"],
    ["http://10.0.0.1:5000/v3/", "http://10.0.0.1:5000/v3"],
    ["http://10.0.0.1:5000/v2.0", "http://10.0.0.1:5000/v3"],
  ])("Keystone at %s", (url, expected) => {
    expect(identityUrl(url)).toBe(expected);
  });
});

describe("services under several names", () => {
  const at = (url: string): { interface: string; region_id: string; url: string }[] => [
    { interface: "internal", region_id: "R", url: "http://inside" },
    { interface: "public", region_id: "R", url },
  ];

  test("the official type wins over its older alias", () => {
    const catalogue = [
      { type: "volumev3", endpoints: at("http://old/v3/p") },
      { type: "block-storage", endpoints: at("http://new/v3/p") },
    ];
    expect(endpoint(catalogue, { service: "block-storage", region: "R", interface: "public" })).toBe("http://new/v3/p");
    expect(endpoint(catalogue.slice(0, 1), { service: "block-storage", interface: "public" })).toBe("http://old/v3/p");
  });
});
