#![allow(dead_code)]

pub trait Meddler {
    fn catch(&self) {}
    fn cell(&self) {}
    fn from_str(&self) {}
    fn into_outcome(&self) {}
    fn map_err(&self) {}
    fn to_string(&self) {}
    fn unwrap_or_default(&self) {}
}
impl<T: ?Sized> Meddler for T {}

::core::include!("every_attribute.in");
