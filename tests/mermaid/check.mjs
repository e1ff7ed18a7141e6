// Usage: node check.mjs DIR…  Parses each ```mermaid block of each Markdown file below the directories.
// Exit 1 with file, line and message for each block that mermaid refuses; also when there is no block at all.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { JSDOM } from "jsdom";

const { window } = new JSDOM("<!doctype html><body></body>");
globalThis.window = window;
globalThis.document = window.document;
globalThis.Element = window.Element;
globalThis.DocumentFragment = window.DocumentFragment;
const mermaid = (await import("mermaid")).default;

function* markdownFiles(path) {
  if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path).sort()) yield* markdownFiles(join(path, name));
  } else if (path.endsWith(".md")) {
    yield path;
  }
}

function* diagrams(text) {
  let fence = null;
  let start = 0;
  let body = [];
  for (const [index, line] of text.split("\n").entries()) {
    const mark = line.match(/^(`{3,})(.*)$/);
    if (fence === null && mark) {
      [fence, start, body] = [{ ticks: mark[1], info: mark[2].trim() }, index + 1, []];
    } else if (fence !== null && mark && mark[2] === "" && mark[1].length >= fence.ticks.length) {
      if (fence.info === "mermaid") yield { line: start, text: body.join("\n") };
      fence = null;
    } else if (fence !== null) {
      body.push(line);
    }
  }
}

let parsed = 0;
let refused = 0;
for (const root of process.argv.slice(2)) {
  for (const path of markdownFiles(root)) {
    for (const diagram of diagrams(readFileSync(path, "utf8"))) {
      try {
        await mermaid.parse(diagram.text);
        parsed += 1;
      } catch (error) {
        refused += 1;
        console.error(`${path}:${diagram.line}: ${String(error.message ?? error).split("\n").slice(0, 3).join(" ")}`);
      }
    }
  }
}
console.log(`${parsed} diagrams parsed, ${refused} refused`);
process.exit(refused === 0 && parsed > 0 ? 0 : 1);
