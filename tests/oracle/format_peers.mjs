// Formats files with one of the peers and writes the results: node format_peers.mjs dockerfmt|dprint MODULES FROM TO
// MODULES is the folder with node_modules. Prints one line per file that the peer refuses, then the CPU seconds it took.
import { createRequire } from "node:module";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [peer, modules, from, to] = process.argv.slice(2);
const require = createRequire(resolve(modules, "package.json"));
let format;
if (peer === "dprint") {
  const { createFromBuffer } = require("@dprint/formatter");
  const formatter = createFromBuffer(readFileSync(require("@dprint/dockerfile").getPath()));
  format = (text) => formatter.formatText({ filePath: "Dockerfile", fileText: text });
} else {
  const { formatDockerfileContents } = await import(pathToFileURL(resolve(modules, "node_modules/@reteps/dockerfmt/dist/node.js")));
  format = (text) => formatDockerfileContents(text, { indent: 4, trailingNewline: true, spaceRedirects: false });
}
const start = process.cpuUsage();
for (const name of readdirSync(from)) {
  try {
    writeFileSync(join(to, name), await format(readFileSync(join(from, name), "utf8")));
  } catch (error) {
    console.log(`refused ${name} ${String(error).split("\n")[0]}`);
  }
}
const { user, system } = process.cpuUsage(start);
console.log(`seconds ${((user + system) / 1e6).toFixed(2)}`);
