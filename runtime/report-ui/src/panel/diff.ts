// The difference between the two values that a failure message names.

export interface DiffLine {
  sign: "-" | "+" | " ";
  text: string;
}

export interface Compared {
  /** What each sign means. */
  names: [string, string];
  lines: DiffLine[];
}

/** The most lines of one side that are compared. */
const MOST_LINES = 600;

/** Returns the difference between the values of a message; `null` if it names none, or equal ones. */
export function compared(message: string): Compared | null {
  const found = valuesOf(message);
  if (!found) return null;
  const [left, right] = [linesOf(found.left), linesOf(found.right)];
  if (left.length > MOST_LINES || right.length > MOST_LINES) return null;
  const lines = diff(left, right);
  return lines.some((line) => line.sign !== " ") ? { names: found.names, lines } : null;
}

function valuesOf(message: string) {
  const text = message.replace(/ \(panicked at [^()\n]*\)\s*$/, "");
  const asserted = /^\s*left: ([\s\S]*?)\n\s*right: ([\s\S]*)$/m.exec(text);
  if (asserted) return { names: ["left", "right"] as [string, string], left: asserted[1]!, right: asserted[2]! };
  const expected = /\bexpected:?\s+([\s\S]+?),?\s+(found|got|actual|but was):?\s+([\s\S]+)$/.exec(text);
  if (!expected) return null;
  return { names: ["expected", expected[2]!] as [string, string], left: expected[1]!, right: expected[3]! };
}

/** Splits a value into lines; a structure that was printed on one line gets a line for each field. */
function linesOf(value: string): string[] {
  const trimmed = value.trim();
  return (trimmed.includes("\n") ? trimmed : spread(trimmed)).split("\n");
}

function spread(value: string): string {
  let [text, depth, quote] = ["", 0, ""];
  const newline = () => `\n${"  ".repeat(depth)}`;
  for (let at = 0; at < value.length; at++) {
    const c = value[at]!;
    if (quote) {
      text += c;
      if (c === "\\") text += value[++at] ?? "";
      else if (c === quote) quote = "";
    } else if (c === '"') {
      quote = c;
      text += c;
    } else if ("{[(".includes(c) && !"}])".includes(value[at + 1] ?? "}")) {
      depth++;
      text = `${text}${c}${newline()}`;
      if (value[at + 1] === " ") at++;
    } else if ("}])".includes(c) && depth > 0 && !"{[(".includes(value[at - 1] ?? "")) {
      depth--;
      text = `${text.trimEnd()}${newline()}${c}`;
    } else if (c === "," && depth > 0) {
      text = `${text},${newline()}`;
      if (value[at + 1] === " ") at++;
    } else {
      text += c;
    }
  }
  return text;
}

/** Returns the lines of both sides with the longest common subsequence of lines kept. */
function diff(left: string[], right: string[]): DiffLine[] {
  const common = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1));
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      common[i]![j] = left[i] === right[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      lines.push({ sign: " ", text: left[i]! });
      [i, j] = [i + 1, j + 1];
    } else if (i < left.length && (j === right.length || common[i + 1]![j]! >= common[i]![j + 1]!)) {
      lines.push({ sign: "-", text: left[i++]! });
    } else {
      lines.push({ sign: "+", text: right[j++]! });
    }
  }
  return lines;
}
