//! User code that has to compile, one file per kind: hostile names around every attribute, fragments of
//! `macro_rules!`, types with unusual names.
//!
//! Files that are about names include `every_attribute.in`, which uses each attribute once.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::allow_attributes_without_reason,
    reason = "the modules are code of users, who may write it in any style"
)]

mod aliases_of_types_of_the_step;
mod another_path_of_the_crate;
mod deprecated_steps;
mod fragments_of_macro_rules;
mod no_implicit_prelude;
mod no_unsafe_code_and_no_warnings;
mod own_box_string_vec;
mod own_functions_and_constants;
mod own_macros;
mod own_methods_on_everything;
mod own_modules_std_core;
mod own_ok_and_some_variants;
mod own_ok_function;
mod own_result;
mod own_result_imported;
mod own_str;
mod own_traits;
mod parameter_types_that_make_options_and_vectors;
mod state_with_lifetimes;
mod types_named_like_those_of_the_step;
mod unusual_patterns;
mod variants_that_depend_on_cfg;

use harmony_bdd::engine::Registry;

/// The files that include `every_attribute.in`.
const WITH_EVERY_ATTRIBUTE: usize = 13;

#[test]
fn steps_among_hostile_names_are_registered() {
    let registry = Registry::collect().unwrap();
    let count = |text: &str| registry.definitions().filter(|d| d.pattern.source == text).count();
    assert_eq!(count("an error is caught later"), WITH_EVERY_ATTRIBUTE);
    assert_eq!(count("{hygienic colour} {hygienic point} {hygienic place}"), WITH_EVERY_ATTRIBUTE);
}
