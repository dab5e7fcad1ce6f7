//! The way of a step attribute through the stages.

use proc_macro2::TokenStream;
use syn::{ItemFn, Result};

use crate::attr::StepAttribute;
use crate::model::{Function, Keyword, further_step_attribute};
use crate::pattern::Pattern;
use crate::{expand, fallback, validate};

/// What `#[given]`, `#[when]` and `#[then]` turn an item into.
pub(crate) fn expand(keyword: Keyword, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let function: ItemFn = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(error) => return fallback::not_a_function(keyword.attribute(), item, &error),
    };
    match registration(keyword, arguments, &function) {
        Ok(registration) => {
            let function = fallback::without_markers(function);
            quote::quote!(#function #registration)
        }
        Err(error) => fallback::function_with(function, &error),
    }
}

fn registration(
    keyword: Keyword,
    arguments: TokenStream,
    function: &ItemFn,
) -> Result<TokenStream> {
    let attribute = StepAttribute::parse(keyword, arguments)?;
    let pattern = Pattern::compile(&attribute)?;
    let model = match Function::read(keyword.attribute(), function) {
        Ok(model) => model,
        // The attribute below says the same; once is enough.
        Err(_) if further_step_attribute(function) => return Ok(TokenStream::new()),
        Err(error) => return Err(error),
    };
    let bound = validate::bind(&attribute, &pattern, &model)?;
    Ok(expand::step(&attribute, &pattern, &model, &bound))
}
