import { fillCasc, secretsNamedIn, unknownReferences } from "../../../model/casc";

describe("fillCasc", () => {
  test("puts values into strings and leaves Jenkins' own references alone", () => {
    expect(fillCasc("x.yaml", 'a: "{{ url }}x"\nb: "${SECRET}"\n', { url: "https://j/" })).toBe(
      "a: https://j/x\nb: ${SECRET}\n",
    );
  });

  test("a value can neither change the structure nor refer to a secret", () => {
    expect(fillCasc("x.yaml", 'a: "{{ v }}"', { v: "b\nc: ${SECRET}" })).toBe("a: |-\n  b\n  c: ^${SECRET}\n");
  });

  test.each([
    ["a value that there is not", 'a: "{{ none }}"', "x.yaml: no value for {{ none }}"],
    ["a key that is given twice", "a: 1\na: 2", "x.yaml: Map keys must be unique"],
  ])("fails when it names %s", (_, text, message) => {
    expect(() => fillCasc("x.yaml", text, {})).toThrow(message);
  });
});

test("the secrets of a file are those that it names, each once, not the escaped ones", () => {
  expect(secretsNamedIn('a: ${B}\nb: "${A} ${B} ^${C} ${readFile:/x} ${base64:x}"')).toEqual(["A", "B"]);
});

describe("unknownReferences", () => {
  const known = { secrets: ["KNOWN"], files: ["/run/key"] };

  test("takes what is provided, and what is escaped", () => {
    expect(unknownReferences("x.yaml", "${KNOWN} ${readFile:/run/key} ^${OTHER}", known)).toEqual([]);
  });

  test.each(["UNKNOWN", "KNOWN:-x", "base64:KNOWN", "un.known", "readFileBase64:/run/key", "readFile:/etc/shadow", ""])(
    "refuses ${%s}",
    (inside) => {
      expect(unknownReferences("x.yaml", `a: "\${${inside}}"`, known)).toEqual([
        `x.yaml: nothing is called \${${inside}}; there are: KNOWN, readFile:/run/key`,
      ]);
    },
  );
});
