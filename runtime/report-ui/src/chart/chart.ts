// The chart: lanes over time. The wheel scrolls, with Ctrl it zooms; dragging moves.

import { element, setText } from "../dom";
import { scenarioOf, type Item } from "../data/model";
import { duration } from "../data/time";
import type { App, Change, Pane } from "../state/app";
import { sized } from "./canvas";
import { colors, onSchemeChange } from "./colors";
import { drawScene, RULER_HEIGHT } from "./draw";
import { type Layout, layoutOf, type Target, targetAt } from "./layout";
import { breaksOf, type Scale, scaleOf } from "./scale";

/** The distance in pixels from which a press is a drag. */
const DRAG = 4;

export class Chart implements Pane {
  readonly root: HTMLElement;
  private readonly scroller: HTMLElement;
  private readonly sizer: HTMLElement;
  private readonly canvas: HTMLCanvasElement;
  private readonly tip: HTMLElement;
  private layout: Layout;
  private breaks: Float64Array | null = null;
  private width = 0;
  private height = 0;
  private failureTimes: number[] = [];
  private pointer: { x: number; y: number } | null = null;
  private tipFrame = 0;

  constructor(private readonly app: App) {
    this.canvas = element("canvas", { role: "img", "aria-label": "Chart of the scenarios over time" });
    this.sizer = element("div", { class: "chart-rows" });
    this.tip = element("div", { class: "tip", hidden: true, "aria-hidden": "true" });
    this.scroller = element(
      "div",
      { class: "chart-scroller", tabindex: 0, role: "group", "aria-label": "Chart. Arrow keys move, plus and minus zoom." },
      this.canvas,
      this.sizer,
    );
    this.root = element("div", { class: "chart" }, this.scroller, this.tip);
    this.layout = layoutOf(app);
    this.listen();
  }

  update(changes: Set<Change>) {
    const { app } = this;
    if (["hits", "folds", "layout"].some((change) => changes.has(change as Change))) {
      this.layout = layoutOf(app);
      this.sizer.style.height = `${this.layout.height + RULER_HEIGHT}px`;
      this.failureTimes = app.failures().map((item) => item.start).sort((a, b) => a - b);
      this.breaks = app.equal ? this.equalBreaks() : null;
    }
    if (this.root.hidden || this.root.closest("[hidden]")) return;
    this.measure();
    if (changes.has("choice") || changes.has("layout") || changes.has("hits")) this.showChosen();
    this.draw();
  }

  private equalBreaks(): Float64Array {
    const times = [0, this.app.timeline.end];
    for (const { scenario, steps } of this.app.hits.all) {
      times.push(scenario.start, scenario.end);
      for (const step of steps) {
        times.push(step.start, step.end);
        for (const part of step.parts) times.push(part.start, part.start + part.length);
      }
    }
    return breaksOf(times);
  }

  private measure() {
    if (this.width) return;
    this.width = this.scroller.clientWidth;
    this.height = this.scroller.clientHeight;
  }

  private gutter(): number {
    return this.width < 560 ? 110 : 170;
  }

  private scale(): Scale {
    const gutter = this.gutter();
    return scaleOf(this.app.view, gutter, this.width - gutter, this.breaks);
  }

  private draw() {
    const { app, layout, width, height } = this;
    if (!width || !height) return;
    drawScene({
      pen: sized(this.canvas, width, height),
      colors: colors(),
      layout,
      scale: this.scale(),
      view: app.view,
      gutter: this.gutter(),
      width,
      height,
      scrollTop: this.scroller.scrollTop,
      chosen: app.chosen,
      failures: this.failureTimes,
      equal: app.equal,
    });
  }

  /** Scrolls to the chosen scenario, and moves to its time if that is not in view. */
  private showChosen() {
    const { chosen, view, byThread } = this.app;
    if (!chosen) return;
    if (chosen.end < view.start || chosen.start > view.end) {
      const half = (view.end - view.start) / 2;
      const middle = (chosen.start + chosen.end) / 2;
      this.app.setView({ start: middle - half, end: middle + half });
    }
    const index = this.layout.indexOf(scenarioOf(chosen));
    if (index < 0 || byThread) return;
    const top = this.layout.tops[index]!;
    const bottom = this.layout.tops[index + 1]! + RULER_HEIGHT - this.height;
    const { scrollTop } = this.scroller;
    if (top < scrollTop || this.layout.tops[index + 1]! - top > this.height) this.scroller.scrollTop = top;
    else if (bottom > scrollTop) this.scroller.scrollTop = bottom;
  }

