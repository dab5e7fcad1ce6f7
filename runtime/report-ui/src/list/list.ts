// The list: a tree of scenarios and steps, of which only the rows in view are elements.

import { element, setText } from "../dom";
import { type Item, type Scenario, scenarioOf } from "../data/model";
import { signOf, toneOf } from "../data/outcome";
import { duration } from "../data/time";
import type { App, Change, Pane } from "../state/app";
import { type Row, type Rows, rowsOf } from "./rows";

const ROW_HEIGHT = 26;

/** Rows that are drawn above and below those in view. */
const MARGIN = 4;

interface RowElement {
  root: HTMLElement;
  fold: HTMLElement;
  status: HTMLElement;
  name: HTMLElement;
  note: HTMLElement;
  duration: HTMLElement;
}

/** Returns what distinguishes scenarios of the same name. */
function noteOf({ combination, attempt }: Scenario): string {
  const platforms = combination.replace(/[^,=]*=/g, "");
  return [platforms, attempt > 1 ? `attempt ${attempt}` : ""].filter(Boolean).join(" · ");
}

export class List implements Pane {
  readonly root: HTMLElement;
  private readonly tree: HTMLElement;
  private readonly sizer: HTMLElement;
  private readonly empty: HTMLElement;
  private rows: Rows = { rows: [], indexOf: new Map() };
  private version = -1;
  private pool: RowElement[] = [];
  private height = 0;

  constructor(private readonly app: App) {
    this.sizer = element("div", { class: "rows", role: "presentation" });
    this.tree = element(
      "div",
      { class: "tree", role: "tree", tabindex: 0, "aria-label": "Scenarios and steps" },
      this.sizer,
    );
    this.empty = element("p", { class: "empty", hidden: true }, "Nothing matches the filters.");
    this.root = element("section", { class: "list", "aria-label": "List" }, this.tree, this.empty);
    this.tree.addEventListener("scroll", () => app.changed("size"), { passive: true });
    this.tree.addEventListener("keydown", (event) => this.onKey(event));
    this.sizer.addEventListener("click", (event) => this.onClick(event));
    this.sizer.addEventListener("dblclick", (event) => this.onDoubleClick(event));
    new ResizeObserver(() => {
      this.height = this.tree.clientHeight;
      app.changed("size");
    }).observe(this.tree);
  }

  focus() {
    this.tree.focus({ preventScroll: true });
  }

  update(changes: Set<Change>) {
    const rowsChanged = changes.has("folds") || changes.has("hits");
    this.refresh();
    if (rowsChanged) {
      this.sizer.style.height = `${this.rows.rows.length * ROW_HEIGHT}px`;
      this.empty.hidden = this.rows.rows.length > 0;
    }
    this.height ||= this.tree.clientHeight;
    if (changes.has("choice") || rowsChanged) this.showChosen();
    if (rowsChanged || changes.has("choice") || changes.has("size")) this.draw();
  }

  /** Brings the rows up to date: a key may be pressed before the effect of the last one is drawn. */
  private refresh() {
    if (this.version === this.app.rowsVersion) return;
    this.version = this.app.rowsVersion;
    this.rows = rowsOf(this.app.hits, this.app.unfolded);
  }

  private showChosen() {
    const index = this.chosenIndex();
    if (index < 0) return;
    const { scrollTop } = this.tree;
    const top = index * ROW_HEIGHT;
    // Below the chosen row there is a row of context.
    const bottom = top + 2 * ROW_HEIGHT - this.height;
    if (top < scrollTop) this.tree.scrollTop = Math.max(top - ROW_HEIGHT, 0);
    else if (bottom > scrollTop) this.tree.scrollTop = bottom;
  }

  private chosenIndex(): number {
    const { chosen } = this.app;
    if (!chosen) return -1;
    return this.rows.indexOf.get(chosen) ?? this.rows.indexOf.get(scenarioOf(chosen)) ?? -1;
  }

  private draw() {
    const first = Math.max(Math.floor(this.tree.scrollTop / ROW_HEIGHT) - MARGIN, 0);
    const count = Math.ceil(this.height / ROW_HEIGHT) + 2 * MARGIN;
    const last = Math.min(first + count, this.rows.rows.length);
    while (this.pool.length < last - first) this.pool.push(this.newRow());
    const chosen = this.chosenIndex();
    this.pool.forEach((row, at) => {
      const index = first + at;
      const isShown = index < last;
      row.root.hidden = !isShown;
      if (isShown) this.fill(row, index, index === chosen);
    });
    const active = chosen >= first && chosen < last ? `row-${chosen}` : null;
    if (active) this.tree.setAttribute("aria-activedescendant", active);
    else this.tree.removeAttribute("aria-activedescendant");
  }

