#![allow(dead_code)]

pub trait Any {}
pub trait Default {}
pub trait Display {}
pub trait Error {}
pub trait From {}
pub trait FromStr {}
pub trait IntoOutcome {}
pub trait Parameter {}
pub trait Send {}
pub trait Sized {}
pub trait State {}
pub trait StepArg {}
pub trait Sync {}
pub trait TableRow {}
pub trait ToString {}

::core::include!("every_attribute.in");
