//! Bound tests: functions for Rust's test harness that run one scenario.

use std::collections::HashSet;

use harmony_bdd_gherkin::model::Scenario;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Attribute;

use super::body::body;
use super::code::{Code, braces, literal, text};
use crate::attr::ScenarioAttribute;
use crate::feature_file::FeatureFile;
use crate::model::Function;

/// Generates the test of a function below `#[scenario]`: the function itself, its registration as the last
/// step of the scenario, and the run.
pub(crate) fn scenario(
    attribute: &ScenarioAttribute,
    file: &FeatureFile,
    scenarios: &[&Scenario],
    function: &Function<'_>,
    written: impl ToTokens,
    attributes: &[Attribute],
) -> TokenStream {
    let step = step_text(function.name);
    let fields = format!(
        "keyword: __h::StepKeyword::Then, \
         pattern: __h::Pattern {{ kind: __h::PatternKind::Literal, source: {source}, regex: &[], \
         groups: &[], literals: &[], template: &[] }}, {location}, \
         options: __h::StepOptions {{ timeout_ms: {timeout}, warn_after_ms: __h::None }}, \
         scope: __h::None, argument: __h::StepArgumentKind::Nothing, body:",
        source = literal(&step),
        location = super::location(function),
        timeout = super::option(attribute.timeout_ms.as_ref()),
    );
    let body = body(function, &[], super::outcome(function));
    let value = braces("__h::StepDefinition", text(fields).then(body));
    let library = attribute.library.as_ref();
    let registration = super::registration(library, function, Code::default(), value);
    let lines = scenarios.iter().map(|scenario| scenario.selectable_location().line);
    let run = run(library, file, lines, Some(&step));
    let name = function.name;
    let is_test = |attribute: &Attribute| attribute.path().is_ident("test");
    let test = (!attributes.iter().any(is_test)).then(|| quote!(#[::core::prelude::v1::test]));
    quote! {
        #test
        #(#attributes)*
        fn #name() {
            #written
            #registration
            #run
        }
    }
}

/// Generates a test for each scenario of a file.
pub(crate) fn scenarios(library: Option<&TokenStream>, file: &FeatureFile) -> TokenStream {
    let mut names = HashSet::new();
    let tests = file.scenarios.iter().map(|scenario| {
        let name = test_name(scenario, &file.scenarios, &mut names);
        let run = run(library, file, [scenario.selectable_location().line].into_iter(), None);
        quote! {
            #[::core::prelude::v1::test]
            fn #name() {
                #run
            }
        }
    });
    tests.collect()
}

/// Generates the run of the scenarios at these lines.
fn run(
    library: Option<&TokenStream>,
    file: &FeatureFile,
    lines: impl Iterator<Item = u32>,
    last_step: Option<&str>,
) -> TokenStream {
    let library = library.cloned().unwrap_or_else(|| quote!(::harmony_bdd));
    let FeatureFile { path, absolute, .. } = file;
    let last_step = match last_step {
        Some(text) => quote!(__h::Some(#text)),
        None => quote!(__h::None),
    };
    quote! {{
        use #library::macro_support as __h;
        __h::run_bound_test(&__h::BoundTest {
            path: #path,
            // Makes cargo build the test again when the file changes.
            text: __h::include_str!(#absolute),
            lines: &[#(#lines),*],
            last_step: #last_step,
        });
    }}
}

/// Returns the text of the step that calls the function: unique in the binary.
fn step_text(name: &Ident) -> String {
    let name = name.to_string();
    let name = name.trim_start_matches("r#");
    if !proc_macro::is_available() {
        return format!("`{name}`");
    }
    let span = Span::call_site().unwrap();
    format!("`{name}` ({}:{})", span.file(), span.line())
}

/// Returns the name of a test: the names of the rule and the scenario in lower case, and the number of the row.
fn test_name(scenario: &Scenario, all: &[Scenario], known: &mut HashSet<String>) -> Ident {
    let rule = scenario.rule.as_deref().unwrap_or_default();
    let mut name = identifier(&format!("{rule} {}", scenario.name));
    if scenario.example_row.is_some() {
        let rows = all.iter().filter(|other| other.location == scenario.location);
        let row = 1 + rows.take_while(|other| other.example_row != scenario.example_row).count();
        name = format!("{name}_row_{row}");
    }
    let mut unique = name.clone();
    let mut number = 2;
    while !known.insert(unique.clone()) {
        unique = format!("{name}_{number}");
        number += 1;
    }
    Ident::new(&unique, Span::call_site())
}

/// Returns a text as an identifier.
fn identifier(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        // Not every letter or digit may be part of an identifier.
        let is_part = c.is_alphanumeric() && syn::parse_str::<Ident>(&format!("x{c}")).is_ok();
        match is_part {
            true => name.push(c),
            false if !name.is_empty() && !name.ends_with('_') => name.push('_'),
            false => {}
        }
    }
    let name = name.trim_end_matches('_');
    let is_identifier = syn::parse_str::<Ident>(name).is_ok();
    if is_identifier { name.to_owned() } else { format!("scenario_{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_identifiers() {
        assert_eq!(identifier(" Apples and pears!"), "apples_and_pears");
        assert_eq!(identifier("1.1 - Simple"), "scenario_1_1_simple");
        assert_eq!(identifier("Äpfel ½"), "äpfel");
        assert_eq!(identifier("type"), "scenario_type");
        assert_eq!(identifier("!"), "scenario_");
    }
}
