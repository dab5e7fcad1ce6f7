//! The arguments that a pattern captures from a text, found through registry and session.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use harmony_bdd::engine::input::InvocationInput;
use harmony_bdd::engine::{
    Callable, CaptureGroup, Class, Element, Function, Invocation, Pattern, PatternKind, Registry,
    Session, StaticSourceLocation, StepArgumentKind, StepCall, StepDefinition, StepOptions,
};
use harmony_bdd::model::{Outcome, StepKeyword};

use super::expression::{self, Piece, Problem};

/// The arguments of one call, `None` for a group that took no part.
pub(super) type Arguments = Vec<Option<String>>;

/// Matches `text` with an expression; `None` when it does not match.
pub(super) fn of_expression(source: &str, text: &str) -> Result<Option<Arguments>, Problem> {
    let compiled = expression::compile(source)?;
    if let Some(unknown) = compiled.parameters.iter().find(|p| p.custom) {
        return Err(Problem::new(source, unknown.span.clone(), "no such parameter type", ""));
    }
    let groups: Vec<_> = compiled.parameters.iter().map(|p| (p.name.clone(), p.quoted)).collect();
    let kind = PatternKind::Expression;
    let regex = regex(&compiled.pieces);
    let by_regex = arguments(kind, source, regex.clone(), &[], groups.clone(), text);
    let template = compiled.template.expect("only custom parameter types need a regex");
    let template: Vec<Element> = template.into_iter().map(element).collect();
    let by_template = arguments(kind, source, regex, template.leak(), groups, text);
    assert_eq!(by_template, by_regex, "{source:?} with {text:?}");
    Ok(by_template)
}

/// Matches `text` with a regex that has this number of groups.
pub(super) fn of_regex(source: &str, groups: usize, text: &str) -> Option<Arguments> {
    let groups = vec![(String::new(), false); groups];
    arguments(PatternKind::Regex, source, source.to_owned(), &[], groups, text)
}

/// An element of the macros as the runtime has it.
fn element(element: expression::Element) -> Element {
    use expression::Element as Written;
    match element {
        Written::Text(text) => Element::Text(text.leak()),
        Written::OneOf { texts, captured } => {
            let texts: Vec<&'static str> = texts.into_iter().map(|t| &*t.leak()).collect();
            Element::OneOf { texts: texts.leak(), captured }
        }
        Written::Run { class, min, max, captured } => {
            let class = match class {
                expression::Class::Ranges(ranges) => Class::Ranges(ranges.leak()),
                expression::Class::Digit => Class::Digit,
                expression::Class::Word => Class::Word,
                expression::Class::Space => Class::Space,
                expression::Class::NotSpace => Class::NotSpace,
                expression::Class::NotScriptSpace => Class::NotScriptSpace,
                expression::Class::NotNewline => Class::NotNewline,
            };
            Element::Run { class, min, max, captured }
        }
        Written::Int => Element::Int,
        Written::Float => Element::Float,
        Written::Quoted => Element::Quoted,
    }
}

/// The regex of an expression without custom parameter types.
pub(super) fn regex(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.as_str(),
            Piece::Custom(index) => panic!("parameter {index} is not a built-in parameter"),
        })
        .collect()
}

thread_local! {
    static CALLED_WITH: RefCell<Option<Arguments>> = const { RefCell::new(None) };
}

fn note(call: &Invocation<'_>) {
    let count = call.capture_count();
    let arguments = (0..count).map(|i| call.text(i).map(|t| t.into_owned())).collect();
    CALLED_WITH.set(Some(arguments));
}

fn arguments(
    kind: PatternKind,
    source: &str,
    regex: String,
    template: &'static [Element],
    groups: Vec<(String, bool)>,
    text: &str,
) -> Option<Arguments> {
    let groups: Vec<CaptureGroup> = groups
        .into_iter()
        .map(|(name, quoted)| CaptureGroup { name: name.leak(), quoted, parameter: "" })
        .collect();
    // Definitions are statics; the few of a test are leaked.
    let definition = Box::leak(Box::new(StepDefinition {
        keyword: StepKeyword::Given,
        pattern: Pattern {
            kind,
            source: source.to_owned().leak(),
            regex: vec![&*regex.leak()].leak(),
            groups: groups.leak(),
            literals: &[],
            template,
        },
        function: "note",
        module: module_path!(),
        at: StaticSourceLocation { file: file!(), line: line!() },
        options: StepOptions::default(),
        scope: None,
        argument: StepArgumentKind::Nothing,
        body: Callable::Sync(&Function { inputs: (InvocationInput,), function: note }),
    }));
    let registry = Arc::new(Registry::from_definitions([&*definition]));
    let mut session = Session::new(registry, None).expect("an async runtime");
    let call = StepCall { text: text.to_owned(), ..StepCall::default() };
    let report = session.execute(session.resolve(call, Duration::from_secs(30)));
    match report.outcome {
        Outcome::Passed => CALLED_WITH.take(),
        Outcome::Undefined { .. } => None,
        other => panic!("{source:?} with {text:?}: {other:?}"),
    }
}
