// Draws the lanes in view.

import { scenarioOf, type Item, type Span } from "../data/model";
import { signOf, toneOf } from "../data/outcome";
import { tickStep, time } from "../data/time";
import { fit } from "./canvas";
import { type Colors } from "./colors";
import type { Arrow, Box, Lane, LaneGroup, Mark } from "./lanes";
import { firstAfter, groupAt, HEAD_HEIGHT, LANE_HEIGHT, type Layout } from "./layout";
import type { Scale } from "./scale";

export const RULER_HEIGHT = 26;

/** The least width of a failure, in pixels. */
const LEAST_FAILURE = 5;

/** Boxes below this width are drawn together. */
const MERGED = 2;

/** The width from which a box has a frame and a text. */
const FRAMED = 6;

export interface Scene {
  pen: CanvasRenderingContext2D;
  colors: Colors;
  layout: Layout;
  scale: Scale;
  view: Span;
  /** The width of the names, and of everything. */
  gutter: number;
  width: number;
  height: number;
  scrollTop: number;
  chosen: Item | null;
  /** The start of each failure, for the ruler. */
  failures: number[];
  equal: boolean;
}

export function drawScene(scene: Scene) {
  const { pen, colors, layout, width, height, scrollTop } = scene;
  pen.fillStyle = colors.paper;
  pen.fillRect(0, 0, width, height);
  drawGrid(scene);
  const last = layout.tops.length - 1;
  for (let index = groupAt(layout, scrollTop); index < last; index++) {
    const top = layout.tops[index]! - scrollTop + RULER_HEIGHT;
    if (top > height) break;
    drawGroup(scene, layout.group(index), layout.hasHead(index), top);
  }
  drawRuler(scene);
}

function ticks({ scale, view, gutter, width, equal }: Scene): number[] {
  if (equal) {
    const count = Math.max(Math.floor((width - gutter) / 140), 1);
    return Array.from({ length: count }, (_, at) => scale.toTime(gutter + ((width - gutter) * at) / count));
  }
  const step = tickStep(view.end - view.start, (width - gutter) / 90);
  const times: number[] = [];
  for (let time = Math.ceil(view.start / step) * step; time <= view.end; time += step) times.push(time);
  return times;
}

function drawGrid(scene: Scene) {
  const { pen, colors, scale, height } = scene;
  pen.fillStyle = colors.line;
  for (const at of ticks(scene)) pen.fillRect(Math.round(scale.toX(at)), RULER_HEIGHT, 1, height);
}

function drawRuler(scene: Scene) {
  const { pen, colors, scale, gutter, width, failures } = scene;
  pen.fillStyle = colors.panel;
  pen.fillRect(0, 0, width, RULER_HEIGHT);
  pen.fillStyle = colors.faint;
  pen.textAlign = "left";
  const times = ticks(scene);
  const apart = Math.min(...times.slice(1).map((at, index) => at - times[index]!));
  for (const at of times) {
    const x = scale.toX(at);
    const text = at === 0 ? "0" : time(at, apart);
    if (x + 4 + pen.measureText(text).width < width) pen.fillText(text, x + 4, 9);
    pen.fillRect(Math.round(x), 4, 1, RULER_HEIGHT - 4);
  }
  pen.fillStyle = colors.strong("failed");
  let latest = -10;
  for (const at of failures) {
    const x = Math.round(scale.toX(at));
    if (x < gutter || x > width || x - latest < 3) continue;
    latest = x;
    pen.beginPath();
    pen.moveTo(x - 4, RULER_HEIGHT - 9);
    pen.lineTo(x + 4, RULER_HEIGHT - 9);
    pen.lineTo(x, RULER_HEIGHT - 1);
    pen.fill();
  }
  pen.fillStyle = colors.panel;
  pen.fillRect(0, 0, gutter, RULER_HEIGHT);
  pen.fillStyle = colors.line;
  pen.fillRect(0, RULER_HEIGHT - 1, width, 1);
}

