//! Options that several attributes take: `key = value`, once each.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Error, Ident, LitInt, LitStr, Result, Token};

use crate::model::flat;

/// Reads `= "…"`, the value of `key`.
pub(super) fn string_value(key: &Ident, input: ParseStream<'_>) -> Result<LitStr> {
    equals(key, input, "\"…\"")?;
    string(input, || format!("help: write `{key} = \"…\"`"))
}

/// Reads a string literal.
pub(super) fn string(input: ParseStream<'_>, help: impl Fn() -> String) -> Result<LitStr> {
    if input.peek(LitStr) {
        let literal: LitStr = input.parse()?;
        if !literal.suffix().is_empty() {
            return Err(Error::new(literal.span(), "a string here takes no suffix"));
        }
        return Ok(literal);
    }
    let span = input.parse::<syn::Expr>().map_or_else(|_| input.span(), |found| found.span());
    Err(Error::new(span, format!("a step text must be a string literal\n{}", help())))
}

/// Reads `= 500`, the value of `key`.
pub(super) fn milliseconds(key: &Ident, input: ParseStream<'_>) -> Result<LitInt> {
    equals(key, input, "500")?;
    let wrong = |span| {
        Error::new(
            span,
            format!(
                "`{key}` takes a whole number of milliseconds above 0\nhelp: write `{key} = 500`"
            ),
        )
    };
    let literal: syn::Lit = input.parse().map_err(|e| wrong(e.span()))?;
    match literal {
        syn::Lit::Int(number) if number.base10_parse::<u64>().is_ok_and(|n| n > 0) => Ok(number),
        other => Err(wrong(other.span())),
    }
}

/// Reads the `=` behind `key`.
pub(super) fn equals(key: &Ident, input: ParseStream<'_>, example: &str) -> Result<()> {
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        return Ok(());
    }
    Err(Error::new(key.span(), format!("`{key}` has no value\nhelp: write `{key} = {example}`")))
}

/// Checks that the option `key` was not given before.
pub(super) fn once<T>(key: &Ident, before: &Option<T>) -> Result<()> {
    if before.is_some() {
        return Err(Error::new(key.span(), format!("duplicate option `{key}`\nhelp: remove one")));
    }
    Ok(())
}

/// Reads the value of the option `key`, which was not given before.
pub(super) fn set<T>(
    option: &mut Option<T>,
    key: &Ident,
    input: ParseStream<'_>,
    read: impl FnOnce(&Ident, ParseStream<'_>) -> Result<T>,
) -> Result<()> {
    once(key, option)?;
    *option = Some(read(key, input)?);
    Ok(())
}

/// Reads `= path`, the path of `harmony_bdd`, as it is written in a `use` declaration.
pub(super) fn library_path(key: &Ident, input: ParseStream<'_>) -> Result<TokenStream> {
    equals(key, input, "facade::harmony_bdd")?;
    let mut path = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        path.extend(flat(input.parse::<TokenTree>()?.into()));
    }
    let is_path = path.clone().into_iter().all(|token| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        _ => false,
    });
    if path.is_empty() || !is_path {
        return Err(Error::new(
            key.span(),
            "`crate` takes the path of `harmony_bdd`\nhelp: write `crate = facade::harmony_bdd`",
        ));
    }
    Ok(path)
}

/// Reads the name of an option.
pub(super) fn option_name(input: ParseStream<'_>, example: impl Fn() -> String) -> Result<Ident> {
    input.call(Ident::parse_any).map_err(|error| {
        Error::new(
            error.span(),
            format!("expected the name of an option\nhelp: as in {}", example()),
        )
    })
}

/// Reads the comma between options.
pub(super) fn comma(input: ParseStream<'_>, example: &str) -> Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    if !input.peek(Token![,]) {
        return Err(Error::new(
            input.span(),
            format!("expected `,` between the options\nhelp: as in {example}"),
        ));
    }
    input.parse::<Token![,]>().map(drop)
}

/// Reads `crate = path`.
pub(crate) fn library_option(input: ParseStream<'_>) -> Result<TokenStream> {
    let key = option_name(input, || "`crate = facade::harmony_bdd`".to_owned())?;
    if key != "crate" {
        return Err(Error::new(
            key.span(),
            format!("unknown option `{key}`\nhelp: write `crate = facade::harmony_bdd`"),
        ));
    }
    library_path(&key, input)
}
