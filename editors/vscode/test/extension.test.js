// Visual Studio Code itself cannot be installed from a registry: a stub of its module takes its place.

const assert = require("node:assert");
const Module = require("node:module");
const test = require("node:test");

const settings = {};
const commands = {};
const started = [];
const shown = [];
const terminals = [];
let onConfiguration;
let failing = false;

const vscode = {
  Uri: { parse: (text) => ({ scheme: text.split(":")[0], fsPath: text.replace(/^file:\/\//, "") }) },
  commands: {
    registerCommand: (name, run) => ((commands[name] = run), { dispose() {} }),
    executeCommand: async (...args) => shown.push(args),
  },
  window: {
    showErrorMessage: (text) => shown.push(text),
    showInformationMessage: (text) => shown.push(text),
    createTerminal: (options) => (terminals.push(options), { show() {} }),
  },
  workspace: {
    getConfiguration: () => ({ get: (name) => settings[name] }),
    onDidChangeConfiguration: (run) => ((onConfiguration = run), { dispose() {} }),
  },
};

class LanguageClient {
  constructor(id, name, server, options) {
    Object.assign(this, { id, server, options, running: false });
  }
  async start() {
    if (failing) throw new Error("no such file");
    this.running = true;
    started.push(this);
  }
  async stop() {
    this.running = false;
  }
}

const load = Module._load;
Module._load = (name, ...rest) => {
  if (name === "vscode") return vscode;
  if (name === "vscode-languageclient/node") return { LanguageClient };
  return load(name, ...rest);
};
const extension = require("../out/extension.js");
const manifest = require("../package.json");

test("starts the server with the settings", async () => {
  Object.assign(settings, { path: "/opt/plimsoll", isolated: true, configuration: null, codeLens: false });
  const context = { subscriptions: [] };
  await extension.activate(context);
  assert.strictEqual(context.subscriptions.length, 5);
  assert.deepStrictEqual(started[0].server, { command: "/opt/plimsoll", args: ["server"] });
  assert.deepStrictEqual(started[0].options.initializationOptions, { isolated: true, codeLens: false });
  const languages = started[0].options.documentSelector.map((filter) => filter.language).filter(Boolean);
  assert.deepStrictEqual(languages, ["dockerfile", "dockercompose", "dockerbake", "yaml"]);
});

test("has every command and setting that it declares", () => {
  const declared = manifest.contributes.commands.map((command) => command.command).sort();
  assert.deepStrictEqual(Object.keys(commands).sort(), declared);
  for (const name of Object.keys(manifest.contributes.configuration.properties)) {
    settings[name.replace("plimsoll.", "")] = "x";
  }
  const expected = Object.keys(settings).filter((name) => name !== "path").sort();
  assert.deepStrictEqual(Object.keys(extension.serverOptions()).sort(), expected);
  settings.path = "";
});

test("restarts when a setting changes", async () => {
  await onConfiguration({ affectsConfiguration: () => false });
  assert.strictEqual(started.length, 1);
  await onConfiguration({ affectsConfiguration: (name) => name === "plimsoll" });
  assert.strictEqual(started.length, 2);
  assert.strictEqual(started[0].running, false);
  assert.strictEqual(started[1].server.command, "plimsoll");
});

test("verifies and weighs in a terminal, without a shell", () => {
  commands["plimsoll.verify"]("file:///a b/Dockerfile");
  assert.deepStrictEqual(terminals[0].shellArgs, ["verify", "/a b/Dockerfile"]);
  commands["plimsoll.weigh"]("file:///a b/Dockerfile");
  assert.deepStrictEqual(terminals[1].shellArgs, ["weigh", "/a b/Dockerfile"]);
  commands["plimsoll.verify"]("untitled:x");
  assert.strictEqual(terminals.length, 2);
});

test("says what to do when the program is missing", async () => {
  failing = true;
  await commands["plimsoll.restart"]();
  assert.match(shown.at(-1), /plimsoll\.path/);
  await extension.deactivate();
});
