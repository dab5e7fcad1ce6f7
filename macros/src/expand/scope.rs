//! The scope of generated code: an anonymous constant with the runtime's names as `__h`.

use proc_macro2::TokenStream;
use quote::quote;

use super::code::{Code, braces, text, tokens};

/// The names of the scope. The traits hold the constants of types that lack the inherent ones.
const NAMES: &str = "::{self as __h, Accepts as _, WithoutDefault as _};";

/// The properties of the scope around a registration.
pub(crate) struct Scope<'a> {
    /// The path of `harmony_bdd`, if the attribute has one.
    pub(crate) library: Option<&'a TokenStream>,
    /// True if the code uses what is deprecated. The user's own uses are reported anyway.
    pub(crate) is_deprecated: bool,
}

impl Scope<'_> {
    /// Wraps code that `quote!` built.
    pub(crate) fn wrap(&self, content: &TokenStream) -> TokenStream {
        self.code(tokens(content)).into()
    }

    /// Wraps code.
    pub(super) fn code(&self, content: Code) -> Code {
        let library = match self.library {
            None => text("use ::harmony_bdd::macro_support").then(text(NAMES)),
            Some(path) => {
                text("use").then(tokens(path)).then(text("::macro_support")).then(text(NAMES))
            }
        };
        let constant = braces("const _: () =", library.then(content)).then(text(";"));
        if self.is_deprecated {
            tokens(quote!(#[allow(deprecated)])).then(constant)
        } else {
            constant
        }
    }
}
