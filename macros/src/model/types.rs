//! Types as written, seen through parentheses and the invisible groups of `macro_rules!` fragments.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericArgument, Ident, Lifetime, PathArguments, Type};

/// Returns the type without the parentheses or the invisible group around it.
pub(crate) fn ungrouped(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Paren(inner) => &inner.elem,
            Type::Group(inner) => &inner.elem,
            _ => return ty,
        };
    }
}

/// Returns the `T` of `Name<T>`.
pub(crate) fn inside<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ungrouped(ty) else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(inner) if last.ident == name => Some(ungrouped(inner)),
        _ => None,
    }
}

/// Returns the last identifier of a path type.
pub(crate) fn last_segment(ty: &Type) -> Option<&Ident> {
    match ungrouped(ty) {
        Type::Path(path) => path.path.segments.last().map(|segment| &segment.ident),
        _ => None,
    }
}

/// Returns a type as messages show it.
pub(crate) fn written(ty: &Type) -> String {
    // Most types are one word, and printing tokens is slow.
    if let Type::Path(path) = ty
        && path.qself.is_none()
        && let Some(name) = path.path.get_ident()
    {
        return name.to_string();
    }
    let text = flat(ty.to_token_stream()).to_string();
    [(" :: ", "::"), (" < ", "<"), (" >", ">"), (" ,", ","), ("& ", "&"), (":: ", "::")]
        .iter()
        .fold(text, |text, (spaced, tight)| text.replace(spaced, tight))
}

/// Returns the tokens of a type, with `'static` for the lifetimes that the function declares: outside
/// the function they do not exist, and state and captured values hold no other lifetime anyway.
pub(crate) fn with_static_lifetimes(ty: &Type, declared: &[&Lifetime]) -> TokenStream {
    let tokens = ty.to_token_stream();
    if declared.is_empty() { tokens } else { replaced(tokens, declared) }
}

fn replaced(tokens: TokenStream, declared: &[&Lifetime]) -> TokenStream {
    let mut after_apostrophe = false;
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => {
                let inner = replaced(group.stream(), declared);
                let mut new = proc_macro2::Group::new(group.delimiter(), inner);
                new.set_span(group.span());
                TokenTree::Group(new)
            }
            TokenTree::Ident(ident)
                if after_apostrophe && declared.iter().any(|known| known.ident == ident) =>
            {
                after_apostrophe = false;
                TokenTree::Ident(Ident::new("static", ident.span()))
            }
            token => {
                after_apostrophe =
                    matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\'');
                token
            }
        })
        .collect()
}

/// Returns the tokens without invisible groups.
pub(crate) fn flat(tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => flat(group.stream()),
            token => TokenStream::from(token),
        })
        .collect()
}
