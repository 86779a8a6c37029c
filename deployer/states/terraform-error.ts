/** What Terraform has against it, as one line. Pure. */

/** The first error in Terraform's output, without frames and hints; the last line where there is none. */
export function terraformError(output: string): string {
  const lines = output.split("\n").map((line) => line.replace(/^[│╷╵]\s?/, "").trim());
  const from = lines.findIndex((line) => line.startsWith("Error:"));
  if (from < 0) return lines.filter((line) => line !== "").at(-1) ?? "no word of what is wrong";
  const rest = lines.slice(from);
  const next = rest.findIndex((line, index) => index > 0 && line.startsWith("Error:"));
  return (next < 0 ? rest : rest.slice(0, next))
    .join(" ")
    .replace("Error:", "")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, LONGEST);
}

const LONGEST = 400;
