//! What a function's signature says.

use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{
    Attribute, Error, FnArg, GenericArgument, GenericParam, Ident, Pat, PatType, PathArguments,
    Result, Signature, Type,
};

/// The keyword of a step attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keyword {
    Given,
    When,
    Then,
}

impl Keyword {
    /// The attribute's name.
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::When => "when",
            Self::Then => "then",
        }
    }

    /// The variant of `StepKeyword`.
    pub(crate) fn variant(self) -> &'static str {
        match self {
            Self::Given => "Given",
            Self::When => "When",
            Self::Then => "Then",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Given, Self::When, Self::Then].into_iter().find(|k| k.attribute() == name)
    }
}

/// How many inputs the runtime has code for.
const MOST_PARAMETERS: usize = 16;

/// A function below one of our attributes.
pub(crate) struct Function<'a> {
    pub(crate) name: &'a Ident,
    pub(crate) is_async: bool,
    /// Whether a pointer to it is all it takes to call it, whatever the lifetimes of its arguments.
    pub(crate) is_plain: bool,
    pub(crate) parameters: Vec<Parameter<'a>>,
    /// The type it returns, `None` for unit.
    pub(crate) returns: Option<&'a Type>,
}

/// A parameter of such a function.
pub(crate) struct Parameter<'a> {
    /// Its name, without the underscores that silence a lint.
    pub(crate) name: String,
    pub(crate) role: Role<'a>,
    written: &'a PatType,
}

/// Where a parameter's value comes from.
pub(crate) enum Role<'a> {
    /// A capture of the pattern.
    Capture(CaptureType<'a>),
    /// `&T` or `&mut T`.
    State { ty: &'a Type, mutable: bool },
    /// `&StepContext`.
    Context,
    /// `&Outcome`: what came of the step or the scenario so far.
    SoFar,
    /// `&DataTable`.
    Table { optional: bool },
    /// `Vec<T>`: all rows of the table.
    Rows { row: &'a Type, optional: bool },
    /// `#[table] T`: the only row of the table.
    Row { row: &'a Type, optional: bool },
    /// `&DocString`.
    DocString { optional: bool },
    /// `Json<T>` or `#[doc_string] T`.
    DocValue { ty: &'a Type, optional: bool },
}

impl Role<'_> {
    /// Whether it takes the table below the step.
    pub(crate) fn takes_table(&self) -> bool {
        matches!(self, Self::Table { .. } | Self::Rows { .. } | Self::Row { .. })
    }

    /// Whether it takes the doc string below the step.
    pub(crate) fn takes_doc_string(&self) -> bool {
        matches!(self, Self::DocString { .. } | Self::DocValue { .. })
    }
}

/// What a capture becomes.
pub(crate) struct CaptureType<'a> {
    /// The type without the `Option` around it.
    pub(crate) ty: &'a Type,
    pub(crate) optional: bool,
    /// Whether it is `&str`, which borrows the capture.
    pub(crate) borrowed: bool,
}

impl<'a> Function<'a> {
    /// Reads the signature of a function below the attribute of this name.
    pub(crate) fn read(attribute: &str, signature: &'a Signature) -> Result<Self> {
        for parameter in &signature.generics.params {
            if !matches!(parameter, GenericParam::Lifetime(_)) {
                return Err(Error::new(
                    parameter.span(),
                    "this function cannot be generic: the runner would not know for which type to call it\n\
                     help: write the type itself, and call a generic function from the body",
                ));
            }
        }
        if let Some(unsafety) = &signature.unsafety {
            return Err(Error::new(
                unsafety.span(),
                "this function cannot be `unsafe`\nhelp: move the unsafe part into a function with a safe face",
            ));
        }
        if let Some(variadic) = &signature.variadic {
            return Err(Error::new(variadic.span(), "this function cannot be variadic"));
        }
        let parameters = signature
            .inputs
            .iter()
            .map(|input| Parameter::read(attribute, input))
            .collect::<Result<Vec<_>>>()?;
        if let Some(surplus) = parameters.get(MOST_PARAMETERS) {
            return Err(Error::new(
                surplus.span(),
                format!(
                    "a function takes at most {MOST_PARAMETERS} parameters here, but `{}` takes {}\n\
                     help: take what belongs together as one struct: as state, or as the row of a table",
                    signature.ident,
                    parameters.len()
                ),
            ));
        }
        let returns = match &signature.output {
            syn::ReturnType::Default => None,
            syn::ReturnType::Type(_, ty) => Some(&**ty),
        };
        Ok(Self {
            name: &signature.ident,
            is_async: signature.asyncness.is_some(),
            is_plain: signature.abi.is_none() && signature.generics.params.is_empty(),
            parameters,
            returns,
        })
    }
}

/// Whether another step attribute stands below the one that is being expanded.
pub(crate) fn further_step_attribute(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let last = attribute.path().segments.last();
        last.is_some_and(|segment| Keyword::named(&segment.ident.to_string()).is_some())
    })
}

/// What an attribute of ours on a parameter says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marker {
    Table,
    DocString,
}

