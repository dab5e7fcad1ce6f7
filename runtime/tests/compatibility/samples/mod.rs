//! Definitions for the samples of the kit, a file for each; the kit says what a step does, not how.

mod all_statuses;
mod ambiguous;
mod attachments;
mod backgrounds;
mod cdata;
mod data_tables;
mod doc_strings;
mod empty;
mod examples_tables;
mod examples_tables_attachment;
mod examples_tables_undefined;
mod examples_tables_undefined_multiple;
mod failedish_combinations;
mod global_hooks;
mod global_hooks_afterall_error;
mod global_hooks_attachments;
mod global_hooks_beforeall_error;
mod hooks;
mod hooks_attachment;
mod hooks_conditional;
mod hooks_named;
mod hooks_skipped;
mod hooks_undefined;
mod markdown;
mod minimal;
mod multiple_features;
mod multiple_features_reversed;
mod parameter_types;
mod pending;
mod pending_exception;
mod regular_expression;
mod retry;
mod retry_ambiguous;
mod retry_pending;
mod retry_undefined;
mod rules;
mod rules_backgrounds;
mod skipped;
mod skipped_exception;
mod skipped_failing_hook;
mod stack_traces;
mod test_run_exception;
mod undefined;
mod undefined_multiple;
mod unused_steps;

/// The samples that have definitions.
pub(crate) const NAMES: &[&str] = &[
    "all-statuses",
    "ambiguous",
    "attachments",
    "backgrounds",
    "cdata",
    "data-tables",
    "doc-strings",
    "empty",
    "examples-tables",
    "examples-tables-attachment",
    "examples-tables-undefined",
    "examples-tables-undefined-multiple",
    "failedish-combinations",
    "global-hooks",
    "global-hooks-afterall-error",
    "global-hooks-attachments",
    "global-hooks-beforeall-error",
    "hooks",
    "hooks-attachment",
    "hooks-conditional",
    "hooks-named",
    "hooks-skipped",
    "hooks-undefined",
    "markdown",
    "minimal",
    "multiple-features",
    "multiple-features-reversed",
    "parameter-types",
    "pending",
    "pending-exception",
    "regular-expression",
    "retry",
    "retry-ambiguous",
    "retry-pending",
    "retry-undefined",
    "rules",
    "rules-backgrounds",
    "skipped",
    "skipped-exception",
    "skipped-failing-hook",
    "stack-traces",
    "test-run-exception",
    "undefined",
    "undefined-multiple",
    "unused-steps",
];
