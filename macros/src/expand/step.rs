//! The registration of a step.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::argument::Source;
use super::body::Wrapping;
use crate::attr::{PatternKind, StepAttribute};
use crate::expression::{Class, Element, Piece};
use crate::model::{Function, Role};
use crate::param::name_number;
use crate::pattern::{GroupName, Pattern};
use crate::validate::Bound;

/// What goes below the function.
pub(crate) fn step(
    attribute: &StepAttribute,
    pattern: &Pattern,
    function: &Function,
    bound: &Bound,
) -> TokenStream {
    let keyword = Ident::new(attribute.keyword.variant(), Span::call_site());
    let name = function.name.to_string();
    let name = name.trim_start_matches("r#");
    let sources: Vec<Option<Source>> =
        bound.0.iter().map(|group| group.map(|group| source(pattern, group))).collect();
    let customs = custom_types(attribute, pattern, function, &sources);
    let pattern = pattern_value(attribute, pattern);
    let option = |value: &Option<syn::LitInt>| match value {
        Some(ms) => quote!(Some(#ms)),
        None => quote!(None),
    };
    let timeout = option(&attribute.timeout_ms);
    let warn_after = option(&attribute.warn_after_ms);
    let argument = argument_need(function);
    let body = body(attribute, function, &sources);
    super::registration(&quote! {
        #customs
        __h::inventory::submit! {
            __h::StepDefinition {
                keyword: __h::StepKeyword::#keyword,
                pattern: #pattern,
                function: #name,
                module: module_path!(),
                file: file!(),
                line: line!(),
                options: __h::Options { timeout_ms: #timeout, warn_after_ms: #warn_after },
                argument: __h::ArgumentNeed::#argument,
                body: #body,
            }
        }
    })
}

fn source(pattern: &Pattern, group: usize) -> Source {
    let custom = matches!(pattern.groups[group].name, GroupName::Custom(_));
    Source { group, custom: custom.then(|| custom_name(group)) }
}

fn custom_name(group: usize) -> Ident {
    format_ident!("__PARAMETER_{group}")
}

/// One constant per custom parameter type, so that an unknown one is one error, at the pattern.
fn custom_types(
    attribute: &StepAttribute,
    pattern: &Pattern,
    function: &Function,
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
        let number = name_number(name);
        let ty = &capture.ty;
        let ty = if capture.borrowed { quote!(&'static #ty) } else { quote!(#ty) };
        constants.extend(quote_spanned! { attribute.source.span()=>
            const #constant: __h::ParameterUse<#ty> = __h::ParameterUse::<#ty>::find::<_, #number>();
        });
    }
    constants
}

fn pattern_value(attribute: &StepAttribute, pattern: &Pattern) -> TokenStream {
    let source = &attribute.source;
    let kind = match attribute.kind {
        PatternKind::Literal => quote!(Literal),
        PatternKind::Expression => quote!(Expression),
        PatternKind::Regex => quote!(Regex),
    };
    let pieces = pattern.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => quote!(#text),
        Piece::Custom(group) => {
            let constant = custom_name(*group);
            quote!("(", #constant.regex, ")")
        }
    });
    let literals = &pattern.literals;
    let template = pattern.template.iter().flatten().map(element);
    let groups = pattern.groups.iter().map(|group| {
        let quoted = group.quoted;
        let name = match &group.name {
            GroupName::BuiltIn(name) | GroupName::Custom(name) | GroupName::Named(name) => name,
            GroupName::Unnamed => "",
        };
        quote!(__h::Group { name: #name, quoted: #quoted })
    });
    quote! {
        __h::Pattern {
            kind: __h::PatternKind::#kind,
            source: #source,
            regex: &[#(#pieces),*],
            groups: &[#(#groups),*],
            literals: &[#(#literals),*],
            template: &[#(#template),*],
        }
    }
}

fn element(element: &Element) -> TokenStream {
    match element {
        Element::Text(text) => quote!(__h::Element::Text(#text)),
        Element::OneOf { texts, captured } => {
            quote!(__h::Element::OneOf { texts: &[#(#texts),*], captured: #captured })
        }
        Element::Run { class, min, max, captured } => {
            let class = match class {
                Class::Ranges(ranges) => {
                    let ranges = ranges.iter().map(|(first, last)| quote!((#first, #last)));
                    quote!(Ranges(&[#(#ranges),*]))
                }
                Class::Digit => quote!(Digit),
                Class::Word => quote!(Word),
                Class::Space => quote!(Space),
                Class::NotSpace => quote!(NotSpace),
                Class::NotNewline => quote!(NotNewline),
            };
            let class = quote!(__h::Class::#class);
            quote!(__h::Element::Run { class: #class, min: #min, max: #max, captured: #captured })
        }
        Element::Int => quote!(__h::Element::Int),
        Element::Float => quote!(__h::Element::Float),
        Element::Quoted => quote!(__h::Element::Quoted),
    }
}

fn argument_need(function: &Function) -> Ident {
    let roles = || function.parameters.iter().map(|p| &p.role);
    let need = if roles().any(Role::takes_table) {
        "Table"
    } else if roles().any(Role::takes_doc_string) {
        "DocString"
    } else {
        "Nothing"
    };
    Ident::new(need, Span::call_site())
}

fn body(attribute: &StepAttribute, function: &Function, sources: &[Option<Source>]) -> TokenStream {
    let wrapping = match (&function.returns, &attribute.catch) {
        (Some(returned), Some(caught)) => {
            let call = super::body::call(function);
            let causes = super::causes(caught.span());
            Some(Wrapping {
                returns: quote!(__h::Outcome),
                value: quote_spanned! { caught.span()=>
                    let returned: #returned = #call;
                    #causes
                    __h::with_causes(call.catch::<#caught, _, _>(returned), causes)
                },
                of_call: true,
            })
        }
        _ => super::outcome(function),
    };
    super::body::body(function, sources, wrapping.as_ref())
}
