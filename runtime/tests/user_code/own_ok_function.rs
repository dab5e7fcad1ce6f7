#![allow(dead_code, non_snake_case)]

fn Ok<T>(value: T) -> ::core::result::Result<T, ::std::string::String> {
    ::core::result::Result::Ok(value)
}
fn Some() {}

::core::include!("every_attribute.in");
