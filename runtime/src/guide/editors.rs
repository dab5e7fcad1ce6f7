//! Editors: `SUITE lsp`, a language server for feature files and their definitions.
//!
//! The feature `lsp` adds the command. An editor starts it in the folder of the suite, and it answers with the
//! definitions that are linked into the suite, so that the editor and a run agree about every step:
//!
//! ```text
//! cargo run --features harmony-bdd/lsp -- lsp
//! ```
//!
//! | in a feature file | what happens |
//! |---|---|
//! | typing | errors of the file and the findings of `check` appear, also for the other files that they concern |
//! | go to definition | opens the function; it is found by its name if the file has changed since the build |
//! | find references | lists the steps with the same definition; works from the function, too |
//! | hover | shows signature, docs and pattern of the function, and the values that this step passes |
//! | completion | offers every step as a snippet with a place for each parameter, those of the keyword first |
//! | rename | asks for the new pattern; changes the attribute and every step in every feature file |
//! | quick fix | *Create this step* adds a pending function to the file that defines most steps of the feature |
//! | outline, format | lists rules and scenarios; formats as `SUITE fmt` does |
//!
//! A definition that no step uses is marked in its source file. Severities follow the section `[check]` of
//! `harmony.toml`. Paths after `lsp` replace the folder `features`.
//!
//! # After a build
//!
//! The definitions are those of the built suite. A function that was added since then is known after the next
//! build: the server notices the new file of its program, starts it, and passes all messages on. The editor
//! stays connected.
//!
//! # Rename
//!
//! The new pattern needs the same parameters in the same order, since the function stays as it is. Values,
//! placeholders and doc strings of the steps stay as they are; of optional and alternative texts a step gets those
//! that are most similar to its old text. A rename is refused if the pattern is a regex, if a placeholder is a part of
//! a value only, or if another definition matches a new text.
//!
//! # Settings of editors
//!
//! VS Code: the folder `runtime/editors/vscode` of the repository is an extension; its `README.md` says how to
//! install it. Neovim:
//!
//! ```lua
//! vim.lsp.config("harmony_bdd", {
//!   cmd = { "cargo", "run", "--quiet", "--features", "harmony-bdd/lsp", "--", "lsp" },
//!   filetypes = { "cucumber", "rust" },
//!   root_markers = { "Cargo.toml" },
//! })
//! vim.lsp.enable("harmony_bdd")
//! ```
//!
//! Helix, in `languages.toml`:
//!
//! ```toml
//! [language-server.harmony-bdd]
//! command = "cargo"
//! args = ["run", "--quiet", "--features", "harmony-bdd/lsp", "--", "lsp"]
//!
//! [[language]]
//! name = "gherkin"
//! scope = "source.feature"
//! file-types = ["feature"]
//! language-servers = ["harmony-bdd"]
//! ```
//!
//! # Comparison
//!
//! With `rstest-bdd-server`, the Cucumber language server and rust-analyzer, by their documentation and the
//! capabilities in their source in November 2026. rust-analyzer does not know feature files; it runs beside one of the
//! others, and its column is about Rust code:
//!
//! | | `SUITE lsp` | `rstest-bdd-server` | Cucumber language server | rust-analyzer |
//! |---|---|---|---|---|
//! | source of the definitions | the built suite | its own parser of Rust files | syntax trees of source files (tree-sitter) | Rust files while typing |
//! | definitions from macros, dependencies, parameter types | yes, those of the suite | those in the workspace | those in the configured files | Rust items, also those that macros expand to |
//! | definitions before a build | no | yes, after saving | yes, after 3 s | yes, Rust items |
//! | diagnostics | while typing: syntax, undefined, ambiguous, unused, outlines, tables, names, keywords | after saving: undefined, unused, placeholders, tables, outlines | while typing: syntax, undefined | of Rust code: while typing, and those of `cargo check` after saving |
//! | from step to function | definition | implementation | definition | no |
//! | from function to steps | references | definition | no | no |
//! | hover | signature, docs, values | no | no | signature and docs, in Rust files |
//! | completion | snippets | no | snippets from steps that exist | Rust names |
//! | rename | attribute and features | no | no | Rust names |
//! | create a step | yes | no | yes | no |
//! | outline, format | yes | no | yes | Rust files |
//! | highlighting by the server | no | no | yes | Rust files |
//! | Markdown with Gherkin | yes | no | no | no |
//! | other languages than Rust | no | no | nine | no |
