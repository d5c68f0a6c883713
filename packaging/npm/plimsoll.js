#!/usr/bin/env node
// Starts the program of this platform, which npm installed as an optional dependency.
"use strict";

const { spawnSync } = require("node:child_process");

const name = `plimsoll-${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "plimsoll.exe" : "plimsoll";
let program;
try {
  program = require.resolve(`${name}/bin/${file}`);
} catch {
  console.error(`plimsoll: the package ${name} is not installed.`);
  console.error("Install again without --omit=optional; if there is no such package, use `pip install plimsoll`.");
  process.exit(2);
}
const { status, signal, error } = spawnSync(program, process.argv.slice(2), { stdio: "inherit" });
if (error) {
  console.error(`plimsoll: cannot start ${program}: ${error.message}`);
  process.exit(2);
}
if (signal) {
  process.kill(process.pid, signal);
}
process.exit(status ?? 2);
