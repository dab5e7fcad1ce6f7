//! Groups of settings that a suite or a step crate brings along.

use std::path::PathBuf;
use std::sync::OnceLock;

use super::{ConfigFile, Group, Layers, Mistakes, Values};
use crate::sort::sort_by_key;

/// A group that [`settings!`](crate::settings) registered.
#[derive(Debug)]
pub struct Registered(pub &'static Group);

inventory::collect!(Registered);

/// The sources that the command line of this process found.
static SHARED: OnceLock<Layers> = OnceLock::new();

/// All registered groups, by section.
pub fn registered() -> Vec<&'static Group> {
    let mut groups: Vec<_> = inventory::iter::<Registered>.into_iter().map(|r| r.0).collect();
    sort_by_key(&mut groups, |group| group.section);
    groups
}

/// Lets [`read`] use these sources, without the options of their command; only the first call counts.
pub fn share(layers: &Layers) {
    SHARED.get_or_init(|| Layers {
        implied: Vec::new(),
        command_line: Vec::new(),
        ..layers.clone()
    });
}

/// Reads the values of `group` from the sources the command line of this process found, or else from
/// `harmony.toml` in this folder or in `features`, and the environment.
///
/// # Errors
/// Every value that cannot be and every name nobody knows, with its source.
pub fn read(group: &'static Group) -> Result<Values, Mistakes> {
    let layers = SHARED.get_or_init(|| {
        let folders = [".", "features"].map(PathBuf::from).to_vec();
        Layers {
            // A file that cannot be read is told by the command line, which reads it first.
            file: ConfigFile::find(folders.iter().map(PathBuf::as_path)).unwrap_or_default(),
            folders,
            environment: environment(),
            ..Layers::default()
        }
    });
    Values::read(group, layers)
}

/// The variables of the environment that are text.
pub(crate) fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}
