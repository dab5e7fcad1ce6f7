#![allow(dead_code, non_upper_case_globals)]

fn find() {}
fn groups() {}
fn input() {}
fn state() {}
const argument_0: u8 = 0;
const argument_1: u8 = 1;
const call: u8 = 0;
const causes: u8 = 0;
const default: u8 = 0;
const max: u8 = 0;
const min: u8 = 0;
const name: u8 = 0;
const values: u8 = 0;
static returned: u8 = 0;
static value: u8 = 0;

::core::include!("every_attribute.in");
