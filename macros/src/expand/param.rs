//! The declaration of a parameter type: its conversion, and its registration for listings.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, FnArg, ItemFn, LitStr, Result, Type};

use super::{Scope, at};
use crate::attr::ParamAttribute;
use crate::model::{inside, mentions_deprecated, ungrouped, with_static_lifetimes};
use crate::pattern::regex::{self, ParameterRegex};
use crate::step_arg_derive as texts;

/// The number that represents a name in `Parameter<_, NAME>` (64-bit FNV-1a).
pub(crate) fn name_number(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// A parameter type with the code that declares it.
struct Declaration<'a> {
    attribute: &'a ParamAttribute,
    regex: ParameterRegex,
    /// The type that it makes.
    made: &'a TokenStream,
    /// A type of this crate.
    tag: &'a TokenStream,
    /// The body of the conversion.
    conversion: TokenStream,
    is_deprecated: bool,
}

/// Generates the declaration emitted after an enum or a struct.
pub(crate) fn param_on_type(
    attribute: &ParamAttribute,
    input: &DeriveInput,
) -> Result<TokenStream> {
    if let Some(parameter) = input.generics.params.first() {
        return Err(Error::new(
            parameter.span(),
            "a parameter type cannot be generic\nhelp: write the type itself",
        ));
    }
    let is_enum = matches!(input.data, Data::Enum(_));
    if let (Some(option), false) = (attribute.from_str, is_enum) {
        return Err(always_own_conversion(option));
    }
    if let (Some(_), Some(text)) = (attribute.from_str, texts::first_text(input)) {
        return Err(Error::new(
            text.path().span(),
            "`#[text]` has no effect beside `from_str`: the enum has its own conversion\n\
             help: remove `#[text]` and convert this text in `FromStr`, or remove `from_str` and the `impl FromStr`",
        ));
    }
    let has_texts = is_enum && attribute.from_str.is_none();
    let regex = match &attribute.regex {
        Some(regex) => read_regex(regex)?,
        None if has_texts => {
            let texts = texts::all(input)?;
            if texts.is_empty() {
                return Err(Error::new(
                    input.ident.span(),
                    "this enum has no variants, so nothing matches\nhelp: add a variant",
                ));
            }
            let texts: Vec<String> = texts.iter().map(|text| regex::escape(text)).collect();
            read_regex(&LitStr::new(&texts.join("|"), attribute.name.span()))?
        }
        None => return Err(no_regex(attribute)),
    };
    let ty = &input.ident;
    let from_str = match has_texts {
        true => {
            let functions = texts::from_str_functions(input)?;
            quote!(__h::param_needs_from_str_if_the_enum_implements_it! { #ty #functions })
        }
        false => TokenStream::new(),
    };
    let declaration = Declaration {
        attribute,
        regex,
        made: &quote!(#ty),
        tag: &quote!(#ty),
        conversion: quote!(<#ty as __h::StepArg>::from_capture(__text)),
        is_deprecated: texts::is_deprecated(input),
    };
    Ok(declaration.expand(&from_str))
}

/// Generates the declaration emitted after a function.
pub(crate) fn param_on_function(
    attribute: &ParamAttribute,
    function: &ItemFn,
) -> Result<TokenStream> {
    if let Some(option) = attribute.from_str {
        return Err(always_own_conversion(option));
    }
    let regex = read_regex(attribute.regex.as_ref().ok_or_else(|| no_regex(attribute))?)?;
    let syn::ReturnType::Type(_, returned) = &function.sig.output else {
        return Err(Error::new(
            function.sig.ident.span(),
            "a parameter function returns the value\nhelp: add `-> T` or `-> Result<T, E>`",
        ));
    };
    if let Some(asyncness) = &function.sig.asyncness {
        return Err(Error::new(
            asyncness.span(),
            "a parameter function cannot be `async`\nhelp: remove `async`",
        ));
    }
    let name = &function.sig.ident;
    let (groups, takes) = (regex.groups, function.sig.inputs.len());
    if takes != groups.max(1) {
        return Err(Error::new(
            name.span(),
            format!(
                "`{name}` takes {takes} parameters, but its regex has {groups} groups\n\
                 help: take the whole text, as in `text: &str`, or one parameter per group"
            ),
        ));
    }
    let inputs = function.sig.inputs.iter().enumerate();
    let arguments =
        inputs.map(|(index, input)| argument(index, input, groups)).collect::<Result<Vec<_>>>()?;
    let call = quote!(#name(#(#arguments),*));
    let (made, result) = match inside(returned, "Result") {
        Some(made) => (
            made,
            quote_spanned! { at(returned.span())=>
                let __returned = #call;
                __h::parameter_value(__returned)
            },
        ),
        None => (ungrouped(returned), quote!(__h::Ok(#call))),
    };
    let lifetimes: Vec<_> = function.sig.generics.lifetimes().map(|l| &l.lifetime).collect();
    let whole = &regex.whole;
    let split = (groups > 0).then(|| {
        quote! {
            static __REGEX: __h::OnceLock<__h::Regex> = __h::OnceLock::new();
            let __groups = __h::groups(&__REGEX, #whole, __text)?;
        }
    });
    let declaration = Declaration {
        attribute,
        made: &with_static_lifetimes(made, &lifetimes),
        tag: &quote!(__Tag),
        conversion: quote!(#split #result),
        is_deprecated: function.attrs.iter().any(mentions_deprecated),
        regex,
    };
    Ok(declaration.expand(&TokenStream::new()))
}

/// Returns the argument for a parameter of a function: a group, or the whole text.
fn argument(index: usize, input: &FnArg, groups: usize) -> Result<TokenStream> {
    let FnArg::Typed(typed) = input else {
        return Err(Error::new(
            input.span(),
            "`#[param]` goes on a function outside an `impl`: there is no `self` to call it on\n\
             help: move the function out",
        ));
    };
    let text =
        if groups == 0 { quote!(__text) } else { quote!(__groups[#index].unwrap_or_default()) };
    Ok(match ungrouped(&typed.ty) {
        Type::Reference(_) => text,
        ty => quote!(<#ty as __h::StepArg>::from_capture(#text)?),
    })
}

/// Generates a conversion for a parameter type with an error, so that its uses give no further errors.
pub(crate) fn param_stand_in(attribute: &ParamAttribute, made: &TokenStream) -> TokenStream {
    let number = name_number(&attribute.name.value());
    let content = quote! {
        pub enum __Tag {}
        impl __h::Parameter<__Tag, #number> for #made {
            const REGEX: &'static __h::str = "";
            fn from_parameter(_: &__h::str) -> __h::Result<Self, __h::ValueError> {
                __h::Err(__h::ValueError::Refused(__h::String::new()))
            }
        }
    };
    Scope { library: attribute.library.as_ref(), is_deprecated: true }.wrap(&content)
}

/// Returns the type that a parameter function makes, for [`param_stand_in`].
pub(crate) fn made_by(function: &ItemFn) -> Option<TokenStream> {
    let syn::ReturnType::Type(_, returned) = &function.sig.output else { return None };
    let made = inside(returned, "Result").unwrap_or_else(|| ungrouped(returned));
    function.sig.generics.params.is_empty().then(|| quote!(#made))
}

impl Declaration<'_> {
    /// Generates the code, with the conversion from a text if the type lacks one.
    fn expand(&self, from_str: &TokenStream) -> TokenStream {
        let Self { attribute, regex, made, tag, conversion, is_deprecated } = self;
        let (name, plain) = (&attribute.name, &regex.plain);
        let number = name_number(&name.value());
        let written = made.to_string();
        let source = attribute.regex.as_ref().map_or_else(|| plain.clone(), LitStr::value);
        let content = quote! {
            #from_str
            // Public, because expressions of other modules infer it.
            pub enum __Tag {}
            impl __h::Parameter<#tag, #number> for #made {
                const REGEX: &'static __h::str = #plain;
                fn from_parameter(__text: &__h::str) -> __h::Result<Self, __h::ValueError> {
                    #conversion
                }
            }
            __h::inventory::submit! {
                __h::ParameterDefinition {
                    name: #name,
                    regex: #source,
                    makes: #written,
                    at: __h::StaticSourceLocation { file: __h::file!(), line: __h::line!() },
                }
            }
        };
        let library = attribute.library.as_ref();
        Scope { library, is_deprecated: *is_deprecated }.wrap(&content)
    }
}

fn always_own_conversion(option: Span) -> Error {
    Error::new(
        option,
        "`from_str` is for an enum: others always have their own conversion\nhelp: remove `from_str`",
    )
}

fn no_regex(attribute: &ParamAttribute) -> Error {
    Error::new(
        attribute.name.span(),
        "a parameter type needs a `regex`\nhelp: add `regex = \"…\"`; only an enum without it matches its variants",
    )
}

fn read_regex(regex: &LitStr) -> Result<ParameterRegex> {
    regex::parameter(&regex.value()).map_err(|error| Error::new(regex.span(), error))
}
