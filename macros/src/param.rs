//! `#[param]`: a parameter type of Cucumber Expressions, declared on an enum, a struct or a function.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, FnArg, Ident, Item, ItemFn, LitStr, Result, Token, Type};

use crate::attr::{once, string_value};
use crate::expression::BUILT_IN;
use crate::model::inside;
use crate::pattern::regex;
use crate::{fallback, texts};

struct ParamAttribute {
    name: LitStr,
    regex: Option<LitStr>,
}

/// What `#[param]` turns an item into.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let parsed: Item = match syn::parse2(item.clone()) {
        Ok(parsed) => parsed,
        Err(error) => return error.to_compile_error(),
    };
    let declared = ParamAttribute::parse(arguments).and_then(|attribute| match &parsed {
        Item::Fn(function) => on_function(&attribute, function),
        Item::Enum(_) | Item::Struct(_) => on_type(&attribute, &syn::parse2(item.clone())?),
        other => Err(Error::new(
            first_span(other),
            "`#[param]` goes on an enum, a struct or a function\nhelp: declare a struct and implement `std::str::FromStr` for it",
        )),
    });
    let item = without_texts(parsed);
    match declared {
        Ok(declared) => quote!(#item #declared),
        Err(error) => match item {
            Item::Fn(function) => fallback::function_with(&function, &error),
            item => {
                let error = error.to_compile_error();
                quote!(#item #error)
            }
        },
    }
}

/// The number that stands for a name in `Parameter<_, NAME>` (64-bit FNV-1a).
pub(crate) fn name_number(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl ParamAttribute {
    fn parse(arguments: TokenStream) -> Result<Self> {
        Self::read.parse2(arguments)
    }

    fn read(input: ParseStream<'_>) -> Result<Self> {
        let (mut name, mut regex) = (None, None);
        while !input.is_empty() {
            let key = input.call(Ident::parse_any)?;
            let slot = match key.to_string().as_str() {
                "name" => &mut name,
                "regex" => &mut regex,
                _ => {
                    return Err(Error::new(
                        key.span(),
                        format!(
                            "`#[param]` has no option `{key}`\nhelp: write `#[param(name = \"…\", regex = \"…\")]`"
                        ),
                    ));
                }
            };
            once(&key, slot)?;
            *slot = Some(string_value(&key, input)?);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        let Some(name) = name else {
            return Err(Error::new(
                Span::call_site(),
                "`#[param]` says no name\nhelp: write `#[param(name = \"colour\", regex = \"red|blue\")]`",
            ));
        };
        let text = name.value();
        if text.is_empty() || text.contains(['{', '}', '(', ')', '/', '\\']) {
            return Err(Error::new(
                name.span(),
                "a parameter type's name is not empty and holds none of `{}()/\\`\nhelp: choose a word",
            ));
        }
        if BUILT_IN.contains(&text.as_str()) {
            return Err(Error::new(
                name.span(),
                format!("`{{{text}}}` is a built-in parameter type\nhelp: choose another name"),
            ));
        }
        Ok(Self { name, regex })
    }
}

fn on_type(attribute: &ParamAttribute, input: &DeriveInput) -> Result<TokenStream> {
    let is_enum = matches!(input.data, Data::Enum(_));
    let regex = match &attribute.regex {
        Some(regex) => regex.clone(),
        None if is_enum => {
            let texts: Vec<String> = texts::all(input)?.iter().map(|t| regex::escape(t)).collect();
            LitStr::new(&texts.join("|"), attribute.name.span())
        }
        None => return Err(no_regex(attribute)),
    };
    let plain = plain_regex(&regex)?;
    let from_str = if is_enum { texts::from_str(input)? } else { TokenStream::new() };
    let ty = &input.ident;
    let declaration = declaration(
        attribute,
        &regex,
        &plain,
        &quote!(#ty),
        &quote!(#ty),
        &quote! {
            <#ty as __h::StepArg>::from_capture(text)
        },
    );
    Ok(quote!(#from_str #declaration))
}

fn on_function(attribute: &ParamAttribute, function: &ItemFn) -> Result<TokenStream> {
    let regex = attribute.regex.as_ref().ok_or_else(|| no_regex(attribute))?;
    let plain = plain_regex(regex)?;
    let groups = regex::parse(&regex.value()).map_or(0, |parsed| regex::groups(&parsed).len());
    let syn::ReturnType::Type(_, returned) = &function.sig.output else {
        return Err(Error::new(
            function.sig.ident.span(),
            "a parameter type's function returns the value\nhelp: add `-> T` or `-> Result<T, E>`",
        ));
    };
    if let Some(asyncness) = &function.sig.asyncness {
        return Err(Error::new(asyncness.span(), "a conversion cannot wait\nhelp: remove `async`"));
    }
    let takes = function.sig.inputs.len();
    let wanted = groups.max(1);
    if takes != wanted {
        return Err(Error::new(
            function.sig.ident.span(),
            format!(
                "`{}` takes {takes} parameters, but its regex has {groups} groups\n\
                 help: take the whole text, as in `text: &str`, or one parameter per group",
                function.sig.ident
            ),
        ));
    }
    let arguments = function.sig.inputs.iter().enumerate().map(|(index, input)| {
        let FnArg::Typed(typed) = input else { return quote!(compile_error!("no `self` here")) };
        let text =
            if groups == 0 { quote!(text) } else { quote!(groups[#index].unwrap_or_default()) };
        match &*typed.ty {
            Type::Reference(_) => text,
            ty => quote!(<#ty as __h::StepArg>::from_capture(#text)?),
        }
    });
    let name = &function.sig.ident;
    let call = quote!(#name(#(#arguments),*));
    let (made, result) = match inside(returned, "Result") {
        Some(made) => (made, quote!(#call.map_err(|error| error.to_string()))),
        None => (&**returned, quote!(Ok(#call))),
    };
    let split = (groups > 0).then(|| {
        quote! {
            static REGEX: std::sync::OnceLock<__h::Regex> = std::sync::OnceLock::new();
            let groups = __h::groups(&REGEX, #regex, text)?;
        }
    });
    Ok(declaration(attribute, regex, &plain, &quote!(#made), &quote!(Tag), &quote!(#split #result)))
}

fn declaration(
    attribute: &ParamAttribute,
    regex: &LitStr,
    plain: &str,
    made: &TokenStream,
    tag: &TokenStream,
    conversion: &TokenStream,
) -> TokenStream {
    let name = &attribute.name;
    let number = name_number(&name.value());
    let written = made.to_string();
    quote! {
        const _: () = {
            use ::harmony_bdd::macro_support as __h;
            #[doc(hidden)]
            #[allow(dead_code, reason = "the tag only tells declarations apart")]
            pub struct Tag;
            impl __h::Parameter<#tag, #number> for #made {
                const REGEX: &'static str = #plain;
                fn from_parameter(text: &str) -> Result<Self, String> {
                    #conversion
                }
            }
            __h::inventory::submit! {
                __h::ParameterDefinition {
                    name: #name,
                    regex: #regex,
                    makes: #written,
                    at: __h::SourcePlace { file: file!(), line: line!() },
                }
            }
        };
    }
}

fn no_regex(attribute: &ParamAttribute) -> Error {
    Error::new(
        attribute.name.span(),
        "nothing says what the parameter looks like\nhelp: add `regex = \"…\"`; only an enum without it matches its variants",
    )
}

/// The regex without capture groups, so that a parameter is one capture.
fn plain_regex(regex: &LitStr) -> Result<String> {
    regex::without_groups(&regex.value()).map_err(|message| Error::new(regex.span(), message))
}

fn without_texts(mut item: Item) -> Item {
    if let Item::Enum(item) = &mut item {
        for variant in &mut item.variants {
            variant.attrs.retain(|attribute| !texts::is_text(attribute));
        }
    }
    item
}

fn first_span(item: &Item) -> Span {
    use quote::ToTokens;
    item.to_token_stream().into_iter().next().map_or_else(Span::call_site, |token| token.span())
}
