// The chart with the mouse and the keyboard.

import assert from "node:assert/strict";
import { test } from "node:test";
import { runLine, scenario, step, endLine, twoProcesses } from "./sample.mjs";
import { chosenRow, drawn, press, withPage } from "./tab.mjs";

const MS = 1_000_000;

/** The width of the names, the height of the ruler and of a lane. */
const [GUTTER, RULER, LANE] = [170, 26, 24];

/** The last end of a box in the sample. */
const END = 56 * MS;

/** Returns the point of a time in a row of the chart, both counted from the top of the view. */
async function point(tab, time, row) {
  const box = await tab.locator(".chart canvas").boundingBox();
  return [box.x + GUTTER + (time / END) * (box.width - GUTTER), box.y + RULER + (row + 0.5) * LANE];
}

test("a click on a box chooses its step, a click on a name folds", async () => {
  await withPage(twoProcesses(), async (tab) => {
    // Row 0 is the first scenario, 1 the head of the second one, then its lanes.
    await tab.mouse.click(...(await point(tab, 20 * MS, 3)));
    assert.equal(await chosenRow(tab), "2 passed Given a buffer of 64 bytes");
    await tab.mouse.click(...(await point(tab, 32 * MS, 4)));
    assert.equal(await chosenRow(tab), "2 passed Given a writer connects");
    const [, y] = await point(tab, 0, 1);
    const box = await tab.locator(".chart canvas").boundingBox();
    await tab.mouse.click(box.x + 20, y);
    assert.equal(await chosenRow(tab), "1 failed Broken");
    assert.equal(await tab.locator('[aria-expanded="true"]:visible').count(), 0);
  });
});

test("the tip names the box or the mark below the pointer", async () => {
  await withPage(twoProcesses(), async (tab) => {
    await tab.mouse.move(...(await point(tab, 20 * MS, 3)));
    await drawn(tab);
    assert.equal(await tab.locator(".tip").innerText(), "Given a buffer of 64 bytes\npassed, 20.0 ms");
    await tab.mouse.move(...(await point(tab, 38 * MS, 4)));
    await drawn(tab);
    assert.equal(await tab.locator(".tip").innerText(), "killed");
    await tab.mouse.move(...(await point(tab, 36 * MS, 4)));
    await drawn(tab);
    assert.equal(await tab.locator(".tip").innerText(), "resumed");
    await tab.mouse.move(...(await point(tab, 31 * MS, 4)));
    await drawn(tab);
    assert.match(await tab.locator(".tip").innerText(), /^info: connected\nGiven a writer connects/);
  });
});

/** Returns the color at a time in a lane, so many pixels above its middle. */
async function colorAt(tab, time, lane, above) {
  const [x, y] = await point(tab, time, lane);
  const box = await tab.locator(".chart canvas").boundingBox();
  return tab.evaluate(
    ([x, y]) => {
      const canvas = document.querySelector(".chart canvas");
      const ratio = canvas.width / canvas.clientWidth;
      return [...canvas.getContext("2d").getImageData(x * ratio, y * ratio, 1, 1).data].join();
    },
    [x - box.x, y - box.y - above],
  );
}

test("the time in which a process is paused is marked", async () => {
  await withPage(twoProcesses(), async (tab) => {
    // Above the boxes and marks.
    const color = (time) => colorAt(tab, time * MS, 4, LANE / 2 - 2);
    const [before, paused, after] = [await color(32.5), await color(34.5), await color(37)];
    assert.notEqual(paused, before);
    assert.equal(after, before);
  });
});

test("the start of a process is a separate bar", async () => {
  await withPage(twoProcesses(), async (tab) => {
    const [before, starting, after] = [await colorAt(tab, 3 * MS, 3, 0), await colorAt(tab, 7.5 * MS, 3, 0), await colorAt(tab, 9.6 * MS, 3, 0)];
    assert.notEqual(starting, before);
    assert.equal(after, before);
  });
});

