// The overview: the whole run in one strip, with the window that filters everything.

import { button, element } from "../dom";
import type { Span } from "../data/model";
import { duration, tickStep, time } from "../data/time";
import { sized } from "../chart/canvas";
import { colors, onSchemeChange } from "../chart/colors";
import type { App, Change, Pane } from "../state/app";
import { countsPerPixel } from "./density";

const HEIGHT = 58;
const AXIS = 14;

/** The distance in pixels from which a press is a drag. */
const DRAG = 3;

/** The part of the run that an arrow key moves a handle. */
const KEY_STEP = 1 / 100;

export class Overview implements Pane {
  readonly root: HTMLElement;
  private readonly strip: HTMLElement;
  private readonly canvas: HTMLCanvasElement;
  private readonly shades: [HTMLElement, HTMLElement];
  private readonly handles: [HTMLElement, HTMLElement];
  private readonly viewMark = element("div", { class: "view-mark" });
  private readonly showAll: HTMLButtonElement;
  private readonly note: HTMLElement;
  private width = 0;

  constructor(private readonly app: App) {
    this.canvas = element("canvas", { role: "img", "aria-label": "Overview: how many scenarios ran at each time, and the failures" });
    this.shades = [element("div", { class: "shade" }), element("div", { class: "shade" })];
    this.handles = [this.handle("Start of the window", 0), this.handle("End of the window", 1)];
    this.strip = element("div", { class: "strip" }, this.canvas, ...this.shades, this.viewMark, ...this.handles);
    this.note = element("span", { class: "window-note" });
    this.showAll = button("Show all", () => app.setWindow(null), { class: "show-all" });
    this.root = element(
      "section",
      { class: "overview", "aria-label": "Overview" },
      this.strip,
      element("div", { class: "window" }, this.note, this.showAll),
    );
    this.strip.addEventListener("pointerdown", (event) => this.onPress(event));
    // A press here leaves the focus where it is, such as in the list.
    this.strip.addEventListener("mousedown", (event) => {
      if (!this.handles.includes(event.target as HTMLElement)) event.preventDefault();
    });
    this.strip.addEventListener("dblclick", () => app.setWindow(null));
    new ResizeObserver(() => {
      this.width = 0;
      app.changed("size");
    }).observe(this.strip);
    onSchemeChange(() => app.changed("layout"));
  }

  update(changes: Set<Change>) {
    const isNew = !this.width;
    this.width ||= this.strip.clientWidth;
    if (!this.width) return;
    if (isNew || changes.has("hits") || changes.has("layout")) this.draw();
    if (isNew || changes.has("hits")) this.placeWindow();
    if (isNew || changes.has("view")) this.placeView();
  }

  private handle(label: string, index: 0 | 1): HTMLElement {
    const handle = element("div", { class: "handle", role: "slider", tabindex: 0, "aria-label": label, "aria-orientation": "horizontal" });
    handle.addEventListener("keydown", (event) => this.onKey(event, index));
    return handle;
  }

  private placeWindow() {
    const { timeline, window } = this.app;
    const span = window ?? timeline;
    const [left, right] = [this.toX(span.start), this.toX(span.end)];
    this.shades[0].style.width = `${left}px`;
    this.shades[1].style.left = `${right}px`;
    this.shades[1].style.width = `${Math.max(this.width - right, 0)}px`;
    this.handles.forEach((handle, index) => {
      const at = index ? span.end : span.start;
      handle.style.left = `${index ? right : left}px`;
      handle.setAttribute("aria-valuemin", "0");
      handle.setAttribute("aria-valuemax", String(Math.round(timeline.end / 1e3)));
      handle.setAttribute("aria-valuenow", String(Math.round(at / 1e3)));
      handle.setAttribute("aria-valuetext", time(at, span.end - span.start));
    });
    this.showAll.disabled = !window;
    this.note.textContent = window
      ? `${[span.start, span.end].map((at) => time(at, span.end - span.start)).join(" to ")} of ${duration(timeline.end)}`
      : `${duration(timeline.end)}; drag to set a window`;
  }

  /** Marks the time that the chart shows, if that is less than the window. */
  private placeView() {
    const { view } = this.app;
    const limits = this.app.limits();
    this.viewMark.hidden = view.start <= limits.start && view.end >= limits.end;
    const left = this.toX(view.start);
    this.viewMark.style.left = `${left}px`;
    this.viewMark.style.width = `${Math.max(this.toX(view.end) - left, 4)}px`;
  }

