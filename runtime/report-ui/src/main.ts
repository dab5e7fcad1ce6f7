// Opens the page: reads the lines, creates the panes, handles the keys of the whole page.

import { element } from "./dom";
import { load } from "./data/load";
import { Header } from "./header";
import { List } from "./list/list";
import { Middle } from "./middle";
import { notices } from "./notices";
import { Overview } from "./overview/overview";
import { Panel } from "./panel/panel";
import { App } from "./state/app";

function open() {
  const lines = document.getElementById("lines");
  const timeline = load(lines?.textContent ?? "");
  lines?.remove();
  const app = new App(timeline);
  const [header, overview, list, middle, panel] = [new Header(app), new Overview(app), new List(app), new Middle(app), new Panel(app)];
  document.body.replaceChildren(
    element("div", { class: "head" }, header.root, ...notices(timeline)),
    element("main", {}, overview.root, element("div", { class: "panes" }, list.root, middle.root, panel.root)),
  );
  for (const pane of [header, overview, list, middle, panel]) app.add(pane);
  addEventListener("keydown", (event) => onKey(event, app, header, list));
  app.open();
  list.focus();
}

function onKey(event: KeyboardEvent, app: App, header: Header, list: List) {
  if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
  const acts: Record<string, () => void> = {
    n: () => app.chooseFailure(1),
    p: () => app.chooseFailure(-1),
    "/": () => header.focusText(),
    Escape: () => app.setWindow(null),
  };
  const act = acts[event.key];
  if (act) {
    act();
    event.preventDefault();
  } else if (event.target === document.body) {
    list.onKey(event);
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && ["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName);
}

if (document.readyState === "loading") addEventListener("DOMContentLoaded", open);
else open();
