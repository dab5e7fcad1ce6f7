// How long the calls of one step definition took, with the chosen one marked.

import { element } from "../dom";
import type { Step } from "../data/model";
import { duration, median } from "../data/time";

const BINS = 24;
const HEIGHT = 44;
const SVG = "http://www.w3.org/2000/svg";

export function histogram(step: Step): HTMLElement | null {
  const lengths = step.group.steps.map((call) => Math.max(call.end - call.start, 1)).sort((a, b) => a - b);
  if (lengths.length < 2) return null;
  const own = Math.max(step.end - step.start, 1);
  const [least, most] = [Math.log(lengths[0]!), Math.log(lengths.at(-1)!)];
  const binOf = (length: number) =>
    Math.min(Math.floor(((Math.log(length) - least) / Math.max(most - least, 1e-9)) * BINS), BINS - 1);
  const counts = new Array<number>(BINS).fill(0);
  for (const length of lengths) counts[binOf(length)]!++;
  const rank = lengths.findLastIndex((length) => length <= own) + 1;
  const text =
    `${lengths.length} calls: shortest ${duration(lengths[0]!)}, median ${duration(median(lengths))}, ` +
    `longest ${duration(lengths.at(-1)!)}. This one took ${duration(own)}; ${lengths.length - rank} took longer.`;
  return element("div", { class: "histogram" }, bars(counts, binOf(own)), element("p", {}, text));
}

function bars(counts: number[], own: number): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${BINS * 10} ${HEIGHT}`);
  svg.setAttribute("aria-hidden", "true");
  const most = Math.max(...counts);
  counts.forEach((count, at) => {
    const height = count ? Math.max((count / most) * HEIGHT, 3) : 0;
    const bar = document.createElementNS(SVG, "rect");
    const values = { x: at * 10, y: HEIGHT - height, width: 9, height };
    for (const [name, value] of Object.entries(values)) bar.setAttribute(name, String(value));
    bar.setAttribute("class", at === own ? "own" : "other");
    svg.append(bar);
  });
  return svg;
}
