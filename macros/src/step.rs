//! The way of a step attribute through the stages.

use proc_macro2::TokenStream;
use syn::Result;

use crate::attr::StepAttribute;
use crate::item::FunctionItem;
use crate::model::{Function, Keyword, further_step_attribute};
use crate::pattern::Pattern;
use crate::{expand, fallback, validate};

/// What `#[given]`, `#[when]` and `#[then]` turn an item into.
pub(crate) fn expand(keyword: Keyword, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let function = match FunctionItem::read(item.clone()) {
        Ok(function) => function,
        Err(error) => return fallback::not_a_function(keyword.attribute(), item, &error),
    };
    let registration = registration(keyword, arguments, &function);
    let function = function.without_markers();
    match registration {
        Ok(registration) => expand::below(&function, registration),
        Err(error) => fallback::function_with(&function, &error),
    }
}

fn registration(
    keyword: Keyword,
    arguments: TokenStream,
    function: &FunctionItem,
) -> Result<TokenStream> {
    let attribute = StepAttribute::parse(keyword, arguments)?;
    let pattern = Pattern::compile(&attribute)?;
    let model = match Function::read(keyword.attribute(), &function.head.signature) {
        Ok(model) => model,
        // The attribute below says the same; once is enough.
        Err(_) if further_step_attribute(&function.head.attributes) => {
            return Ok(TokenStream::new());
        }
        Err(error) => return Err(error),
    };
    let bound = validate::bind(&attribute, &pattern, &model)?;
    Ok(expand::step(&attribute, &pattern, &model, &bound))
}