function drawGroup(scene: Scene, group: LaneGroup, hasHead: boolean, top: number) {
  const { pen, colors, gutter, width, chosen } = scene;
  const { scenario } = group;
  const isChosen = !!chosen && !!scenario && scenarioOf(chosen) === scenario;
  const whole = (hasHead ? HEAD_HEIGHT : 0) + group.lanes.length * LANE_HEIGHT;
  if (isChosen) {
    pen.fillStyle = colors.panel;
    pen.fillRect(0, top, width, whole);
  }
  let y = top;
  if (hasHead && scenario) {
    clipped(scene, top, HEAD_HEIGHT, () => {
      const box: Box = { ...scenario, item: scenario, kind: "scenario", label: scenario.name, outcome: scenario.status };
      drawBox(scene, box, y, scene.scale.toX(box.start), scene.scale.toX(box.end));
    });
    drawName(scene, `▾ ${signOf(scenario.status)} ${group.label}`, scenario.status, y, 6);
    y += HEAD_HEIGHT;
  }
  const first = y;
  for (const lane of group.lanes) {
    clipped(scene, y, LANE_HEIGHT, () => drawLane(scene, lane, y));
    if (hasHead || !scenario) drawName(scene, lane.label, "", y, scenario ? 24 : 8);
    else drawName(scene, `▸ ${signOf(scenario.status)} ${group.label}`, scenario.status, y, 6);
    y += LANE_HEIGHT;
  }
  let arrowTop = first;
  for (const lane of group.lanes) {
    if (lane.arrows.length) clipped(scene, first, y - first, () => drawArrows(scene, lane.arrows, first, arrowTop));
    arrowTop += LANE_HEIGHT;
  }
  pen.fillStyle = colors.line;
  pen.fillRect(0, y - 1, width, 1);
  pen.fillRect(gutter - 1, top, 1, y - top);
}

function drawName({ pen, colors, gutter }: Scene, name: string, outcome: string, y: number, left: number) {
  const isPlain = !outcome || outcome === "passed" || outcome === "skipped";
  pen.fillStyle = isPlain ? colors.ink : colors.strong(toneOf(outcome));
  pen.textAlign = "left";
  pen.fillText(fit(pen, name, gutter - left - 6), left, y + LANE_HEIGHT / 2);
}

function clipped({ pen, gutter, width }: Scene, top: number, height: number, draw: () => void) {
  pen.save();
  pen.beginPath();
  pen.rect(gutter, top, width - gutter, height);
  pen.clip();
  draw();
  pen.restore();
}

function drawLane(scene: Scene, lane: Lane, y: number) {
  const { pen, colors, scale, view } = scene;
  const { boxes } = lane;
  drawPauses(scene, lane, y);
  drawStarts(scene, lane, y);
  let mergedFrom = -1;
  let mergedTo = -1;
  const flush = () => {
    if (mergedTo < 0) return;
    pen.fillStyle = colors.strong("passed");
    pen.fillRect(mergedFrom, y + 5, Math.max(mergedTo - mergedFrom, 1), LANE_HEIGHT - 10);
    mergedTo = -1;
  };
  // A box before the view may reach into it.
  for (let at = Math.max(firstAfter(boxes, view.start) - 8, 0); at < boxes.length; at++) {
    const box = boxes[at]!;
    if (box.start > view.end) break;
    if (box.end < view.start) continue;
    const [x0, x1] = [scale.toX(box.start), scale.toX(box.end)];
    if (x1 - x0 < MERGED && toneOf(box.outcome) === "passed" && box.item !== scene.chosen) {
      if (mergedTo >= 0 && x0 > mergedTo + 1) flush();
      if (mergedTo < 0) mergedFrom = x0;
      mergedTo = Math.max(x1, mergedTo, mergedFrom + 1);
    } else {
      flush();
      drawBox(scene, box, y, x0, x1);
    }
  }
  flush();
  drawFailures(scene, lane, y);
  for (const mark of lane.marks) {
    const x = scale.toX(mark.at);
    if (mark.at >= view.start && mark.at <= view.end) drawMark(scene, mark, x, y);
  }
}

/** Draws the times in which the process of a lane was paused. */
function drawPauses({ pen, colors, scale, view }: Scene, lane: Lane, y: number) {
  pen.fillStyle = colors.line;
  for (const { start, end } of lane.pauses) {
    if (start > view.end || end < view.start) continue;
    const [x0, x1] = [scale.toX(Math.max(start, view.start)), scale.toX(Math.min(end, view.end))];
    pen.fillRect(x0, y + 1, Math.max(x1 - x0, 1), LANE_HEIGHT - 2);
  }
}

/** Draws the start of the process of a lane: a bar that differs from steps. */
function drawStarts({ pen, colors, scale, view }: Scene, lane: Lane, y: number) {
  pen.fillStyle = colors.line;
  pen.strokeStyle = colors.faint;
  pen.lineWidth = 1;
  for (const { start, end } of lane.starts) {
    if (start > view.end || end < view.start) continue;
    const [x0, x1] = [scale.toX(Math.max(start, view.start)), scale.toX(Math.min(end, view.end))];
    const bar: [number, number, number, number] = [x0 + 0.5, y + 7.5, Math.max(x1 - x0 - 1, 1), LANE_HEIGHT - 15];
    pen.fillRect(...bar);
    pen.strokeRect(...bar);
  }
}

