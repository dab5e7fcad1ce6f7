// Durations and times as text.

/** Formats a duration in nanoseconds with three significant digits. */
export function duration(ns: number): string {
  if (ns < 1e3) return `${Math.round(ns)} ns`;
  if (ns < 1e6) return `${digits(ns / 1e3)} µs`;
  if (ns < 1e9) return `${digits(ns / 1e6)} ms`;
  if (ns < 120e9) return `${digits(ns / 1e9)} s`;
  return `${Math.floor(ns / 60e9)} min ${Math.round((ns % 60e9) / 1e9)} s`;
}

const UNITS: [number, string][] = [[1e9, "s"], [1e6, "ms"], [1e3, "µs"]];

/** Formats a time in nanoseconds with so many digits that it differs from times that are `apart` from it. */
export function time(ns: number, apart: number): string {
  const [size, name] = UNITS.find(([size]) => ns >= size) ?? [1, "ns"];
  const shown = ns >= 120e9 ? 1e9 : 10 ** (Math.floor(Math.log10(Math.max(ns, 1))) - 2);
  if (apart >= shown || size === 1) return duration(ns);
  const decimals = Math.ceil(Math.log10(size / Math.max(apart, 1)));
  return `${(ns / size).toFixed(decimals)} ${name}`;
}

function digits(value: number): string {
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
}

/** Parses a duration such as `200 ms`; a number alone means milliseconds. */
export function parseDuration(text: string): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ns|µs|us|ms|s|min)?\s*$/.exec(text);
  if (!match) return null;
  const unit = { ns: 1, "µs": 1e3, us: 1e3, ms: 1e6, s: 1e9, min: 60e9 }[match[2] ?? "ms"] ?? 1e6;
  return Number(match[1]) * unit;
}

/** Returns the distance between labels of an axis: 1, 2 or 5 times a power of ten. */
export function tickStep(span: number, most: number): number {
  const least = span / Math.max(most, 1);
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? power;
}

export function median(sorted: number[]): number {
  const middle = sorted.length >> 1;
  if (!sorted.length) return 0;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
