/** Where everybody reads bucket release, by the kind of object storage. */
import type { Deployment } from "./deployment";

const URLS: Readonly<Record<Deployment["config"]["buckets"]["kind"], (deployment: Deployment) => Promise<string>>> = {
  async swift(deployment) {
    const account = await deployment.project("production").endpoint("object-store");
    return `${account}/${encodeURIComponent(deployment.config.buckets.release)}`;
  },
  obs(deployment) {
    const region = deployment.project("production").region ?? deployment.homeRegion.region;
    return Promise.resolve(`https://${deployment.config.buckets.release}.obs.${region}.otc.t-systems.com`);
  },
};

/** Its URL without a slash at the end. */
export function releasedUrl(deployment: Deployment): Promise<string> {
  return URLS[deployment.config.buckets.kind](deployment);
}