/** Draws the failures last and wide enough, so that no other box hides them. */
function drawFailures(scene: Scene, lane: Lane, y: number) {
  const { scale, view } = scene;
  let latest = -LEAST_FAILURE;
  for (const box of lane.failures) {
    if (box.start > view.end || box.end < view.start) continue;
    const [x0, x1] = [scale.toX(box.start), scale.toX(box.end)];
    if (x1 - x0 < LEAST_FAILURE && x0 - latest < 1 && box.item !== scene.chosen) continue;
    latest = x0;
    drawBox(scene, box, y, x0, Math.max(x1, x0 + LEAST_FAILURE));
  }
}

function drawBox({ pen, colors, chosen, gutter, width }: Scene, box: Box, y: number, x0: number, x1: number) {
  const tone = toneOf(box.outcome);
  const [left, right] = [Math.max(x0, gutter - 3), Math.min(x1, width + 3)];
  const isThin = box.kind === "scenario";
  const inset = isThin ? 5 : box.kind === "hook" ? 7 : 3;
  const [top, height] = [y + inset, LANE_HEIGHT - 2 * inset];
  const wide = Math.max(right - left, 1);
  pen.fillStyle = colors.strong(tone);
  pen.fillRect(left, top, wide, height);
  if (wide >= FRAMED) {
    pen.fillStyle = colors.pale(tone);
    pen.fillRect(left + (tone === "failed" ? 4 : 3), top + 1, wide - (tone === "failed" ? 5 : 4), height - 2);
    const sign = tone === "passed" ? "" : `${signOf(box.outcome)} `;
    const text = fit(pen, sign + box.label, wide - 12);
    if (text) {
      pen.fillStyle = colors.text(tone);
      pen.textAlign = "left";
      pen.fillText(text, left + 7, y + LANE_HEIGHT / 2 + 0.5);
    }
  }
  if (box.item === chosen) {
    pen.strokeStyle = colors.accent;
    pen.lineWidth = 2;
    pen.strokeRect(left - 1, top - 1, wide + 2, height + 2);
  }
}

function drawMark({ pen, colors }: Scene, mark: Mark, x: number, y: number) {
  const middle = y + LANE_HEIGHT / 2;
  const path = (...points: [number, number][]) => {
    pen.beginPath();
    points.forEach(([dx, dy], at) => (at ? pen.lineTo(x + dx, middle + dy) : pen.moveTo(x + dx, middle + dy)));
    pen.closePath();
    pen.fill();
  };
  pen.fillStyle = colors.ink;
  switch (mark.kind) {
    case "started":
      return path([-1, -6], [6, 0], [-1, 6]);
    case "ready":
      pen.beginPath();
      pen.arc(x, middle, 4, 0, 7);
      return pen.fill();
    case "paused":
      pen.fillRect(x - 4, middle - 5, 3, 10);
      return pen.fillRect(x + 1, middle - 5, 3, 10);
    case "resumed":
      return path([-3, -5], [5, 0], [-3, 5]);
    case "exited":
      return pen.fillRect(x - 4, middle - 4, 8, 8);
    case "killed":
    case "asked to crash":
    case "asked to shut down":
      pen.strokeStyle = mark.kind === "asked to shut down" ? colors.ink : colors.strong("failed");
      pen.lineWidth = 2.5;
      pen.beginPath();
      pen.moveTo(x - 5, middle - 5);
      pen.lineTo(x + 5, middle + 5);
      pen.moveTo(x + 5, middle - 5);
      pen.lineTo(x - 5, middle + 5);
      return pen.stroke();
    case "deadline":
      pen.fillStyle = colors.strong("failed");
      return pen.fillRect(x - 1, y, 2, LANE_HEIGHT);
    case "alert":
      pen.fillStyle = colors.strong("unclear");
      return path([-4, 11], [4, 11], [0, 4]);
    case "log":
      pen.fillStyle = colors.faint;
      return pen.fillRect(x, middle + 6, 1, 5);
  }
}

/** Draws messages as arrows between the first lane and that of a process. */
function drawArrows({ pen, colors, scale, view }: Scene, arrows: Arrow[], first: number, top: number) {
  const [from, to] = [first + LANE_HEIGHT - 4, top + 3];
  if (to <= from) return;
  pen.strokeStyle = pen.fillStyle = colors.accent;
  pen.lineWidth = 1;
  let latest = -4;
  for (const { at, isRequest } of arrows) {
    if (at < view.start || at > view.end) continue;
    const x = Math.round(scale.toX(at)) + 0.5;
    // Arrows that touch each other would be an area.
    if (x - latest < 3) continue;
    latest = x;
    pen.beginPath();
    pen.moveTo(x, from);
    pen.lineTo(x, to);
    pen.stroke();
    const [tip, back] = isRequest ? [to + 1, to - 5] : [from - 1, from + 5];
    pen.beginPath();
    pen.moveTo(x, tip);
    pen.lineTo(x - 3.5, back);
    pen.lineTo(x + 3.5, back);
    pen.fill();
  }
}