test("a line on standard error is a mark", async () => {
  await withPage(twoProcesses(), async (tab) => {
    await tab.mouse.move(...(await point(tab, 27 * MS, 4)));
    await drawn(tab);
    assert.match(await tab.locator(".tip").innerText(), /^standard error: writer: nothing to do/);
  });
});

test("a double click sets the window", async () => {
  await withPage(twoProcesses(), async (tab) => {
    await tab.mouse.dblclick(...(await point(tab, 32 * MS, 4)));
    await drawn(tab);
    assert.equal(await tab.locator(".hits").innerText(), "2 of 3 scenarios, 4 of 6 steps");
  });
});

test("keys and dragging move a chart that is zoomed", async () => {
  await withPage(twoProcesses(), async (tab) => {
    await tab.locator(".chart-scroller").focus();
    const whole = await visible(tab);
    assert.equal(whole, null);
    await press(tab, "+", "+", "+");
    const zoomed = await visible(tab);
    await press(tab, "ArrowRight");
    const moved = await visible(tab);
    assert.ok(moved.left > zoomed.left && Math.abs(moved.width - zoomed.width) < 1);
    const [x, y] = await point(tab, 20 * MS, 6);
    await tab.mouse.move(x, y);
    await tab.mouse.down();
    await tab.mouse.move(x + 60, y);
    await tab.mouse.move(x + 2000, y);
    await tab.mouse.up();
    await drawn(tab);
    assert.ok(Math.abs((await visible(tab)).left) < 1, "not before the start");
    await press(tab, "-", "-", "-", "-");
    assert.equal(await visible(tab), null);
  });
});

/** Returns where the overview marks the time of the chart; `null` if that is everything. */
async function visible(tab) {
  await drawn(tab);
  return tab.evaluate(() => {
    const { hidden, style } = document.querySelector(".view-mark");
    return hidden ? null : { left: parseFloat(style.left), width: parseFloat(style.width) };
  });
}

test("with equal widths a microsecond is as wide as a second", async () => {
  const steps = [step("short", 0, 1000), step("long", 1000, 1e9), step("last", 1e9 + 1000, 1000)];
  const lines = [runLine(), scenario(0, "Mixed", 0, steps), endLine()];
  await withPage(lines, async (tab) => {
    const [box] = [await tab.locator(".chart canvas").boundingBox()];
    const at = (part) => [box.x + GUTTER + (box.width - GUTTER) * part, box.y + RULER + LANE / 2];
    for (const [part, name] of [[0.17, "short"], [0.5, "long"], [0.83, "last"]]) {
      await tab.mouse.click(...at(part));
      if (part !== 0.5) assert.doesNotMatch(await chosenRow(tab), new RegExp(`${name}$`), "in proportion");
    }
    await press(tab, "ArrowLeft");
    await tab.locator('[role="tree"]').focus();
    await press(tab, "ArrowLeft", "ArrowLeft");
    await tab.getByRole("button", { name: "Equal width" }).click();
    await drawn(tab);
    const [x, y] = at(0.17);
    await tab.mouse.click(x, y);
    assert.match(await chosenRow(tab), /short$/);
    const lower = (part) => [at(part)[0], y + LANE];
    await tab.mouse.click(...lower(0.5));
    assert.match(await chosenRow(tab), /long$/);
    await tab.mouse.click(...lower(0.83));
    assert.match(await chosenRow(tab), /last$/);
  });
});

test("by thread there is a lane for each thread and process", async () => {
  await withPage(
    twoProcesses(),
    async (tab) => {
      // Sorted by name: reader (rust), reader (rust) #2, thread 1, thread 1: steps, thread 2, …
      await tab.mouse.click(...(await point(tab, 20 * MS, 1)));
      assert.equal(await chosenRow(tab), "2 passed Given a buffer of 64 bytes");
      await tab.mouse.click(...(await point(tab, 20 * MS, 2)));
      assert.equal(await chosenRow(tab), "1 passed Also good");
    },
    { address: "#group=thread" },
  );
});
