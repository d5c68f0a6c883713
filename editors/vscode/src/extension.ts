// A thin client: starts `plimsoll server` and hands it the settings.

import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, ServerOptions } from "vscode-languageclient/node";

let client: LanguageClient | undefined;

// Other extensions call Compose and bake files by other languages, or by none.
const SELECTOR = [
  { language: "dockerfile" },
  { language: "dockercompose" },
  { language: "dockerbake" },
  { language: "yaml", pattern: "**/*compose*.{yml,yaml}" },
  { pattern: "**/docker-bake*.{hcl,json}" },
  { pattern: "**/{plimsoll,.plimsoll}.toml" },
];

/** The settings, as the server names them. */
export function serverOptions(): Record<string, unknown> {
  const settings = vscode.workspace.getConfiguration("plimsoll");
  const options: Record<string, unknown> = {};
  for (const name of ["configuration", "isolated", "preview", "rulePages", "codeLens", "inlayHints"]) {
    const value = settings.get(name);
    if (value !== null && value !== undefined) {
      options[name] = value;
    }
  }
  return options;
}

function program(): string {
  return vscode.workspace.getConfiguration("plimsoll").get<string>("path") || "plimsoll";
}

async function start(): Promise<void> {
  const server: ServerOptions = { command: program(), args: ["server"] };
  const options: LanguageClientOptions = {
    documentSelector: SELECTOR,
    initializationOptions: serverOptions(),
  };
  client = new LanguageClient("plimsoll", "Plimsoll", server, options);
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    const message = `Plimsoll: cannot run \`${program()}\`: ${error}. Install plimsoll, or set plimsoll.path.`;
    void vscode.window.showErrorMessage(message);
  }
}

async function stop(): Promise<void> {
  const running = client;
  client = undefined;
  await running?.stop();
}

async function restart(): Promise<void> {
  await stop();
  await start();
}

/** Runs a subcommand on a file in a terminal; arguments are not read by a shell. */
function run(subcommand: string, uri?: string): void {
  const document = uri ? vscode.Uri.parse(uri) : vscode.window.activeTextEditor?.document.uri;
  if (document?.scheme !== "file") {
    void vscode.window.showInformationMessage("Plimsoll: save the Dockerfile to disk first");
    return;
  }
  const terminal = vscode.window.createTerminal({
    name: `plimsoll ${subcommand}`,
    shellPath: program(),
    shellArgs: [subcommand, document.fsPath],
  });
  terminal.show();
}

async function fixAll(): Promise<void> {
  await vscode.commands.executeCommand("editor.action.codeAction", {
    kind: "source.fixAll.plimsoll",
    apply: "first",
  });
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand("plimsoll.restart", restart),
    vscode.commands.registerCommand("plimsoll.verify", (uri?: string) => run("verify", uri)),
    vscode.commands.registerCommand("plimsoll.weigh", (uri?: string) => run("weigh", uri)),
    vscode.commands.registerCommand("plimsoll.fixAll", fixAll),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration("plimsoll")) {
        // What the server offers depends on its settings.
        await restart();
      }
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await stop();
}
