//! A function below one of the attributes, with its body unread.
//!
//! Only the signature matters here. The body goes back to the compiler unchanged, so that a long body
//! costs no more than a short one.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Error, FnArg, Result, Signature, Visibility};

use crate::model::is_marker;

/// A function.
pub(crate) struct FunctionItem {
    pub(crate) head: Head,
    body: TokenTree,
    /// All of it, unless something was removed.
    written: Option<TokenStream>,
}

/// Everything before the body.
pub(crate) struct Head {
    pub(crate) attributes: Vec<Attribute>,
    visibility: Visibility,
    pub(crate) signature: Signature,
}

impl FunctionItem {
    /// Reads an item that should be a function.
    pub(crate) fn read(item: TokenStream) -> Result<Self> {
        let mut head: Vec<TokenTree> = item.clone().into_iter().collect();
        let Some(body) = head.pop_if(|last| as_body(last).is_some()) else {
            return Err(Error::new(Span::call_site(), "expected a function with a body"));
        };
        let head = syn::parse2(head.into_iter().collect())?;
        Ok(Self { head, body, written: Some(item) })
    }

    /// Splits off the attributes and the visibility, for a function that is moved into another one.
    pub(crate) fn split_attributes(mut self) -> (Vec<Attribute>, Self) {
        let attributes = std::mem::take(&mut self.head.attributes);
        self.head.visibility = Visibility::Inherited;
        self.written = None;
        (attributes, self)
    }

    /// Removes the attributes of parameters that only the macros understand.
    pub(crate) fn without_markers(mut self) -> Self {
        for input in &mut self.head.signature.inputs {
            let (FnArg::Typed(syn::PatType { attrs, .. })
            | FnArg::Receiver(syn::Receiver { attrs, .. })) = input;
            if attrs.iter().any(is_marker) {
                attrs.retain(|attribute| !is_marker(attribute));
                self.written = None;
            }
        }
        self
    }
}

/// Returns the braces of a body, which may come as a `block` fragment of `macro_rules!`.
fn as_body(token: &TokenTree) -> Option<Group> {
    let TokenTree::Group(group) = token else { return None };
    match group.delimiter() {
        Delimiter::Brace => Some(group.clone()),
        Delimiter::None => {
            let mut inside = group.stream().into_iter();
            let first = inside.next()?;
            if inside.next().is_none() { as_body(&first) } else { None }
        }
        _ => None,
    }
}

impl Parse for Head {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        Ok(Self {
            attributes: input.call(Attribute::parse_outer)?,
            visibility: input.parse()?,
            signature: input.parse()?,
        })
    }
}

impl ToTokens for FunctionItem {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        if let Some(written) = &self.written {
            return tokens.extend(written.clone());
        }
        let Head { attributes, visibility, signature } = &self.head;
        let body = &self.body;
        tokens.extend(quote!(#(#attributes)* #visibility #signature #body));
    }
}
