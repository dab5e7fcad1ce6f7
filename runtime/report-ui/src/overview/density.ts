// How many scenarios ran at each pixel of the overview.

import type { Span } from "../data/model";

export function countsPerPixel(items: Span[], end: number, width: number): Int32Array {
  const pixels = Math.max(Math.ceil(width), 1);
  const changes = new Int32Array(pixels + 1);
  for (const item of items) {
    const first = Math.min(Math.floor((item.start / end) * pixels), pixels - 1);
    const last = Math.min(Math.floor((item.end / end) * pixels), pixels - 1);
    changes[first]!++;
    changes[last + 1]!--;
  }
  const counts = new Int32Array(pixels);
  let running = 0;
  for (let x = 0; x < pixels; x++) counts[x] = running += changes[x]!;
  return counts;
}