  private newRow(): RowElement {
    const fold = element("span", { class: "fold", "aria-hidden": "true" });
    const status = element("span", { class: "status" });
    const name = element("span", { class: "name" });
    const note = element("span", { class: "note" });
    const time = element("span", { class: "duration" });
    const root = element("div", { class: "row", role: "treeitem" }, fold, status, name, note, time);
    this.sizer.append(root);
    return { root, fold, status, name, note, duration: time };
  }

  private fill(row: RowElement, index: number, isChosen: boolean) {
    const { item, position, count } = this.rows.rows[index] as Row;
    const { root } = row;
    const isScenario = item.kind === "scenario";
    const isOpen = isScenario && this.app.unfolded.has(item);
    root.id = `row-${index}`;
    root.dataset["index"] = String(index);
    root.style.transform = `translateY(${index * ROW_HEIGHT}px)`;
    root.className = `row ${item.kind} ${toneOf(item.status)}${isChosen ? " chosen" : ""}`;
    root.setAttribute("aria-level", isScenario ? "1" : "2");
    root.setAttribute("aria-posinset", String(position));
    root.setAttribute("aria-setsize", String(count));
    root.setAttribute("aria-selected", String(isChosen));
    if (isScenario) root.setAttribute("aria-expanded", String(isOpen));
    else root.removeAttribute("aria-expanded");
    setText(row.fold, isScenario ? (isOpen ? "▾" : "▸") : "");
    setText(row.status, `${signOf(item.status)} ${item.status}`);
    setText(row.name, isScenario ? item.name : item.title);
    setText(row.note, isScenario ? noteOf(item) : "");
    const isInstant = item.status === "skipped" && item.end === item.start;
    setText(row.duration, isInstant ? "" : duration(item.end - item.start));
    root.title = isScenario ? `${item.name}\n${item.combination}\n${item.path}:${item.line}` : item.title;
  }

  private onClick(event: Event) {
    const item = this.itemOf(event);
    if (!item) return;
    const isFold = (event.target as Element).classList.contains("fold");
    if (isFold && item.kind === "scenario") this.app.toggle(item);
    else this.app.choose(item);
  }

  private onDoubleClick(event: Event) {
    const item = this.itemOf(event);
    if (item?.kind === "scenario") this.app.toggle(item);
  }

  private itemOf(event: Event): Item | null {
    const row = (event.target as Element).closest<HTMLElement>(".row");
    return row ? (this.rows.rows[Number(row.dataset["index"])]?.item ?? null) : null;
  }

  /** Handles a key of the tree. */
  onKey(event: KeyboardEvent) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    this.refresh();
    const index = this.chosenIndex();
    const item = this.rows.rows[index]?.item;
    const page = Math.max(Math.floor(this.height / ROW_HEIGHT) - 1, 1);
    const last = this.rows.rows.length - 1;
    const moves: Record<string, number> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: last,
    };
    const target = moves[event.key];
    if (target !== undefined) {
      const row = this.rows.rows[Math.min(Math.max(target, 0), last)];
      if (row) this.app.choose(row.item);
    } else if (!item || !this.onItemKey(event.key, item, index)) {
      return;
    }
    event.preventDefault();
  }

  /** Handles a key that depends on the chosen row; returns false for all others. */
  private onItemKey(key: string, item: Item, index: number): boolean {
    const { app } = this;
    const isOpen = item.kind === "scenario" && app.unfolded.has(item);
    switch (key) {
      case "ArrowRight":
        if (item.kind === "scenario" && !isOpen) app.toggle(item, true);
        else if (isOpen && this.rows.rows[index + 1]?.item.kind === "step") {
          app.choose(this.rows.rows[index + 1]!.item);
        }
        return true;
      case "ArrowLeft":
        if (item.kind === "step") app.choose(item.scenario);
        else if (isOpen) app.toggle(item, false);
        return true;
      case " ":
        if (item.kind === "scenario") app.toggle(item);
        return true;
      case "*":
        app.foldAll(true);
        return true;
      case "Enter":
        app.zoomTo(item);
        return true;
      default:
        return false;
    }
  }
}
