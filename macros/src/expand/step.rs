//! The registration of a step.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use super::argument::{Source, step_argument};
use super::at;
use super::body::Wrapping;
use super::code::{Code, braces, list, literal, text, tokens};
use super::param::name_number;
use crate::attr::{PatternKind, StepAttribute, StepScope};
use crate::expression::{Class, Element, Piece, similar_built_in};
use crate::model::{Function, Role, with_static_lifetimes};
use crate::pattern::{Group, GroupName, Pattern};
use crate::validate::Bound;

/// Generates the registration emitted after the function.
pub(crate) fn step(
    attribute: &StepAttribute,
    pattern: &Pattern,
    function: &Function<'_>,
    bound: &Bound,
) -> TokenStream {
    let sources: Vec<Option<Source>> =
        bound.0.iter().map(|group| group.map(|group| source(pattern, group))).collect();
    let customs = custom_types(attribute, pattern, function, &sources);
    let fields = format!(
        "keyword: __h::StepKeyword::{keyword}, pattern: {pattern}, {location}, \
         options: __h::StepOptions {{ timeout_ms: {timeout}, warn_after_ms: {warn_after} }}, \
         scope: {scope}, argument:",
        keyword = attribute.keyword.variant(),
        pattern = pattern_value(attribute, pattern, function, bound),
        location = super::location(function),
        timeout = super::option(attribute.timeout_ms.as_ref()),
        warn_after = super::option(attribute.warn_after_ms.as_ref()),
        scope = scope(attribute.scope.as_ref()),
    );
    let fields = text(fields).then(step_argument(function));
    let body = body(attribute, function, &sources);
    let value = braces("__h::StepDefinition", fields.then(text(", body:")).then(body));
    super::registration(attribute.library.as_ref(), function, tokens(customs), value)
}

fn scope(scope: Option<&StepScope>) -> String {
    let Some(StepScope { tags, feature }) = scope else { return "__h::None".to_owned() };
    let tags = super::tag_filter(tags);
    let feature = match feature {
        Some(feature) => format!("__h::Some({})", literal(feature)),
        None => "__h::None".to_owned(),
    };
    format!("__h::Some(&__h::StepScope {{ tags: {tags}, feature: {feature} }})")
}

fn source(pattern: &Pattern, group: usize) -> Source {
    let custom = matches!(pattern.groups[group].name, GroupName::Custom(_));
    Source { group, custom: custom.then(|| custom_name(group)) }
}

fn custom_name(group: usize) -> String {
    format!("__PARAMETER_{group}")
}

/// Generates one constant per custom parameter type, so that an unknown one is one error at the pattern.
fn custom_types(
    attribute: &StepAttribute,
    pattern: &Pattern,
    function: &Function<'_>,
    sources: &[Option<Source>],
) -> TokenStream {
    let mut constants = TokenStream::new();
    for (parameter, source) in function.parameters.iter().zip(sources) {
        let (Role::Capture(capture), Some(source)) = (&parameter.role, source) else { continue };
        let (Some(constant), GroupName::Custom(name)) =
            (&source.custom, &pattern.groups[source.group].name)
        else {
            continue;
        };
        let constant = format_ident!("{constant}");
        let number = name_number(name);
        let ty = match capture.borrowed {
            true => {
                let ty = capture.ty;
                quote!(&'static #ty)
            }
            false => with_static_lifetimes(capture.whole, &function.lifetimes),
        };
        let span = at(attribute.source.span());
        // Messages show a type parameter as it is called. The alias keeps it from hiding the user's type.
        let (alias, label) = (format_ident!("__Type{}", source.group), name_type(name, span));
        let find = match similar_built_in(name) {
            None => quote_spanned! { span=>
                const fn __find<#label>() -> __h::ParameterUse<#alias> {
                    __h::ParameterUse::<#alias>::find::<#label, _, #number>()
                }
                __find::<()>()
            },
            Some(similar) => {
                let similar = name_type(similar, span);
                quote_spanned! { span=>
                    const fn __find<#label, #similar>() -> __h::ParameterUse<#alias> {
                        __h::ParameterUse::<#alias>::find_similar::<#similar, #label, _, #number>()
                    }
                    __find::<(), ()>()
                }
            }
        };
        constants.extend(quote_spanned! { span=>
            type #alias = #ty;
            const #constant: __h::ParameterUse<#alias> = { #find };
        });
    }
    constants
}

