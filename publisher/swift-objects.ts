/** Buckets in Swift. */
import type { Session } from "../openstack/session";
import * as swift from "../openstack/swift";
import type { ObjectStore } from "./ports";

export function swiftObjects(session: Session, bucket: string): ObjectStore {
  return {
    bucket,
    list: async (prefix) => (await swift.listObjects(session, bucket, prefix)).map(({ name }) => name),
    read: (name) => swift.getObject(session, bucket, name),
    download: (name, file) => swift.downloadObject(session, bucket, name, file),
    write: (name, content, { type, ifAbsent } = {}) =>
      swift.putObject(session, bucket, name, content, {
        ...(type !== undefined && { contentType: type }),
        ...(ifAbsent !== undefined && { ifAbsent }),
      }),
    async upload(name, file, { md5, type }) {
      if ((await swift.headObject(session, bucket, name))?.etag === md5) return;
      await swift.putFile(session, bucket, name, file, { contentType: type });
      if ((await swift.headObject(session, bucket, name))?.etag !== md5)
        throw new Error(`${bucket}/${name}: is stored with other bytes than were sent`);
    },
    async remove(name) {
      await swift.deleteObject(session, bucket, name);
    },
    async purge(name) {
      for (const one of await swift.listVersions(session, bucket, name))
        if (one.name === name) await swift.deleteObject(session, bucket, name, one.version_id);
    },
    digests: async () => new Map((await swift.listObjects(session, bucket)).map(({ name, hash }) => [name, hash])),
  };
}
