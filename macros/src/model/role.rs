//! The source of each parameter, as far as the way it is taken decides it.
//!
//! The source of a reference depends on its type, which only the compiler knows: the runtime
//! distinguishes state from what belongs to the running step.

use syn::{Attribute, Error, Result, Type};

use super::types::{inside, last_segment, ungrouped};

/// The source of a parameter.
pub(crate) enum Role<'a> {
    /// A capture of the pattern.
    Capture(CaptureType<'a>),
    /// `&T`: state, or a part of the running step.
    Reference { ty: &'a Type, optional: bool },
    /// `&mut T`: state.
    StateMut { ty: &'a Type },
    /// `Vec<T>`: all rows of the table.
    Rows { row: &'a Type, optional: bool },
    /// `#[table] T`: the only row of the table.
    Row { row: &'a Type, optional: bool },
    /// `Json<T>` or `#[doc_string] T`.
    DocValue { ty: &'a Type, optional: bool },
}

/// The type that a capture becomes.
pub(crate) struct CaptureType<'a> {
    /// The type as written.
    pub(crate) whole: &'a Type,
    /// The type without the `Option` around it, and without the `&` of `&str`.
    pub(crate) ty: &'a Type,
    pub(crate) optional: bool,
    /// True for `&str`, which borrows the capture.
    pub(crate) borrowed: bool,
}

/// An attribute of this crate on a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    Table,
    DocString,
}

impl Marker {
    pub(super) fn of(attribute: &Attribute) -> Option<Self> {
        if attribute.path().is_ident("table") {
            Some(Self::Table)
        } else if attribute.path().is_ident("doc_string") {
            Some(Self::DocString)
        } else {
            None
        }
    }
}

impl<'a> CaptureType<'a> {
    pub(super) fn of(whole: &'a Type) -> Self {
        let (ty, optional) = without_option(whole);
        match ty {
            Type::Reference(reference) => {
                Self { whole, ty: ungrouped(&reference.elem), optional, borrowed: true }
            }
            _ => Self { whole, ty, optional, borrowed: false },
        }
    }

    /// Returns true for `&'static str`.
    pub(crate) fn is_static(&self) -> bool {
        matches!(without_option(self.whole).0, Type::Reference(reference)
            if reference.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident == "static"))
    }
}

impl<'a> Role<'a> {
    pub(super) fn read(ty: &'a Type, marker: Option<Marker>) -> Result<Self> {
        let ty = ungrouped(ty);
        let (inner, optional) = without_option(ty);
        match (marker, inner) {
            (_, Type::Reference(reference)) => Self::of_reference(ty, reference, optional),
            (Some(Marker::Table), _) => Ok(match inside(inner, "Vec") {
                Some(row) => Self::Rows { row, optional },
                None => Self::Row { row: inner, optional },
            }),
            (Some(Marker::DocString), _) => Ok(Self::DocValue { ty: inner, optional }),
            (None, Type::ImplTrait(_)) => Err(Error::new_spanned(
                ty,
                "this function cannot take `impl Trait`: the runner would not know for which type to call it\n\
                 help: write the type itself",
            )),
            (None, _) => {
                if let Some(row) = inside(inner, "Vec") {
                    return Ok(Self::Rows { row, optional });
                }
                if last_segment(inner).is_some_and(|last| last == "Json") {
                    return Ok(Self::DocValue { ty: inner, optional });
                }
                Ok(Self::Capture(CaptureType::of(ty)))
            }
        }
    }

    fn of_reference(
        written: &'a Type,
        reference: &'a syn::TypeReference,
        optional: bool,
    ) -> Result<Self> {
        let target = ungrouped(&reference.elem);
        let mutable = reference.mutability.is_some();
        match target {
            Type::Path(_) if last_segment(target).is_some_and(|last| last == "str") => {
                if mutable {
                    return Err(Error::new_spanned(
                        written,
                        "a capture is read-only\nhelp: take `&str`, or `String` to change a copy",
                    ));
                }
                Ok(Self::Capture(CaptureType::of(written)))
            }
            Type::Slice(_) => Err(Error::new_spanned(
                written,
                "a reference is state, and state is found by its type, so it must be a type with a name\n\
                 help: for the rows of the step's table take `Vec<Row>` or `&DataTable`, for state a struct",
            )),
            Type::ImplTrait(_) | Type::TraitObject(_) => Err(Error::new_spanned(
                written,
                "state is found by its type, so it must be a type with a name\n\
                 help: take a struct, as in `state: &mut State`",
            )),
            _ if mutable && optional => Err(Error::new_spanned(
                written,
                "state always exists, so it cannot be optional\nhelp: take the reference itself",
            )),
            _ if mutable => Ok(Self::StateMut { ty: target }),
            _ => Ok(Self::Reference { ty: target, optional }),
        }
    }
}

fn without_option(ty: &Type) -> (&Type, bool) {
    match inside(ty, "Option") {
        Some(inner) => (inner, true),
        None => (ungrouped(ty), false),
    }
}