impl Marker {
    fn of(attribute: &Attribute) -> Option<Self> {
        if attribute.path().is_ident("table") {
            Some(Self::Table)
        } else if attribute.path().is_ident("doc_string") {
            Some(Self::DocString)
        } else {
            None
        }
    }
}

/// Whether `attribute` marks a parameter for the macros and means nothing to the compiler.
pub(crate) fn is_marker(attribute: &Attribute) -> bool {
    Marker::of(attribute).is_some()
}

impl<'a> Parameter<'a> {
    /// Where it stands. Not kept: to find it takes a while, and only errors ask.
    pub(crate) fn span(&self) -> Span {
        self.written.span()
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
            role: Role::marked(&typed.ty, typed.attrs.iter().find_map(Marker::of))?,
        })
    }
}

impl<'a> Role<'a> {
    fn marked(ty: &'a Type, marker: Option<Marker>) -> Result<Self> {
        let (inner, optional) = match option_of(ty) {
            Some(inner) => (inner, true),
            None => (ty, false),
        };
        match marker {
            Some(_) if matches!(inner, Type::Reference(_)) => Self::of(ty),
            Some(Marker::Table) => Ok(match inside(inner, "Vec") {
                Some(row) => Self::Rows { row, optional },
                None => Self::Row { row: inner, optional },
            }),
            Some(Marker::DocString) => Ok(Self::DocValue { ty: inner, optional }),
            None => Self::of(ty),
        }
    }

    fn of(ty: &'a Type) -> Result<Self> {
        match ty {
            Type::Paren(inner) => Self::of(&inner.elem),
            Type::Group(inner) => Self::of(&inner.elem),
            Type::Reference(reference) => {
                let target = &*reference.elem;
                let mutable = reference.mutability.is_some();
                if let Some(last) = last_segment(target) {
                    match last.to_string().as_str() {
                        "str" if !mutable => return Ok(Self::Capture(borrowed(target, false))),
                        "Outcome" => return shared(mutable, ty, Self::SoFar),
                        "StepContext" => return shared(mutable, ty, Self::Context),
                        "DataTable" => return shared(mutable, ty, Self::Table { optional: false }),
                        "DocString" => {
                            return shared(mutable, ty, Self::DocString { optional: false });
                        }
                        _ => {}
                    }
                }
                if let Type::ImplTrait(_) | Type::TraitObject(_) | Type::Slice(_) = target {
                    return Err(Error::new(
                        ty.span(),
                        "state is found by its type, so it must be a type with a name\n\
                         help: take a struct, as in `state: &mut State`",
                    ));
                }
                Ok(Self::State { ty: target, mutable })
            }
            Type::ImplTrait(_) => Err(Error::new(
                ty.span(),
                "this function cannot take `impl Trait`: the runner would not know for which type to call it\n\
                 help: write the type itself",
            )),
            _ => Self::of_value(ty),
        }
    }

    fn of_value(ty: &'a Type) -> Result<Self> {
        let (inner, optional) = match option_of(ty) {
            Some(inner) => (inner, true),
            None => (ty, false),
        };
        if let Some(row) = inside(inner, "Vec") {
            return Ok(Self::Rows { row, optional });
        }
        if last_segment(inner).is_some_and(|last| last == "Json") {
            return Ok(Self::DocValue { ty: inner, optional });
        }
        let Type::Reference(reference) = inner else {
            return Ok(Self::Capture(CaptureType { ty: inner, optional, borrowed: false }));
        };
        match Self::of(inner)? {
            Self::Table { .. } => Ok(Self::Table { optional: true }),
            Self::DocString { .. } => Ok(Self::DocString { optional: true }),
            Self::Capture(_) => Ok(Self::Capture(borrowed(&reference.elem, true))),
            _ => Err(Error::new(
                ty.span(),
                "state is always there, so it cannot be optional\nhelp: take the reference itself",
            )),
        }
    }
}

fn shared<'a>(mutable: bool, ty: &Type, role: Role<'a>) -> Result<Role<'a>> {
    if mutable {
        return Err(Error::new(ty.span(), "this can only be looked at\nhelp: take it by `&`"));
    }
    Ok(role)
}

fn borrowed(ty: &Type, optional: bool) -> CaptureType<'_> {
    CaptureType { ty, optional, borrowed: true }
}

/// A type as messages show it.
pub(crate) fn written(ty: &Type) -> String {
    // Most are one word; to print tokens takes a while.
    match ty {
        Type::Path(path) if path.qself.is_none() => match path.path.get_ident() {
            Some(name) => name.to_string(),
            None => ty.to_token_stream().to_string(),
        },
        _ => ty.to_token_stream().to_string(),
    }
}

/// The last identifier of a path type.
fn last_segment(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|s| &s.ident),
        _ => None,
    }
}

/// The `T` of `Option<T>`.
fn option_of(ty: &Type) -> Option<&Type> {
    inside(ty, "Option")
}

/// The `T` of `Name<T>`.
pub(crate) fn inside<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(inner) if last.ident == name => Some(inner),
        _ => None,
    }
}