  private listen() {
    const { app, scroller } = this;
    scroller.addEventListener("scroll", () => app.changed("size"), { passive: true });
    scroller.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    scroller.addEventListener("keydown", (event) => this.onKey(event));
    scroller.addEventListener("pointerdown", (event) => this.onPress(event));
    scroller.addEventListener("dblclick", (event) => {
      const item = this.itemOf(this.target(event));
      if (item) app.zoomTo(item);
    });
    scroller.addEventListener("pointermove", (event) => this.onHover(event));
    scroller.addEventListener("pointerleave", () => (this.tip.hidden = true));
    new ResizeObserver(() => {
      this.width = this.height = 0;
      app.changed("size");
    }).observe(scroller);
    onSchemeChange(() => app.changed("size"));
  }

  private onWheel(event: WheelEvent) {
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (event.ctrlKey) this.zoom(Math.exp(event.deltaY / 300), this.position(event).x);
    else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) this.pan(sideways);
    // The browser scrolls the lanes.
    else return;
    event.preventDefault();
  }

  private onKey(event: KeyboardEvent) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const page = (this.width - this.gutter()) / 8;
    const middle = (this.width + this.gutter()) / 2;
    const acts: Record<string, () => void> = {
      ArrowLeft: () => this.pan(-page),
      ArrowRight: () => this.pan(page),
      "+": () => this.zoom(1 / 1.5, middle),
      "=": () => this.zoom(1 / 1.5, middle),
      "-": () => this.zoom(1.5, middle),
    };
    const act = acts[event.key];
    if (!act) return;
    act();
    event.preventDefault();
  }

  /** Zooms around a horizontal position; a factor above 1 shows more time. */
  zoom(factor: number, x = (this.width + this.gutter()) / 2) {
    const gutter = this.gutter();
    const at = Math.max(x, gutter);
    this.moveTo((edge) => at + (edge - at) * factor);
  }

  private pan(pixels: number) {
    const { view } = this.app;
    const limits = this.app.limits();
    if (pixels < 0 && view.start <= limits.start) return;
    if (pixels > 0 && view.end >= limits.end) return;
    this.moveTo((edge) => edge + pixels);
  }

  /** Sets the view to the times at the positions to which `edge` moves its ends. */
  private moveTo(move: (edge: number) => number) {
    const scale = this.scale();
    this.app.setView({ start: scale.toTime(move(this.gutter())), end: scale.toTime(move(this.width)) });
  }

  private onPress(event: PointerEvent) {
    if (event.button !== 0) return;
    const start = { x: event.clientX, y: event.clientY, top: this.scroller.scrollTop };
    const target = this.target(event);
    let last = event.clientX;
    let dragged = false;
    const move = (moved: PointerEvent) => {
      dragged ||= Math.hypot(moved.clientX - start.x, moved.clientY - start.y) > DRAG;
      if (!dragged) return;
      this.pan(last - moved.clientX);
      last = moved.clientX;
      this.scroller.scrollTop = start.top + start.y - moved.clientY;
    };
    const end = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
      if (!dragged) this.onTarget(target, start.x - this.canvas.getBoundingClientRect().left);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  }

  private onTarget(target: Target | null, x: number) {
    const item = this.itemOf(target);
    if (!item) return;
    const scenario = target?.group.scenario;
    if (x < this.gutter() && scenario) this.app.toggle(scenario);
    this.app.choose(item.kind === "step" && x < this.gutter() ? scenarioOf(item) : item);
  }

  private itemOf(target: Target | null): Item | null {
    return target?.box?.item ?? target?.group.scenario ?? null;
  }

  private position(event: MouseEvent) {
    const { left, top } = this.canvas.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  private target(event: MouseEvent): Target | null {
    const { x, y } = this.position(event);
    if (y < RULER_HEIGHT) return null;
    return targetAt(this.layout, x, y - RULER_HEIGHT + this.scroller.scrollTop, this.scale());
  }

  private onHover(event: PointerEvent) {
    this.pointer = { x: event.clientX, y: event.clientY };
    this.tipFrame ||= requestAnimationFrame(() => {
      this.tipFrame = 0;
      this.showTip(event);
    });
  }

  private showTip(event: PointerEvent) {
    const target = this.pointer && this.target(event);
    const { x, y } = this.position(event);
    const text = target && x >= this.gutter() ? tipOf(target) : (target?.group.label ?? "");
    this.tip.hidden = !text;
    if (!text) return;
    setText(this.tip, text);
    const flips = x > this.width * 0.6;
    this.tip.style.transform = `translate(${flips ? x - 12 : x + 12}px, ${y + 18}px)${flips ? " translateX(-100%)" : ""}`;
  }
}

function tipOf({ box, mark }: Target): string {
  const parts: string[] = [];
  if (mark) parts.push(mark.label);
  if (box) parts.push(`${box.label}\n${box.outcome}, ${duration(box.end - box.start)}`);
  return parts.join("\n");
}
