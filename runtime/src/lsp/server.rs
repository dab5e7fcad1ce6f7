//! The loop: messages of the editor in, answers and diagnostics out.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use lsp_types as lsp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::successor::{Executable, Successor};
use super::workspace::{Buffer, Workspace};
use super::{FindProblems, actions, completion, diagnostics, hover, navigation, rename, symbols};
use crate::engine::Registry;

/// Time between two checks for a newer build and for changed files.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// The connection to the editor failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LanguageServerError {
    /// A message is not allowed at its time.
    #[error("language server: {0}")]
    Protocol(#[from] lsp_server::ProtocolError),
    /// The current folder cannot be read, or a thread of the connection failed.
    #[error("language server: {0}")]
    Io(#[from] std::io::Error),
}

/// Serves the feature files at `selectors` to the editor at standard input and output, until it exits.
///
/// # Errors
/// The editor breaks the protocol.
pub(crate) fn serve(
    registry: Registry,
    selectors: Vec<String>,
    find: &FindProblems<'_>,
) -> Result<(), LanguageServerError> {
    let root = std::env::current_dir()?;
    let (connection, threads) = Connection::stdio();
    let (id, initialize) = connection.initialize_start()?;
    let snippets = &initialize["capabilities"]["textDocument"]["completion"]["completionItem"];
    let has_snippets = snippets["snippetSupport"] == true;
    let name = json!({"name": "harmony-bdd", "version": env!("CARGO_PKG_VERSION")});
    connection
        .initialize_finish(id, json!({"capabilities": capabilities(), "serverInfo": name}))?;
    let mut server = Server {
        connection: &connection,
        registry,
        workspace: Workspace::new(root, selectors),
        find,
        published: BTreeMap::new(),
        is_stale: true,
        has_snippets,
        initialize,
        executable: Executable::current(),
        successor: None,
    };
    server.run()?;
    drop(server);
    drop(connection);
    Ok(threads.join()?)
}

fn capabilities() -> lsp::ServerCapabilities {
    let rename = lsp::RenameOptions {
        prepare_provider: Some(true),
        work_done_progress_options: lsp::WorkDoneProgressOptions::default(),
    };
    let triggers = vec![" ".to_owned()];
    let kinds = vec![lsp::CodeActionKind::QUICKFIX];
    lsp::ServerCapabilities {
        text_document_sync: Some(lsp::TextDocumentSyncKind::FULL.into()),
        definition_provider: Some(lsp::OneOf::Left(true)),
        references_provider: Some(lsp::OneOf::Left(true)),
        hover_provider: Some(lsp::HoverProviderCapability::Simple(true)),
        completion_provider: Some(lsp::CompletionOptions {
            trigger_characters: Some(triggers),
            ..lsp::CompletionOptions::default()
        }),
        rename_provider: Some(lsp::OneOf::Right(rename)),
        code_action_provider: Some(lsp::CodeActionProviderCapability::Options(
            lsp::CodeActionOptions {
                code_action_kinds: Some(kinds),
                ..lsp::CodeActionOptions::default()
            },
        )),
        document_symbol_provider: Some(lsp::OneOf::Left(true)),
        document_formatting_provider: Some(lsp::OneOf::Left(true)),
        ..lsp::ServerCapabilities::default()
    }
}

struct Server<'s> {
    connection: &'s Connection,
    registry: Registry,
    workspace: Workspace,
    find: &'s FindProblems<'s>,
    /// The diagnostics that the editor has.
    published: BTreeMap<PathBuf, Vec<lsp::Diagnostic>>,
    /// True if the diagnostics may have changed.
    is_stale: bool,
    has_snippets: bool,
    /// The parameters of the editor's first request.
    initialize: Value,
    executable: Option<Executable>,
    successor: Option<Successor>,
}

