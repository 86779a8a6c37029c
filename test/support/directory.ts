/** A directory as root on one of its replicas sees and changes it. */
import { asRoot, type Nodes, type SshResult } from "./nodes";

/** Applies LDIF; what the directory says against it is in the result. */
export function changeDirectory(nodes: Nodes, replica: string, ldif: string): Promise<SshResult> {
  const encoded = Buffer.from(ldif).toString("base64");
  return nodes.ssh(replica, `echo ${encoded} | base64 -d | sudo ldapmodify -QY EXTERNAL`);
}

/** Whether there is an entry of this uid. */
export async function directoryKnows(nodes: Nodes, replica: string, uid: string): Promise<boolean> {
  const search = asRoot(`ldapsearch -LLL -QY EXTERNAL "(uid=${uid})" 1.1`);
  return (await nodes.must(replica, search, 120_000)).includes(`uid=${uid}`);
}
