//! The signature of a function: the source of each argument, and what the function returns.

mod role;
mod types;

pub(crate) use role::{CaptureType, Role};
pub(crate) use types::{flat, inside, last_segment, ungrouped, with_static_lifetimes, written};

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{
    Attribute, Error, FnArg, GenericParam, Ident, Lifetime, Pat, PatType, Result, ReturnType,
    Safety, Signature, Type,
};

use crate::item::Head;
use role::Marker;

/// The runtime has code for functions with up to this many inputs.
const MAX_PARAMETERS: usize = 16;

/// A function below one of the attributes of this crate.
pub(crate) struct Function<'a> {
    /// The name of the attribute.
    pub(crate) attribute: &'static str,
    pub(crate) name: &'a Ident,
    pub(crate) is_async: bool,
    /// True if a pointer to it can be called with arguments of any lifetime.
    pub(crate) is_plain: bool,
    /// True if its registration would cause warnings that it is deprecated, or uses what is.
    pub(crate) is_deprecated: bool,
    /// The lifetimes that it declares.
    pub(crate) lifetimes: Vec<&'a Lifetime>,
    pub(crate) parameters: Vec<Parameter<'a>>,
    /// The type it returns, `None` for unit.
    pub(crate) returns: Option<&'a Type>,
}

/// A parameter of such a function.
pub(crate) struct Parameter<'a> {
    /// Its name, without the underscores that silence a lint; empty for a pattern such as `(a, b)`.
    pub(crate) name: String,
    pub(crate) role: Role<'a>,
    written: &'a PatType,
}

impl<'a> Function<'a> {
    /// Reads the head of a function below the attribute of this name.
    pub(crate) fn read(attribute: &'static str, head: &'a Head) -> Result<Self> {
        has_no_test_attributes(attribute, &head.attributes)?;
        let signature = &head.signature;
        can_be_called(signature)?;
        let parameters = signature
            .inputs
            .iter()
            .map(|input| Parameter::read(attribute, input))
            .collect::<Result<Vec<_>>>()?;
        if let Some(surplus) = parameters.get(MAX_PARAMETERS) {
            return Err(Error::new(
                surplus.span(),
                format!(
                    "a function takes at most {MAX_PARAMETERS} parameters here, but `{}` takes {}\n\
                     help: combine parameters in one struct, taken as state or as the row of a table",
                    signature.ident,
                    parameters.len()
                ),
            ));
        }
        Ok(Self {
            attribute,
            name: &signature.ident,
            is_async: signature.asyncness.is_some(),
            is_plain: signature.abi.is_none() && signature.generics.params.is_empty(),
            is_deprecated: head.attributes.iter().any(mentions_deprecated),
            lifetimes: signature.generics.lifetimes().map(|declared| &declared.lifetime).collect(),
            parameters,
            returns: returned(&signature.output)?,
        })
    }
}

/// Returns true if `attribute` marks a parameter for the macros and is unknown to the compiler.
pub(crate) fn is_marker(attribute: &Attribute) -> bool {
    Marker::of(attribute).is_some()
}

/// Returns true for `#[deprecated]` and for attributes that allow the use of what is deprecated.
pub(crate) fn mentions_deprecated(attribute: &Attribute) -> bool {
    let path = attribute.path();
    path.is_ident("deprecated")
        || ((path.is_ident("allow") || path.is_ident("expect"))
            && attribute.meta.require_list().is_ok_and(|list| {
                list.tokens.clone().into_iter().any(|token| {
                    matches!(&token, proc_macro2::TokenTree::Ident(lint) if lint == "deprecated")
                })
            }))
}

/// Refuses attributes for tests, which the runner would ignore.
fn has_no_test_attributes(attribute: &str, attributes: &[Attribute]) -> Result<()> {
    let last = |attribute: &Attribute| Some(attribute.path().segments.last()?.ident.to_string());
    if attributes.iter().any(|attribute| last(attribute).as_deref() == Some("test")) {
        return Ok(());
    }
    for found in attributes {
        let help = match last(found).as_deref() {
            Some("should_panic") => {
                "return the error and expect it with `catch(Error)`, or catch the panic in the body"
            }
            Some("ignore") => {
                "return `Outcome::Skipped`, or tag scenarios and leave them out with `--tags \"not @tag\"`"
            }
            _ => continue,
        };
        return Err(Error::new_spanned(
            found.path(),
            format!(
                "`#[{}]` is for tests and has no effect beside `#[{attribute}]`\nhelp: {help}",
                found
                    .path()
                    .segments
                    .last()
                    .map_or_else(String::new, |last| last.ident.to_string())
            ),
        ));
    }
    Ok(())
}

