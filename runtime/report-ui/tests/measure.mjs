// Prints how long the page takes with 2,000 scenarios: to open, and for each frame while it is used.
//
// usage: node tests/measure.mjs [SCENARIOS]

import { launch } from "./browser.mjs";
import { manyScenarios, pageOf } from "./sample.mjs";

const COUNT = Number(process.argv[2] ?? 2000);
const page = await pageOf(manyScenarios(COUNT, [7, COUNT >> 1, COUNT - 1]));

async function opened() {
  const browser = await launch();
  const tab = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const began = performance.now();
  await tab.goto(page.url);
  await tab.locator('[role="treeitem"][aria-selected="true"]').waitFor();
  return { browser, tab, took: performance.now() - began };
}

/** Records the gaps between frames, and how long the scripts of each frame ran, while `act` runs. */
async function frames(tab, name, act) {
  await tab.evaluate(() => {
    const record = (globalThis.record = { gaps: [], works: [], isOn: true });
    let last = performance.now();
    const original = requestAnimationFrame;
    const tick = () => {
      const now = performance.now();
      record.gaps.push(now - last);
      last = now;
      if (record.isOn) original(tick);
    };
    original(tick);
    // All drawing happens in animation frames that the page requests.
    globalThis.requestAnimationFrame = (draw) =>
      original((time) => {
        const began = performance.now();
        draw(time);
        record.works.push(performance.now() - began);
      });
  });
  await act();
  const { gaps, works } = await tab.evaluate(() => ((globalThis.record.isOn = false), globalThis.record));
  const at = (values, part) => {
    const sorted = values.toSorted((a, b) => a - b);
    return (sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)] ?? 0).toFixed(1).padStart(6);
  };
  console.log(`${name.padEnd(26)} frame ${at(gaps, 0.5)} ${at(gaps, 0.95)} ${at(gaps, 1)}   script ${at(works, 0.5)} ${at(works, 0.95)} ${at(works, 1)}   ${gaps.length} frames`);
}

try {
  const times = [];
  for (let run = 0; run < 5; run++) {
    const { browser, took } = await opened();
    times.push(took);
    await browser.close();
  }
  times.sort((a, b) => a - b);
  console.log(`${COUNT} scenarios: cold ${times.map((time) => `${time.toFixed(0)} ms`).join(", ")}`);
  console.log("milliseconds: median, 95 %, longest");
  const { browser, tab } = await opened();
  const wait = () => tab.waitForTimeout(16);
  const box = await tab.locator(".chart-scroller").boundingBox();
  const strip = await tab.locator(".strip").boundingBox();
  const [x, y] = [box.x + 400, box.y + 300];
  const repeat = async (times, act) => {
    for (let at = 0; at < times; at++) {
      await act(at);
      await wait();
    }
  };
  const drag = async (from, to, height, times) => {
    await tab.mouse.move(from, height);
    await tab.mouse.down();
    await repeat(times, (at) => tab.mouse.move(from + ((to - from) * at) / times, height));
    await tab.mouse.up();
  };
  const zoomed = async (act) => {
    await tab.keyboard.down("Control");
    await act();
    await tab.keyboard.up("Control");
  };
  await frames(tab, "nothing", () => repeat(60, () => {}));
  await frames(tab, "arrow down", () => repeat(100, () => tab.keyboard.press("ArrowDown")));
  await frames(tab, "page down", () => repeat(60, () => tab.keyboard.press("PageDown")));
  await tab.keyboard.press("*");
  await frames(tab, "arrow down, all unfolded", () => repeat(100, () => tab.keyboard.press("ArrowDown")));
  await tab.mouse.move(200, 500);
  await frames(tab, "scroll the list", () => repeat(100, () => tab.mouse.wheel(0, 300)));
  for (const name of ["by scenario", "by thread"]) {
    await frames(tab, `move, ${name}`, () => repeat(100, (at) => tab.mouse.move(x + at, y)));
    await frames(tab, `scroll, ${name}`, () => repeat(60, () => tab.mouse.wheel(0, 200)));
    await frames(tab, `zoom, ${name}`, () => zoomed(() => repeat(100, (at) => tab.mouse.wheel(0, at < 50 ? -20 : 15))));
    await frames(tab, `drag, ${name}`, () => drag(x, x - 300, y, 100));
    await tab.getByRole("button", { name: "By thread" }).click();
  }
  await tab.getByRole("button", { name: "Equal width" }).click();
  await frames(tab, "drag, equal width", () => drag(x, x - 300, y, 100));
  await frames(tab, "drag a window", () => drag(strip.x + 200, strip.x + 900, strip.y + 30, 100));
  await frames(tab, "move the window", () => drag(strip.x + 500, strip.x + 700, strip.y + 30, 100));
  await tab.getByRole("button", { name: "Show all" }).click();
  await tab.locator("#filter-text").focus();
  await frames(tab, "type a filter", () => repeat(24, (at) => tab.keyboard.press(at % 12 < 6 ? "number"[at % 6] : "Backspace")));
  await browser.close();
} finally {
  await page.remove();
}
