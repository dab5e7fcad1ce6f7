// Creates elements.

type Child = Node | string | null | undefined | false;

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | number | boolean | null | undefined> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const created = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) created.setAttribute(name, "");
    else if (value !== false && value != null) created.setAttribute(name, String(value));
  }
  for (const child of children) if (child) created.append(child);
  return created;
}

export function button(label: string, act: () => void, attributes: Record<string, string> = {}) {
  const created = element("button", { type: "button", ...attributes }, label);
  created.addEventListener("click", act);
  return created;
}

/** Sets a text only if it changed, so that screen readers are not notified for nothing. */
export function setText(target: Element, text: string) {
  if (target.textContent !== text) target.textContent = text;
}
