// From time to pixels: in proportion, or with equal widths.

import type { Span } from "../data/model";

export interface Scale {
  toX(time: number): number;
  toTime(x: number): number;
}

/** Returns a scale that shows `view` between `left` and `left + width`. */
export function scaleOf(view: Span, left: number, width: number, breaks: Float64Array | null): Scale {
  const toUnit = breaks ? (time: number) => rank(breaks, time) : (time: number) => time;
  const fromUnit = breaks ? (unit: number) => unrank(breaks, unit) : (unit: number) => unit;
  const start = toUnit(view.start);
  const perPixel = Math.max(toUnit(view.end) - start, 1e-9) / Math.max(width, 1);
  return {
    toX: (time) => left + (toUnit(time) - start) / perPixel,
    toTime: (x) => fromUnit(start + (x - left) * perPixel),
  };
}

/** Returns the sorted, different times; between two of them a scale with equal widths has one width. */
export function breaksOf(times: number[]): Float64Array {
  const sorted = Float64Array.from(times).sort();
  let count = 0;
  for (const time of sorted) {
    if (count === 0 || time > sorted[count - 1]!) sorted[count++] = time;
  }
  return sorted.slice(0, count);
}

function rank(breaks: Float64Array, time: number): number {
  const last = breaks.length - 1;
  if (last < 1) return time;
  const after = firstAbove(breaks, time);
  if (after === 0) return (time - breaks[0]!) / (breaks[1]! - breaks[0]!);
  if (after > last) return last + (time - breaks[last]!) / (breaks[last]! - breaks[last - 1]!);
  const before = breaks[after - 1]!;
  return after - 1 + (time - before) / (breaks[after]! - before);
}

function unrank(breaks: Float64Array, unit: number): number {
  const last = breaks.length - 1;
  if (last < 1) return unit;
  const index = Math.min(Math.max(Math.floor(unit), 0), last - 1);
  return breaks[index]! + (unit - index) * (breaks[index + 1]! - breaks[index]!);
}

function firstAbove(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
