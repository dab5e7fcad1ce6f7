// A tab with a page, for one test.

import { after } from "node:test";
import { launch } from "./browser.mjs";
import { pageOf } from "./sample.mjs";

/** The browser of all tests of a file. */
let browser = null;

after(async () => (await browser)?.close());

/** Opens a page in a browser and passes its tab to `check`; `lines` are those of the page. */
export async function withPage(lines, check, { address = "", width = 1440, height = 900, colorScheme = "light" } = {}) {
  // The page of a real run, if a test of the crate names one.
  const given = typeof lines === "string";
  const page = given ? { url: lines, remove: async () => {} } : await pageOf(lines);
  browser ??= launch();
  // Each tab has its own storage.
  const context = await (await browser).newContext({ viewport: { width, height }, colorScheme });
  try {
    const tab = await context.newPage();
    const problems = [];
    tab.on("pageerror", (error) => problems.push(String(error)));
    tab.on("request", (request) => {
      if (!/^(file|data|blob):/.test(request.url())) problems.push(`request of ${request.url()}`);
    });
    await tab.goto(page.url + address);
    await tab.locator('[role="tree"]').waitFor();
    await check(tab);
    if (problems.length) throw new Error(problems.join("\n"));
  } finally {
    await context.close();
    await page.remove();
  }
}

/** Returns the chosen row as `level status name`. */
export async function chosenRow(tab) {
  await drawn(tab);
  const row = tab.locator('[role="treeitem"][aria-selected="true"]:visible');
  const [level, status, name] = await Promise.all([
    row.getAttribute("aria-level"),
    row.locator(".status").innerText(),
    row.locator(".name").innerText(),
  ]);
  return `${level} ${status.replace(/^\S+ /, "")} ${name}`;
}

/** Waits until the changes so far are drawn. */
export async function drawn(tab) {
  await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

export async function press(tab, ...keys) {
  for (const key of keys) await tab.keyboard.press(key);
  await drawn(tab);
}

/** Returns the hash of the address once `isReached` accepts it. */
export async function hash(tab, isReached) {
  return tab.waitForFunction(
    (text) => (new RegExp(text).test(location.hash) ? location.hash : false),
    isReached.source,
  ).then((handle) => handle.jsonValue());
}
