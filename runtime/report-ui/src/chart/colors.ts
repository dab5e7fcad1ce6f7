// The colors of the canvases, from the style sheet.

export interface Colors {
  ink: string;
  faint: string;
  line: string;
  paper: string;
  panel: string;
  accent: string;
  load: string;
  strong(tone: string): string;
  pale(tone: string): string;
  text(tone: string): string;
}

const scheme = matchMedia("(prefers-color-scheme: dark)");
let known: Colors | null = null;

/** Calls `act` when the user's color scheme changes. */
export function onSchemeChange(act: () => void) {
  scheme.addEventListener("change", () => {
    known = null;
    act();
  });
}

export function colors(): Colors {
  if (known) return known;
  const style = getComputedStyle(document.documentElement);
  const cache = new Map<string, string>();
  const value = (name: string) => {
    let color = cache.get(name);
    if (!color) cache.set(name, (color = style.getPropertyValue(`--${name}`).trim()));
    return color;
  };
  known = {
    ink: value("ink"),
    faint: value("faint"),
    line: value("line"),
    paper: value("paper"),
    panel: value("panel"),
    accent: value("accent"),
    load: value("load"),
    strong: (tone) => value(`${tone}-strong`),
    pale: (tone) => value(`${tone}-pale`),
    text: (tone) => value(`${tone}-text`),
  };
  return known;
}
