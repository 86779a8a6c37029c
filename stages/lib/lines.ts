/** Cuts a stream of text into lines. */
export interface LineSplitter {
  write(chunk: string): void;
  /** Gives out a last line without an end. */
  end(): void;
}

/** Calls `onLine` for each whole line; carriage returns of progress bars count as ends of lines. */
export function lineSplitter(onLine: (line: string) => void): LineSplitter {
  let rest = "";
  return {
    write(chunk) {
      const lines = (rest + chunk).split(/\r\n|[\r\n]/);
      rest = lines.pop() ?? "";
      lines.forEach((line) => onLine(line));
    },
    end() {
      if (rest !== "") onLine(rest);
      rest = "";
    },
  };
}
