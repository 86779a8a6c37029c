/** Takes a lease as a session of its own and says how it went: one of two processes that race for it. */
import { LeaseKeeper } from "../../../../deployer/lease";
import { SshHost } from "../../../../deployer/ssh";
import { Store } from "../../../../deployer/store";

const [configFile = "", directory = "", pid = ""] = process.argv.slice(-3);
const store = new Store(new SshHost({ name: "share", configFile, sudo: false }), directory);
// As two people on two machines: nobody can look whether the other's process lives.
const holder = { user: `user${pid}`, host: `machine${pid}`, pid: Number(pid), started: "tick 1" };
new LeaseKeeper(store, holder).take("debian-12", `debian-12-202601010000-000${pid}`, 60).then(
  (reason) => console.log(`granted ${reason}`),
  (error: unknown) => console.log(`refused ${(error as Error).message}`),
);
