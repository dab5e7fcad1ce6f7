//! The official test data of Cucumber Expressions, in `tests/fixtures/cucumber-expression-testdata`.

use std::fs;
use std::path::{Path, PathBuf};

use yaml_rust2::{Yaml, YamlLoader};

use super::argument::{self, Arguments};
use super::expression::{Node, NodeKind, Problem, Token, TokenKind, compile, parse, tokenize};

/// The cases in `folder`.
fn cases(folder: &str) -> Vec<(PathBuf, Yaml)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/cucumber-expression-testdata")
        .join(folder);
    let entries = fs::read_dir(&root).unwrap_or_else(|e| panic!("{}: {e}", root.display()));
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("a folder entry").path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "yaml"));
    paths.sort();
    assert!(!paths.is_empty(), "{} holds no case", root.display());
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a readable case");
            let case = YamlLoader::load_from_str(&text).expect("a case in YAML").remove(0);
            (path, case)
        })
        .collect()
}

fn expression(case: &Yaml) -> &str {
    case["expression"].as_str().expect("an expression")
}

/// Returns whether the case expects an error; then `result` must be one, at the characters it names.
#[track_caller]
fn wants_problem<T: std::fmt::Debug>(
    path: &Path,
    case: &Yaml,
    result: &Result<T, Problem>,
) -> bool {
    let Some(exception) = case["exception"].as_str() else { return false };
    let problem = result.as_ref().expect_err(&path.display().to_string());
    let mut lines = exception.lines();
    let first = lines.next().expect("a message");
    let column = first.trim_end_matches(':').rsplit(' ').next().expect("a column");
    assert_eq!(column, problem.column().to_string(), "{}: {problem}", path.display());
    let carets = lines.nth(2).expect("a line of carets");
    let width = carets.trim().chars().count();
    assert_eq!(width, problem.span.len().max(1), "{}: {problem}", path.display());
    true
}

#[test]
fn tokenizer() {
    for (path, case) in cases("cucumber-expression/tokenizer") {
        let result = tokenize(expression(&case));
        if wants_problem(&path, &case, &result) {
            continue;
        }
        let tokens = result.unwrap_or_else(|p| panic!("{}: {p}", path.display()));
        let found: Vec<_> = tokens.iter().map(|t| (kind(t), t.start, t.end, &*t.text)).collect();
        let wanted = case["expected_tokens"].as_vec().expect("tokens");
        let wanted: Vec<_> = wanted
            .iter()
            .map(|t| (text(t, "type"), number(t, "start"), number(t, "end"), text(t, "text")))
            .collect();
        assert_eq!(found, wanted, "{}", path.display());
    }
}

#[test]
fn parser() {
    for (path, case) in cases("cucumber-expression/parser") {
        let result = parse(expression(&case));
        if wants_problem(&path, &case, &result) {
            continue;
        }
        let tree = result.unwrap_or_else(|p| panic!("{}: {p}", path.display()));
        same_tree(&path, &tree, &case["expected_ast"]);
    }
}

#[test]
fn transformation() {
    for (path, case) in cases("cucumber-expression/transformation") {
        let compiled = compile(expression(&case));
        let compiled = compiled.unwrap_or_else(|p| panic!("{}: {p}", path.display()));
        // The same sets of characters in the syntax of the official engines.
        let regex = argument::regex(&compiled.pieces)
            .replace("[0-9]", r"\d")
            .replace(r"[^[\s\u{FEFF}]--\u{85}]", r"[^\s]");
        let regex = format!("^{regex}$");
        assert_eq!(regex, text(&case, "expected_regex"), "{}", path.display());
    }
}

#[test]
fn matching() {
    for (path, case) in cases("cucumber-expression/matching") {
        let step = case["text"].as_str().unwrap_or_default();
        let result = argument::of_expression(expression(&case), step);
        if !wants_problem(&path, &case, &result) {
            let found = result.unwrap_or_else(|p| panic!("{}: {p}", path.display()));
            same_arguments(&path, found, &case["expected_args"]);
        }
    }
}

#[test]
fn regular_expressions() {
    for (path, case) in cases("regular-expression/matching") {
        let source = expression(&case);
        let groups = case["expected_args"].as_vec().map_or(0, Vec::len);
        let found = argument::of_regex(source, groups, text(&case, "text"));
        same_arguments(&path, found, &case["expected_args"]);
    }
}

fn same_arguments(path: &Path, found: Option<Arguments>, wanted: &Yaml) {
    let Some(wanted) = wanted.as_vec() else {
        assert_eq!(found, None, "{}", path.display());
        return;
    };
    let found = found.unwrap_or_else(|| panic!("{}: no match", path.display()));
    assert_eq!(found.len(), wanted.len(), "{}: {found:?}", path.display());
    for (found, wanted) in found.iter().zip(wanted) {
        let same = match (found.as_deref(), wanted) {
            (None, Yaml::Null) => true,
            (Some(found), Yaml::String(wanted)) => found == wanted,
            (Some(found), Yaml::Integer(wanted)) => found.parse() == Ok(*wanted),
            (Some(found), Yaml::Real(wanted)) => found.parse::<f64>() == wanted.parse::<f64>(),
            _ => false,
        };
        assert!(same, "{}: {found:?} is not {wanted:?}", path.display());
    }
}

fn same_tree(path: &Path, found: &Node, wanted: &Yaml) {
    let kind = match found.kind {
        NodeKind::Expression => "EXPRESSION_NODE",
        NodeKind::Text => "TEXT_NODE",
        NodeKind::Optional => "OPTIONAL_NODE",
        NodeKind::Alternation => "ALTERNATION_NODE",
        NodeKind::Alternative => "ALTERNATIVE_NODE",
        NodeKind::Parameter => "PARAMETER_NODE",
    };
    assert_eq!(kind, text(wanted, "type"), "{}", path.display());
    assert_eq!(found.start, number(wanted, "start"), "{}: {found:?}", path.display());
    assert_eq!(found.end, number(wanted, "end"), "{}: {found:?}", path.display());
    assert_eq!(found.text.as_deref(), wanted["token"].as_str(), "{}", path.display());
    let none = Vec::new();
    let nodes = wanted["nodes"].as_vec().unwrap_or(&none);
    assert_eq!(found.nodes.len(), nodes.len(), "{}: {found:?}", path.display());
    found.nodes.iter().zip(nodes).for_each(|(found, wanted)| same_tree(path, found, wanted));
}

fn kind(token: &Token) -> &'static str {
    match token.kind {
        TokenKind::StartOfLine => "START_OF_LINE",
        TokenKind::EndOfLine => "END_OF_LINE",
        TokenKind::WhiteSpace => "WHITE_SPACE",
        TokenKind::BeginOptional => "BEGIN_OPTIONAL",
        TokenKind::EndOptional => "END_OPTIONAL",
        TokenKind::BeginParameter => "BEGIN_PARAMETER",
        TokenKind::EndParameter => "END_PARAMETER",
        TokenKind::Alternation => "ALTERNATION",
        TokenKind::Text => "TEXT",
    }
}

fn text<'a>(yaml: &'a Yaml, key: &str) -> &'a str {
    yaml[key].as_str().unwrap_or_else(|| panic!("{yaml:?} has no {key}"))
}

fn number(yaml: &Yaml, key: &str) -> usize {
    let number = yaml[key].as_i64().unwrap_or_else(|| panic!("{yaml:?} has no {key}"));
    usize::try_from(number).expect("a place")
}
