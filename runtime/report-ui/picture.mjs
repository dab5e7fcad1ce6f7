// Takes pictures of a page.
//
// usage: node picture.mjs PAGE[#ADDRESS] OUTPUT.png [WIDTHxHEIGHT] [light|dark]

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { launch } from "./tests/browser.mjs";

const [page, output, size = "1440x900", colorScheme = "light"] = process.argv.slice(2);
const [width, height] = size.split("x").map(Number);
const [path, address = ""] = page.split(/#(.*)/s);
const browser = await launch();
try {
  const tab = await browser.newPage({ viewport: { width, height }, colorScheme });
  await tab.goto(`${pathToFileURL(resolve(path)).href}${address && `#${address}`}`);
  await tab.screenshot({ path: output });
} finally {
  await browser.close();
}