  private draw() {
    const { width, app } = this;
    const pen = sized(this.canvas, width, HEIGHT);
    const palette = colors();
    pen.fillStyle = palette.panel;
    pen.fillRect(0, 0, width, HEIGHT);
    const all = countsPerPixel(app.timeline.scenarios, app.timeline.end, width);
    const shown = countsPerPixel(app.hits.all.map((hit) => hit.scenario), app.timeline.end, width);
    const most = all.reduce((a, b) => Math.max(a, b), 1);
    const room = HEIGHT - AXIS - 14;
    const bars = (counts: Int32Array, color: string) => {
      pen.fillStyle = color;
      counts.forEach((count, x) => {
        const height = Math.ceil((count / most) * room);
        if (height) pen.fillRect(x, HEIGHT - 12 - height, 1, height);
      });
    };
    bars(all, palette.line);
    bars(shown, palette.load);
    pen.fillStyle = palette.faint;
    const step = tickStep(app.timeline.end, width / 110);
    for (let at = 0; at <= app.timeline.end; at += step) {
      const x = this.toX(at);
      if (x + 40 < width) pen.fillText(at ? time(at, step) : "0", x + 6, 7);
      pen.fillRect(x, 0, 1, AXIS);
    }
    pen.fillStyle = palette.strong("failed");
    for (const item of app.failures()) {
      const x = Math.min(this.toX(item.start), width - 3);
      pen.fillRect(x, HEIGHT - 11, Math.max(this.toX(item.end) - x, 3), 10);
    }
  }

  private toX(time: number): number {
    return (time / this.app.timeline.end) * this.width;
  }

  private toTime(x: number): number {
    return (Math.min(Math.max(x, 0), this.width) / this.width) * this.app.timeline.end;
  }

  private onKey(event: KeyboardEvent, index: 0 | 1) {
    const { timeline, window } = this.app;
    const span: Span = { ...(window ?? { start: 0, end: timeline.end }) };
    const step = timeline.end * KEY_STEP;
    const time = index ? span.end : span.start;
    const targets: Record<string, number> = {
      ArrowLeft: time - step,
      ArrowDown: time - step,
      ArrowRight: time + step,
      ArrowUp: time + step,
      PageDown: time - 10 * step,
      PageUp: time + 10 * step,
      Home: index ? span.start + step : 0,
      End: index ? timeline.end : span.end - step,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    if (index) span.end = Math.max(target, span.start + step / 10);
    else span.start = Math.min(target, span.end - step / 10);
    this.set(span);
  }

  /** Sets the window; one that holds everything is none. */
  private set(span: Span) {
    const { end } = this.app.timeline;
    this.app.setWindow(span.start <= 0 && span.end >= end ? null : span);
  }

  /** A press on an edge moves it, one inside the window moves the window, any other draws a new one. */
  private onPress(event: PointerEvent) {
    if (event.button !== 0) return;
    const left = this.strip.getBoundingClientRect().left;
    const at = event.clientX - left;
    const before = this.app.window;
    const edge = this.handles.indexOf(event.target as HTMLElement);
    const isInside = before && at > this.toX(before.start) && at < this.toX(before.end);
    let dragged = false;
    const move = (moved: PointerEvent) => {
      const x = moved.clientX - left;
      dragged ||= Math.abs(x - at) > DRAG;
      if (!dragged) return;
      if (edge >= 0) this.moveEdge(edge, this.toTime(x));
      else if (isInside) this.moveWindow(before, this.toTime(x) - this.toTime(at));
      else this.set({ start: this.toTime(Math.min(x, at)), end: this.toTime(Math.max(x, at)) });
    };
    const end = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  }

  private moveEdge(edge: number, time: number) {
    const { start, end } = this.app.window ?? this.app.timeline;
    const other = edge ? start : end;
    this.set({ start: Math.min(time, other), end: Math.max(time, other) });
  }

  private moveWindow(window: Span, by: number) {
    const length = window.end - window.start;
    const start = Math.min(Math.max(window.start + by, 0), this.app.timeline.end - length);
    this.set({ start, end: start + length });
  }
}