/// Returns the name of a parameter type as the name of a Rust type.
fn name_type(name: &str, span: Span) -> Ident {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut name: String = name.chars().map(|c| if is_part(c) { c } else { '_' }).collect();
    if name.starts_with(char::is_numeric) {
        name.insert(0, '_');
    }
    let is_name = syn::parse_str::<Ident>(&name).is_ok();
    if is_name { Ident::new(&name, span) } else { format_ident!("{name}_", span = span) }
}

fn pattern_value(
    attribute: &StepAttribute,
    pattern: &Pattern,
    function: &Function<'_>,
    bound: &Bound,
) -> String {
    let parameter_of = |group: usize| {
        let index = bound.0.iter().position(|taken| *taken == Some(group));
        index.map_or("", |index| function.parameters[index].name.as_str())
    };
    let groups = pattern.groups.iter().enumerate();
    let groups = groups.map(|(index, taken)| group(taken, parameter_of(index)));
    let pieces = pattern.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => literal(text),
        Piece::Custom(group) => format!(r#""(", {}.regex, ")""#, custom_name(*group)),
    });
    let template = pattern.template.iter().flatten().map(element);
    // The runtime derives them from a template.
    let literals = if pattern.template.is_some() { &[] } else { pattern.literals.as_slice() };
    format!(
        "__h::Pattern {{ kind: __h::PatternKind::{kind}, source: {source}, regex: &[{pieces}], \
         groups: &[{groups}], literals: &[{literals}], template: &[{template}] }}",
        kind = match attribute.kind {
            PatternKind::Literal => "Literal",
            PatternKind::Expression => "Expression",
            PatternKind::Regex => "Regex",
        },
        source = literal(&attribute.source.value()),
        pieces = list(pieces),
        groups = list(groups),
        literals = list(literals.iter().map(|text| literal(text))),
        template = list(template),
    )
}

fn group(group: &Group, parameter: &str) -> String {
    let name = match &group.name {
        GroupName::BuiltIn(name) | GroupName::Custom(name) | GroupName::Named(name) => name,
        GroupName::Unnamed => "",
    };
    let (name, parameter) = (literal(name), literal(parameter));
    format!(
        "__h::CaptureGroup {{ name: {name}, quoted: {}, parameter: {parameter} }}",
        group.quoted
    )
}

fn element(element: &Element) -> String {
    let element = match element {
        Element::Text(text) => format!("Text({})", literal(text)),
        Element::OneOf { texts, captured } => {
            let texts = list(texts.iter().map(|text| literal(text)));
            format!("OneOf {{ texts: &[{texts}], captured: {captured} }}")
        }
        Element::Run { class, min, max, captured } => {
            let class = class_value(class);
            format!("Run {{ class: {class}, min: {min}, max: {max}, captured: {captured} }}")
        }
        Element::Int => "Int".to_owned(),
        Element::Float => "Float".to_owned(),
        Element::Quoted => "Quoted".to_owned(),
    };
    format!("__h::Element::{element}")
}

fn class_value(class: &Class) -> String {
    let class = match class {
        Class::Ranges(ranges) => {
            let ranges = ranges.iter().map(|(first, last)| format!("({first:?}, {last:?})"));
            format!("Ranges(&[{}])", list(ranges))
        }
        Class::Digit => "Digit".to_owned(),
        Class::Word => "Word".to_owned(),
        Class::Space => "Space".to_owned(),
        Class::NotSpace => "NotSpace".to_owned(),
        Class::NotScriptSpace => "NotScriptSpace".to_owned(),
        Class::NotNewline => "NotNewline".to_owned(),
    };
    format!("__h::Class::{class}")
}

fn body(attribute: &StepAttribute, function: &Function, sources: &[Option<Source>]) -> Code {
    let wrapping = match (&function.returns, &attribute.catch) {
        (Some(_), Some(caught)) => {
            let call = TokenStream::from(super::body::call(function));
            let causes = super::causes(at(caught.span()));
            Some(Wrapping {
                returns: "__h::Outcome",
                value: quote_spanned! { at(caught.span())=>
                    use __h::catching::*;
                    let __returned = #call;
                    #causes
                    let __expected = __h::Expected::<#caught, _, _>::of(__returned);
                    let __find = (&&&&&&__expected).find();
                    let __outcome = __call.catch(
                        __expected,
                        __find,
                        |__error| __error.downcast_ref::<#caught>(),
                    );
                    __h::with_causes(__outcome, __causes)
                },
                uses_call: true,
            })
        }
        _ => super::outcome(function),
    };
    super::body::body(function, sources, wrapping)
}