fn can_be_called(signature: &Signature) -> Result<()> {
    for parameter in &signature.generics.params {
        if !matches!(parameter, GenericParam::Lifetime(_)) {
            return Err(Error::new(
                parameter.span(),
                "this function cannot be generic: the runner would not know for which type to call it\n\
                 help: write the type itself, and call a generic function from the body",
            ));
        }
    }
    if let Safety::Unsafe(unsafety) = &signature.safety {
        return Err(Error::new(
            unsafety.span(),
            "this function cannot be `unsafe`\nhelp: move the unsafe code into a safe wrapper function",
        ));
    }
    if let Some(variadic) = &signature.variadic {
        return Err(Error::new(
            variadic.span(),
            "this function cannot be variadic\nhelp: write the parameters one by one",
        ));
    }
    Ok(())
}

fn returned(output: &ReturnType) -> Result<Option<&Type>> {
    let ReturnType::Type(_, ty) = output else { return Ok(None) };
    let ty = ungrouped(ty);
    match ty {
        Type::Never(_) => Err(Error::new_spanned(
            ty,
            "this function never returns, so it can only fail\n\
             help: remove `-> !`; a step that is not written yet returns `Outcome::Pending`",
        )),
        Type::ImplTrait(returned) => {
            let is_future = returned.bounds.iter().any(|bound| {
                matches!(bound, syn::TypeParamBound::Trait(bound)
                    if bound.path.segments.last().is_some_and(|last| last.ident == "Future"))
            });
            Err(Error::new_spanned(
                ty,
                if is_future {
                    "this function cannot return a future\nhelp: make it an `async fn` that returns the output"
                } else {
                    "this function cannot return `impl Trait`\nhelp: write the type itself"
                },
            ))
        }
        _ => Ok(Some(ty)),
    }
}

impl<'a> Parameter<'a> {
    /// Returns its position. Computed on demand: it is slow to compute, and only errors need it.
    pub(crate) fn span(&self) -> Span {
        self.written.span()
    }

    /// Returns its type as written.
    pub(crate) fn ty(&self) -> &'a Type {
        &self.written.ty
    }

    /// Returns its type without the reference if it may be state.
    pub(crate) fn state(&self) -> Option<&'a Type> {
        match &self.role {
            Role::Reference { ty, .. } | Role::StateMut { ty } => Some(ty),
            _ => None,
        }
    }

    /// Returns an error at its type.
    pub(crate) fn type_error(&self, message: impl std::fmt::Display) -> Error {
        Error::new_spanned(&self.written.ty, message)
    }

    /// Returns the name for a message, or the pattern.
    pub(crate) fn shown(&self) -> String {
        if !self.name.is_empty() {
            return self.name.clone();
        }
        match &*self.written.pat {
            Pat::Ident(pattern) => pattern.ident.to_string(),
            pattern => quote::ToTokens::to_token_stream(pattern).to_string(),
        }
    }

    /// Returns true if its type may also be that of a capture: it is taken for a table or a doc string
    /// by its name alone.
    pub(crate) fn may_be_captured(&self) -> bool {
        matches!(self.role, Role::Rows { .. } | Role::DocValue { .. })
            && !self.written.attrs.iter().any(is_marker)
    }

    /// Takes it for a capture.
    pub(crate) fn set_captured(&mut self) {
        self.role = Role::Capture(CaptureType::of(ungrouped(&self.written.ty)));
    }

    fn read(attribute: &str, input: &'a FnArg) -> Result<Self> {
        let typed = match input {
            FnArg::Typed(typed) => typed,
            FnArg::Receiver(receiver) => {
                return Err(Error::new(
                    receiver.span(),
                    format!(
                        "`#[{attribute}]` goes on a function outside an `impl`: there is no `self` to call it on\n\
                         help: move the function out and take the state as a parameter, as in `state: &mut State`"
                    ),
                ));
            }
        };
        let name = match &*typed.pat {
            Pat::Ident(pattern) => pattern.ident.to_string(),
            _ => String::new(),
        };
        Ok(Self {
            name: name.trim_start_matches("r#").trim_start_matches('_').to_owned(),
            written: typed,
            role: Role::read(&typed.ty, typed.attrs.iter().find_map(Marker::of))?,
        })
    }
}
