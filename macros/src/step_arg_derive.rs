//! `#[derive(StepArg)]`: an enum as a capture, with the texts of its variants.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Error, Fields, Ident, Item, LitStr, Result, Variant};

use crate::model::mentions_deprecated;

/// Expands `#[derive(StepArg)]`.
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    from_str(&input).unwrap_or_else(|error| error.to_compile_error())
}

/// Generates `FromStr` for an enum without fields.
fn from_str(input: &DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let functions = from_str_functions(input)?;
    let allow = is_deprecated(input).then(|| quote!(#[allow(deprecated)]));
    Ok(quote! {
        #allow
        impl ::core::str::FromStr for #name #functions
    })
}

/// Generates the content of `FromStr` for an enum without fields, in braces.
pub(crate) fn from_str_functions(input: &DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let Data::Enum(data) = &input.data else {
        return Err(Error::new(
            name.span(),
            "only an enum has a text for each of its values\nhelp: implement `std::str::FromStr` for a struct",
        ));
    };
    if let Some(parameter) = input.generics.params.first() {
        return Err(Error::new(
            parameter.span(),
            "a capture cannot be generic\nhelp: write the type itself",
        ));
    }
    let mut arms = TokenStream::new();
    let mut first_texts = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for variant in &data.variants {
        let texts = texts(variant)?;
        first_texts.extend(texts.first().cloned());
        let mut new: Vec<String> = Vec::new();
        for text in texts {
            if seen.contains(&text) {
                return Err(Error::new(
                    variant.ident.span(),
                    format!(
                        "the text {text:?} is used by two variants\nhelp: give this one another `#[text(\"…\")]`"
                    ),
                ));
            }
            if !new.contains(&text) {
                new.push(text);
            }
        }
        let ident = &variant.ident;
        arms.extend(quote!(#(#new)|* => ::core::result::Result::Ok(Self::#ident),));
        seen.extend(new);
    }
    let expected = format!("expected one of {}", first_texts.join(", "));
    Ok(quote! {
        {
            type Err = &'static ::core::primitive::str;

            fn from_str(
                __text: &::core::primitive::str,
            ) -> ::core::result::Result<Self, &'static ::core::primitive::str> {
                match __text {
                    #arms
                    _ => ::core::result::Result::Err(#expected),
                }
            }
        }
    })
}

/// Returns true if `attribute` is `#[text("…")]`.
fn is_text(attribute: &Attribute) -> bool {
    attribute.path().is_ident("text")
}

/// Returns the first `#[text]` of an enum.
pub(crate) fn first_text(input: &DeriveInput) -> Option<&Attribute> {
    let Data::Enum(data) = &input.data else { return None };
    data.variants.iter().flat_map(|variant| &variant.attrs).find(|attribute| is_text(attribute))
}

/// Returns all texts of all variants, for a regex.
pub(crate) fn all(input: &DeriveInput) -> Result<Vec<String>> {
    let Data::Enum(data) = &input.data else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for variant in &data.variants {
        all.extend(texts(variant)?);
    }
    Ok(all)
}

/// Returns true if the enum or one of its variants is deprecated: code that names it would warn.
pub(crate) fn is_deprecated(input: &DeriveInput) -> bool {
    let is_deprecated = |attributes: &[Attribute]| attributes.iter().any(mentions_deprecated);
    is_deprecated(&input.attrs)
        || matches!(&input.data, Data::Enum(data)
            if data.variants.iter().any(|variant| is_deprecated(&variant.attrs)))
}

/// Removes the texts, which the compiler does not know, from an enum.
pub(crate) fn without_texts(mut item: Item) -> Item {
    if let Item::Enum(item) = &mut item {
        for variant in &mut item.variants {
            variant.attrs.retain(|attribute| !is_text(attribute));
        }
    }
    item
}

fn texts(variant: &Variant) -> Result<Vec<String>> {
    if !matches!(variant.fields, Fields::Unit) {
        return Err(Error::new(
            variant.fields.span(),
            "a variant with fields has no text\nhelp: implement `std::str::FromStr` by hand",
        ));
    }
    let mut written = Vec::new();
    for attribute in variant.attrs.iter().filter(|a| is_text(a)) {
        let wrong = |span| {
            Error::new(
                span,
                "`#[text]` takes the texts of the variant\nhelp: write `#[text(\"…\")]`",
            )
        };
        let texts = Punctuated::<LitStr, syn::Token![,]>::parse_terminated;
        let list = attribute.meta.require_list().map_err(|_| wrong(attribute.span()))?;
        let literals = texts.parse2(list.tokens.clone()).map_err(|error| wrong(error.span()))?;
        if literals.is_empty() {
            return Err(wrong(attribute.span()));
        }
        written.extend(literals.iter().map(LitStr::value));
    }
    Ok(if written.is_empty() { spellings(&variant.ident) } else { written })
}

/// Returns the spellings of a name such as `LightBlue` in a step.
fn spellings(ident: &Ident) -> Vec<String> {
    let ident = ident.to_string();
    let ident = ident.trim_start_matches("r#");
    let mut words: Vec<String> = Vec::new();
    let mut before_lower = false;
    for character in ident.chars() {
        if (character.is_uppercase() && before_lower) || words.is_empty() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
        before_lower = character.is_lowercase() || character.is_numeric();
    }
    let mut spellings: Vec<String> = [" ", "-", "_"].map(|joint| words.join(joint)).to_vec();
    spellings.push(ident.to_owned());
    spellings.dedup();
    spellings
}
