// Starts the language server of a suite and restarts it when its settings change.
"use strict";

const path = require("node:path");
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

/** @type {LanguageClient | undefined} */
let client;

/** Returns the options of the process: its command, arguments and folder. */
function serverOptions(workspace) {
  const settings = vscode.workspace.getConfiguration("harmony-bdd");
  const [command, ...args] = settings.get("command", []);
  if (command === undefined) {
    throw new Error("the setting harmony-bdd.command is empty");
  }
  const cwd = path.join(workspace.uri.fsPath, settings.get("folder", ""));
  return { command, args, options: { cwd } };
}

async function start() {
  const workspace = vscode.workspace.workspaceFolders?.[0];
  if (workspace === undefined) {
    return;
  }
  const clientOptions = {
    documentSelector: [
      { scheme: "file", pattern: "**/*.feature" },
      { scheme: "file", pattern: "**/*.feature.md" },
      // For references and rename from a function, and for unused definitions.
      { scheme: "file", language: "rust" },
    ],
    synchronize: {
      // Files that change without being open.
      fileEvents: vscode.workspace.createFileSystemWatcher("**/*.{feature,feature.md,rs}"),
    },
  };
  client = new LanguageClient("harmony-bdd", "harmony-bdd", serverOptions(workspace), clientOptions);
  await client.start();
}

async function stop() {
  const running = client;
  client = undefined;
  await running?.stop();
}

async function restart() {
  try {
    await stop();
    await start();
  } catch (error) {
    vscode.window.showErrorMessage(`harmony-bdd: ${error instanceof Error ? error.message : error}`);
  }
}

async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("harmony-bdd.restart", restart),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("harmony-bdd")) {
        return restart();
      }
    }),
  );
  await restart();
}

module.exports = { activate, deactivate: stop };
