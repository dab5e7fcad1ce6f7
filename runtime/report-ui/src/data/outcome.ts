// Outcomes: their order in filters, their colors and their signs.

/** Worst first. */
export const OUTCOMES = ["failed", "timed out", "undefined", "ambiguous", "pending", "flaky", "retried", "interrupted", "skipped", "passed"];

const TONES: Record<string, string> = {
  failed: "failed",
  "timed out": "failed",
  undefined: "unclear",
  ambiguous: "unclear",
  pending: "unclear",
  flaky: "flaky",
  retried: "flaky",
  interrupted: "unclear",
  skipped: "skipped",
  passed: "passed",
};

const SIGNS: Record<string, string> = { failed: "✗", unclear: "?", flaky: "↻", skipped: "–", passed: "✓" };

/** Returns the name of the color of an outcome. */
export function toneOf(outcome: string): string {
  return TONES[outcome] ?? "unclear";
}

/** Returns a sign, so that an outcome is not shown by color alone. */
export function signOf(outcome: string): string {
  return SIGNS[toneOf(outcome)] ?? "?";
}

/** Returns whether an outcome of a step makes its scenario fail. */
export function isFailure(outcome: string): boolean {
  return outcome !== "passed" && outcome !== "skipped";
}
