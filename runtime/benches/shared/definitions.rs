//! Any number of step definitions, made at run time as the macros would make them.

use std::sync::Arc;

use harmony_bdd::engine::{
    Callable, CaptureGroup, Class, Element, Function, Pattern, PatternKind, Registry,
    StaticSourceLocation, StepArgumentKind, StepDefinition, StepOptions,
};
use harmony_bdd::model::StepKeyword;

/// Similarity of the definitions.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Shape {
    /// Each starts with its own words.
    Mixed,
    /// All have the same prefix and suffix and differ only in the middle.
    Alike,
}

/// The way in which a text is matched.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Matcher {
    /// By the template that the macros make of a pattern.
    Template,
    /// By the regex alone, as a pattern without a template is matched.
    Regex,
}

/// Creates a registry of `count` definitions of a shape.
pub(crate) fn registry(shape: Shape, count: usize, matcher: Matcher) -> Arc<Registry> {
    Arc::new(Registry::from_definitions((0..count).map(|i| definition(shape, i, matcher))))
}

const STRING: &str = r#"("[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*')"#;
const NOT_A_QUOTE: Class = Class::Ranges(&[('\0', '&'), ('(', char::MAX)]);
const INT: &str = r"((?:-?\d+)|(?:\d+))";

fn definition(shape: Shape, i: usize, matcher: Matcher) -> &'static StepDefinition {
    // As the macros expand a literal, two expressions and a regex.
    let (kind, literals, groups): (_, Vec<String>, &[&str]) = match (shape, i % 4) {
        (Shape::Mixed, 0) => (PatternKind::Literal, vec![format!("area {i} is prepared")], &[]),
        (Shape::Mixed, 1) => {
            let literals = vec![format!("user {i} sends "), " items".to_owned()];
            (PatternKind::Expression, literals, &[INT])
        }
        (Shape::Mixed, 2) => {
            let literals =
                vec!["the ".to_owned(), format!(" process opens buffer {i} with "), String::new()];
            (PatternKind::Expression, literals, &[STRING, INT])
        }
        (Shape::Mixed, _) => {
            let literals = vec![format!("check {i} sees '"), "'".to_owned()];
            (PatternKind::Regex, literals, &["([^']+)"])
        }
        (Shape::Alike, _) => {
            let literals = vec![
                "the ".to_owned(),
                format!(" process does task {i} with "),
                " frames".to_owned(),
            ];
            (PatternKind::Expression, literals, &[STRING, INT])
        }
    };
    let leak = |text: &String| -> &'static str { text.clone().leak() };
    let mut template = vec![Element::Text(leak(&literals[0]))];
    for (group, literal) in groups.iter().zip(&literals[1..]) {
        template.push(match *group {
            STRING => Element::Quoted,
            INT => Element::Int,
            _ => Element::Run { class: NOT_A_QUOTE, min: 1, max: u32::MAX, captured: true },
        });
        template.push(Element::Text(leak(literal)));
    }
    // A literal is compared and needs no template either way.
    if matcher == Matcher::Regex && kind != PatternKind::Literal {
        template.clear();
    }
    let mut regex = vec![literals[0].clone()];
    for (group, literal) in groups.iter().zip(&literals[1..]) {
        regex.push((*group).to_owned());
        regex.push(literal.clone());
    }
    let source = regex.concat().leak();
    Box::leak(Box::new(StepDefinition {
        keyword: StepKeyword::Given,
        pattern: Pattern {
            kind,
            source,
            regex: regex.iter().map(leak).collect::<Vec<_>>().leak(),
            groups: groups
                .iter()
                .map(|g| CaptureGroup { name: "", quoted: *g == STRING, parameter: "" })
                .collect::<Vec<_>>()
                .leak(),
            literals: literals.iter().map(leak).collect::<Vec<_>>().leak(),
            template: template.leak(),
        },
        function: "step",
        module: module_path!(),
        at: StaticSourceLocation { file: "steps.rs", line: u32::try_from(i).expect("a few lines") },
        options: StepOptions::default(),
        scope: None,
        argument: StepArgumentKind::Nothing,
        body: Callable::Sync(&Function { inputs: (), function: pass }),
    }))
}

/// Returns a text that definition `i` matches.
pub(crate) fn text(shape: Shape, i: usize, n: usize) -> String {
    match (shape, i % 4) {
        (Shape::Mixed, 0) => format!("area {i} is prepared"),
        (Shape::Mixed, 1) => format!("user {i} sends {n} items"),
        (Shape::Mixed, 2) => format!("the 'reader' process opens buffer {i} with {n}"),
        (Shape::Mixed, _) => format!("check {i} sees 'item {n}'"),
        (Shape::Alike, _) => format!("the 'writer' process does task {i} with {n} frames"),
    }
}

fn pass() {}
