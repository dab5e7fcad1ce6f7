//! Enums as captures: which texts stand for which variant.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Error, Fields, Ident, LitStr, Result, Variant};

/// What `#[derive(StepArg)]` writes.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    from_str(&input).unwrap_or_else(|error| error.to_compile_error())
}

/// `FromStr` for an enum without fields.
pub(crate) fn from_str(input: &DeriveInput) -> Result<TokenStream> {
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
                        "the text {text:?} stands for two variants\nhelp: give this one another `#[text(\"…\")]`"
                    ),
                ));
            }
            if !new.contains(&text) {
                new.push(text);
            }
        }
        let ident = &variant.ident;
        arms.extend(quote!(#(#new)|* => Ok(Self::#ident),));
        seen.extend(new);
    }
    let expected = format!("expected one of {}", first_texts.join(", "));
    Ok(quote! {
        impl std::str::FromStr for #name {
            type Err = &'static str;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    #arms
                    _ => Err(#expected),
                }
            }
        }
    })
}

/// Whether `attribute` is `#[text("…")]`.
pub(crate) fn is_text(attribute: &Attribute) -> bool {
    attribute.path().is_ident("text")
}

/// All texts of all variants, for a regex.
pub(crate) fn all(input: &DeriveInput) -> Result<Vec<String>> {
    let Data::Enum(data) = &input.data else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for variant in &data.variants {
        all.extend(texts(variant)?);
    }
    Ok(all)
}

fn texts(variant: &Variant) -> Result<Vec<String>> {
    if !matches!(variant.fields, Fields::Unit) {
        return Err(Error::new(
            variant.fields.span(),
            "a text cannot fill the fields of a variant\nhelp: implement `std::str::FromStr` by hand",
        ));
    }
    let mut written = Vec::new();
    for attribute in variant.attrs.iter().filter(|a| is_text(a)) {
        let literals = attribute.parse_args_with(
            syn::punctuated::Punctuated::<LitStr, syn::Token![,]>::parse_terminated,
        )?;
        written.extend(literals.iter().map(LitStr::value));
    }
    Ok(if written.is_empty() { spellings(&variant.ident) } else { written })
}

/// `LightBlue` as people write it.
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
