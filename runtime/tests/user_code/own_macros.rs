#![allow(unused_macros)]

macro_rules! assert {
    () => {};
}
macro_rules! column {
    () => {};
}
macro_rules! compile_error {
    () => {};
}
macro_rules! concat {
    () => {};
}
macro_rules! file {
    () => {};
}
macro_rules! format {
    () => {};
}
macro_rules! line {
    () => {};
}
macro_rules! module_path {
    () => {};
}
macro_rules! panic {
    () => {};
}
macro_rules! stringify {
    () => {};
}
macro_rules! vec {
    () => {};
}

::core::include!("every_attribute.in");
