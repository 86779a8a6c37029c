/**
 * Text for an argument that Terraform must take as it is: `${` and `%{` of shell scripts would be read as its own
 * templates. References that constructs put in (tokens) stay references.
 */
export function literal(text: string): string {
  return text.replace(/\$\{(?!TfToken\[)/g, "$$$${").replace(/%\{/g, "%%{");
}
