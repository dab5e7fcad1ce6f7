// The panes at each width, their contrast and what assistive technology sees.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { manyScenarios, twoProcesses } from "./sample.mjs";
import { withPage } from "./tab.mjs";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1440, 900, 420]) {
    test(`axe finds nothing at ${width} px, ${colorScheme}`, async () => {
      const check = async (tab) => {
        await tab.addScriptTag({ path: AXE });
        await assertClean(tab);
        if (width < 600) return;
        await tab.getByRole("tab", { name: "Totals" }).click();
        await assertClean(tab);
      };
      await withPage(twoProcesses(), check, { width, colorScheme });
    });
  }
}

async function assertClean(tab) {
  const violations = await tab.evaluate(async () => {
    const found = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] });
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
  });
  assert.deepEqual(violations, []);
}

test("the colors on the canvas have the contrast of text", async () => {
  for (const colorScheme of ["light", "dark"]) {
    await withPage(
      twoProcesses(),
      async (tab) => {
        const low = await tab.evaluate(() => {
          const style = getComputedStyle(document.documentElement);
          const light = (name) => {
            const hex = style.getPropertyValue(`--${name}`).trim().slice(1);
            const channels = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
            const [r, g, b] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
          const pairs = [["ink", "panel"], ["faint", "panel"], ["faint", "paper"], ["ink", "chosen"]];
          for (const tone of ["failed", "unclear", "flaky", "skipped", "passed"]) {
            pairs.push([`${tone}-text`, `${tone}-pale`], [`${tone}-strong`, "paper"], [`${tone}-strong`, "panel"], [`${tone}-strong`, "chosen"]);
          }
          return pairs.map(([a, b]) => [a, b, contrast(a, b)]).filter(([, , ratio]) => ratio < 4.5);
        });
        assert.deepEqual(low, []);
      },
      { colorScheme },
    );
  }
});

test("three panes are beside each other when wide, stacked at 900 px, two at 420 px", async () => {
  const boxes = async (tab) => {
    const names = [".list", ".middle", ".panel", ".overview"];
    return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await tab.locator(name).boundingBox()])));
  };
  await withPage(twoProcesses(), async (tab) => {
    const found = await boxes(tab);
    assert.equal(found[".list"].y, found[".panel"].y);
    assert.ok(found[".middle"].x >= found[".list"].x + found[".list"].width);
  });
  await withPage(
    twoProcesses(),
    async (tab) => {
      const found = await boxes(tab);
      assert.ok(found[".middle"].y >= found[".panel"].y + found[".panel"].height, "the chart is below");
      assert.equal(found[".middle"].width, 900);
    },
    { width: 900 },
  );
  await withPage(
    twoProcesses(),
    async (tab) => {
      const found = await boxes(tab);
      assert.equal(found[".middle"], null);
      assert.equal(found[".overview"], null);
      assert.ok(found[".panel"].y >= found[".list"].y + found[".list"].height);
      const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= 420, `${wide} px wide`);
    },
    { width: 420 },
  );
});

test("short failures among many boxes stay red", async () => {
  for (const address of ["", "#group=thread", "#width=equal"]) {
    await withPage(
      manyScenarios(2000, [1000]),
      async (tab) => {
        const red = await tab.evaluate(() => {
          const canvas = document.querySelector(".chart canvas");
          const { data } = canvas.getContext("2d").getImageData(0, 30, canvas.width, canvas.height - 30);
          let count = 0;
          for (let at = 0; at < data.length; at += 4) {
            if (data[at] === 0xc2 && data[at + 1] === 0x18 && data[at + 2] === 0x25) count++;
          }
          return count;
        });
        // A box of 5 pixels and 18 rows.
        assert.ok(red >= 5 * 16, `${red} red pixels with ${address}`);
      },
      { address },
    );
  }
});