impl Server<'_> {
    fn run(&mut self) -> Result<(), LanguageServerError> {
        loop {
            match self.connection.receiver.recv_timeout(POLL_INTERVAL) {
                Ok(Message::Request(request)) if self.connection.handle_shutdown(&request)? => {
                    return Ok(());
                }
                Ok(message) => self.handle(message),
                Err(error) if error.is_timeout() => {
                    self.is_stale |= self.workspace.refresh();
                    self.follow_build();
                }
                Err(_) => return Ok(()),
            }
            // While the user types, only the last text is checked.
            if self.is_stale && self.successor.is_none() && self.connection.receiver.is_empty() {
                self.publish();
            }
        }
    }

    fn handle(&mut self, message: Message) {
        if let Message::Notification(notification) = &message {
            self.note(notification.clone());
        }
        if let Some(successor) = &mut self.successor {
            match successor.send(message.clone()) {
                Ok(()) => return,
                // This process answers again, with the definitions that it has.
                Err(_) => {
                    self.successor = None;
                    self.published.clear();
                }
            }
        }
        if let Message::Request(request) = message {
            let response = self.respond(request);
            self.send(response.into());
        }
    }

    /// Notes what the editor has open.
    fn note(&mut self, Notification { method, params }: Notification) {
        match method.as_str() {
            "textDocument/didOpen" => {
                if let Ok(lsp::DidOpenTextDocumentParams { text_document: opened }) =
                    serde_json::from_value(params)
                {
                    let (text, language) = (opened.text.into(), opened.language_id);
                    let (uri, version) = (opened.uri, opened.version);
                    self.workspace.open(Buffer { uri, language, version, text });
                }
            }
            "textDocument/didChange" => {
                if let Ok(lsp::DidChangeTextDocumentParams { text_document, content_changes }) =
                    serde_json::from_value(params)
                    && let Some(change) = content_changes.last()
                {
                    let lsp::VersionedTextDocumentIdentifier { uri, version } = text_document;
                    self.workspace.change(&uri, version, &change.text);
                }
            }
            "textDocument/didClose" => {
                if let Ok(lsp::DidCloseTextDocumentParams { text_document }) =
                    serde_json::from_value(params)
                {
                    self.workspace.close(&text_document.uri);
                }
            }
            _ => {}
        }
        self.workspace.refresh();
        self.is_stale = true;
    }

    fn respond(&self, Request { id, method, params }: Request) -> Response {
        let (workspace, registry) = (&self.workspace, &self.registry);
        let result = match method.as_str() {
            "textDocument/definition" => answer(params, |p: lsp::GotoDefinitionParams| {
                let lsp::TextDocumentPositionParams { text_document, position } =
                    p.text_document_position_params;
                Ok(navigation::definition(workspace, registry, &text_document.uri, position))
            }),
            "textDocument/references" => answer(params, |p: lsp::ReferenceParams| {
                let lsp::TextDocumentPositionParams { text_document, position } =
                    p.text_document_position;
                let uri = &text_document.uri;
                let with_declaration = p.context.include_declaration;
                Ok(navigation::references(workspace, registry, uri, position, with_declaration))
            }),
            "textDocument/hover" => answer(params, |p: lsp::HoverParams| {
                let lsp::TextDocumentPositionParams { text_document, position } =
                    p.text_document_position_params;
                Ok(hover::hover(workspace, registry, &text_document.uri, position))
            }),
            "textDocument/completion" => answer(params, |p: lsp::CompletionParams| {
                let lsp::TextDocumentPositionParams { text_document, position } =
                    p.text_document_position;
                let uri = &text_document.uri;
                Ok(completion::completion(workspace, registry, uri, position, self.has_snippets))
            }),
            "textDocument/prepareRename" => answer(params, |p: lsp::TextDocumentPositionParams| {
                rename::prepare(workspace, registry, &p.text_document.uri, p.position)
            }),
            "textDocument/rename" => answer(params, |p: lsp::RenameParams| {
                let lsp::TextDocumentPositionParams { text_document, position } =
                    p.text_document_position;
                rename::rename(workspace, registry, &text_document.uri, position, &p.new_name)
            }),
            "textDocument/codeAction" => answer(params, |p: lsp::CodeActionParams| {
                let diagnostics = &p.context.diagnostics;
                let uri = &p.text_document.uri;
                Ok(actions::actions(workspace, registry, self.find, uri, diagnostics))
            }),
            "textDocument/documentSymbol" => answer(params, |p: lsp::DocumentSymbolParams| {
                Ok(symbols::symbols(workspace, &p.text_document.uri))
            }),
            "textDocument/formatting" => answer(params, |p: lsp::DocumentFormattingParams| {
                Ok(workspace.file(&p.text_document.uri).map(symbols::formatting))
            }),
            _ => Err(Refusal::Method(method)),
        };
        match result {
            Ok(result) => Response::new_ok(id, result),
            Err(refusal) => {
                let code = match &refusal {
                    Refusal::Method(_) => ErrorCode::MethodNotFound,
                    Refusal::Parameters(_) => ErrorCode::InvalidParams,
                    _ => ErrorCode::RequestFailed,
                };
                Response::new_err(id, code as i32, refusal.to_string())
            }
        }
    }

    /// Sends the diagnostics that have changed.
    fn publish(&mut self) {
        self.is_stale = false;
        let mut found = diagnostics::diagnostics(&self.workspace, &self.registry, self.find);
        for path in self
            .published
            .keys()
            .filter(|path| !found.contains_key(*path))
            .cloned()
            .collect::<Vec<_>>()
        {
            found.insert(path, Vec::new());
        }
        for (path, diagnostics) in &found {
            if self.published.get(path) == Some(diagnostics) {
                continue;
            }
            if let Some(uri) = self.workspace.uri_of(path) {
                let diagnostics = diagnostics.clone();
                let params = lsp::PublishDiagnosticsParams { uri, diagnostics, version: None };
                self.notify("textDocument/publishDiagnostics", params);
            }
        }
        self.published = found;
    }

    /// Starts the newest build of this binary, if there is one and no request is on its way.
    fn follow_build(&mut self) {
        let is_idle = self.successor.as_ref().is_none_or(Successor::is_idle);
        let Some(executable) = self.executable.as_mut().filter(|_| is_idle) else { return };
        let Some(path) = executable.newer() else { return };
        let sender = self.connection.sender.clone();
        // The editor may have gone.
        let forward = move |message| drop(sender.send(message));
        let started = Successor::start(path, &self.initialize, self.workspace.buffers(), forward);
        let text = match &started {
            Ok(_) => format!("using the new build of {}", path.display()),
            Err(error) => format!("the new build of {} does not start: {error}", path.display()),
        };
        executable.accept();
        if let Ok(successor) = started {
            self.successor = Some(successor);
        }
        let params = lsp::LogMessageParams { typ: lsp::MessageType::INFO, message: text };
        self.notify("window/logMessage", params);
    }

    fn notify(&self, method: &str, params: impl Serialize) {
        self.send(Notification::new(method.to_owned(), params).into());
    }

    fn send(&self, message: Message) {
        // An editor that has gone reads nothing; the loop ends when its input does.
        let _ = self.connection.sender.send(message);
    }
}

/// Reads the parameters of a request and writes its result.
fn answer<P: DeserializeOwned, R: Serialize>(
    params: Value,
    respond: impl FnOnce(P) -> Result<R, Refusal>,
) -> Result<Value, Refusal> {
    Ok(serde_json::to_value(respond(serde_json::from_value(params)?)?)?)
}
