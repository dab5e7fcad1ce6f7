//! Values made for one call.

/// A value made for one call; `None` once it has been passed.
pub(in crate::engine) type Owned<T> = Option<T>;

pub(in crate::engine) fn pass_owned<T>(value: &mut Owned<T>) -> T {
    value.take().expect("an argument is passed once")
}
