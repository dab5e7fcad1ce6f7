// Places in files: linked to the commit, or to the editor of the reader.

import { element } from "../dom";
import type { RunLine } from "../data/lines";

const STORED = "harmony-bdd-place-link";

/** Returns a place; it is a link if the commit is known or the reader has set a link. */
export function place(path: string, line: number, run: RunLine | undefined): HTMLElement {
  const text = `${path}:${line}`;
  const link = linkOf(path, line, run);
  return link ? element("a", { href: link, class: "place" }, text) : element("code", { class: "place" }, text);
}

function linkOf(path: string, line: number, run: RunLine | undefined): string | null {
  const template = storedTemplate();
  if (template) return template.replaceAll("{path}", encodeURI(path)).replaceAll("{line}", String(line));
  const remote = run?.remote?.replace(/\.git$/, "");
  if (!remote || !run?.revision || !/^https?:/.test(remote) || path.startsWith("…")) return null;
  const folder = remote.includes("gitlab") ? "/-/blob/" : "/blob/";
  return `${remote}${folder}${run.revision}/${encodeURI(path)}#L${line}`;
}

/** Returns the field in which the reader sets how places are linked; it is kept by the browser. */
export function linkSetting(onChange: () => void): HTMLElement {
  const input = element("input", {
    type: "text",
    id: "place-link",
    value: storedTemplate(),
    placeholder: "vscode://file/home/me/project/{path}:{line}",
    spellcheck: "false",
  });
  input.addEventListener("change", () => {
    const value = input.value.trim();
    // A link of another kind could run a script of the page.
    const isLink = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) && !/^javascript:/i.test(value);
    store(isLink ? value : "");
    onChange();
  });
  return element("div", { class: "setting" }, element("label", { for: "place-link" }, "Open places in your editor with"), input);
}

function storedTemplate(): string {
  try {
    return localStorage.getItem(STORED) ?? "";
  } catch {
    return "";
  }
}

function store(value: string) {
  try {
    localStorage.setItem(STORED, value);
  } catch {
    // A browser may forbid it for files; then there are no links.
  }
}
