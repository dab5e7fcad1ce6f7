//! Attribute in, registration out: the macros behind `harmony_bdd`.
