// Where the lanes are: their vertical positions, and the box at a point.

import type { Scenario } from "../data/model";
import type { App } from "../state/app";
import { type Box, type Lane, type LaneGroup, type Mark, scenarioGroup, threadGroup } from "./lanes";
import type { Scale } from "./scale";

export const LANE_HEIGHT = 24;
export const HEAD_HEIGHT = 24;
const GROUP_GAP = 4;

/** The distance in pixels within which a failure or a mark is found. */
const REACH = 4;

export interface Layout {
  /** The top of each group, and at the end the whole height. */
  tops: number[];
  height: number;
  group(index: number): LaneGroup;
  /** Whether the group has a line with its name above its lanes. */
  hasHead(index: number): boolean;
  indexOf(scenario: Scenario): number;
}

export function layoutOf(app: App): Layout {
  if (app.byThread) {
    const group = threadGroup(app.hits);
    const height = group.lanes.length * LANE_HEIGHT + GROUP_GAP;
    return { tops: [0, height], height, group: () => group, hasHead: () => false, indexOf: () => 0 };
  }
  const scenarios = app.hits.all.map((hit) => hit.scenario);
  const groups = new Map<number, LaneGroup>();
  const isOpen = (index: number) => app.unfolded.has(scenarios[index]!);
  const tops = [0];
  scenarios.forEach((scenario, index) => {
    const lanes = isOpen(index) ? scenario.roles.length + unusedProcesses(scenario) + 1 : 0;
    tops.push(tops[index]! + HEAD_HEIGHT + lanes * LANE_HEIGHT + (lanes ? GROUP_GAP : 0));
  });
  const places = new Map(scenarios.map((scenario, index) => [scenario, index]));
  return {
    tops,
    height: tops[scenarios.length]!,
    group(index) {
      let group = groups.get(index);
      if (!group) groups.set(index, (group = scenarioGroup(scenarios[index]!, isOpen(index))));
      return group;
    },
    hasHead: isOpen,
    indexOf: (scenario) => places.get(scenario) ?? -1,
  };
}

/** Returns the number of processes that were started and executed no step. */
function unusedProcesses(scenario: Scenario): number {
  const labels = new Set(scenario.processes.map((process) => process.process.replace(/ #\d+$/, "")));
  for (const role of scenario.roles) labels.delete(role);
  return labels.size;
}

/** Returns the index of the group at a height. */
export function groupAt(layout: Layout, y: number): number {
  let [low, high] = [0, layout.tops.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (layout.tops[middle]! <= y) low = middle;
    else high = middle - 1;
  }
  return Math.max(low, 0);
}

export interface Target {
  group: LaneGroup;
  lane: Lane | null;
  box: Box | null;
  mark: Mark | null;
}

/** Returns what is at a point of the chart. */
export function targetAt(layout: Layout, x: number, y: number, scale: Scale): Target | null {
  if (y < 0 || y >= layout.height) return null;
  const index = groupAt(layout, y);
  const group = layout.group(index);
  const top = layout.tops[index]! + (layout.hasHead(index) ? HEAD_HEIGHT : 0);
  const lane = y < top ? null : (group.lanes[Math.floor((y - top) / LANE_HEIGHT)] ?? null);
  if (!lane) return { group, lane, box: null, mark: null };
  const mark = lane.marks.find((mark) => Math.abs(scale.toX(mark.at) - x) <= REACH) ?? null;
  return { group, lane, box: boxAt(lane, x, scale), mark };
}

function boxAt(lane: Lane, x: number, scale: Scale): Box | null {
  // Failures are drawn above all other boxes.
  const failure = lane.failures.find((box) => scale.toX(box.start) - 1 <= x && x <= Math.max(scale.toX(box.end), scale.toX(box.start) + REACH));
  if (failure) return failure;
  const time = scale.toTime(x);
  let at = firstAfter(lane.boxes, time) - 1;
  // Boxes of parallel parts overlap, but few of them.
  for (let tries = 0; at >= 0 && tries < 8; tries++, at--) {
    if (lane.boxes[at]!.end >= time) return lane.boxes[at]!;
  }
  const next = lane.boxes[firstAfter(lane.boxes, time)];
  return next && scale.toX(next.start) - x <= 2 ? next : null;
}

/** Returns the index of the first box that starts after a time. */
export function firstAfter(boxes: Box[], time: number): number {
  let [low, high] = [0, boxes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (boxes[middle]!.start <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
