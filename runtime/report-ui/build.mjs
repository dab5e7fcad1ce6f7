// Bundles the page into one file, which the crate embeds.
//
// usage: node build.mjs [--check]
//
// With --check it writes nothing and fails if the committed file is not current.

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = new URL(".", import.meta.url);
const PAGE = fileURLToPath(new URL("../assets/timeline.html", here));

async function bundled(entry) {
  const result = await build({
    entryPoints: [fileURLToPath(new URL(entry, here))],
    bundle: true,
    minify: true,
    write: false,
    charset: "utf8",
    format: "iife",
    target: "es2022",
  });
  return result.outputFiles[0].text.trim();
}

export async function page() {
  const template = await readFile(new URL("src/index.html", here), "utf8");
  const [style, script] = await Promise.all([bundled("src/style.css"), bundled("src/main.ts")]);
  if (script.includes("</script") || script.includes("@LINES@")) {
    throw new Error("the script contains a text that ends or fills its element");
  }
  return template.replace("/*STYLE*/", () => style).replace("/*SCRIPT*/", () => script);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const current = await page();
  if (process.argv.includes("--check")) {
    const committed = await readFile(PAGE, "utf8").catch(() => "");
    if (committed !== current) {
      console.error("runtime/assets/timeline.html is not current: run `npm run build` in runtime/report-ui");
      process.exit(1);
    }
  } else {
    await writeFile(PAGE, current);
    console.log(`${PAGE}: ${current.length} characters`);
  }
}
