//! Maps buffer names of scenarios to names in shared memory.

use std::collections::HashMap;
use std::env;
use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use harmony_bdd::{StepContext, fixture};

use super::BufferFiles;

/// Names of buffers, the same for all processes of one scenario and different between scenarios.
///
/// Under a Harmony runner a name is `<base>_<HARMONY_HOST_PID>_<HARMONY_FEATURE_ID>`, as in every
/// other serve process; both numbers also come from the `initialize` request. Without a runner the scenario runs only in this process, and the name is
/// `<base>_<pid>_<nanoseconds>`.
#[derive(Debug)]
pub struct BufferNames {
    suffix: String,
    given: HashMap<String, String>,
    current: Option<String>,
}

impl Default for BufferNames {
    fn default() -> Self {
        Self::with_suffix(suffix_of_runner().unwrap_or_else(own_suffix))
    }
}

#[fixture(override_default)]
fn buffer_names(context: &StepContext) -> BufferNames {
    let announced = || context.run_numbers().map(|run| format!("{}_{}", run.host, run.feature));
    let suffix = suffix_of_runner().or_else(announced);
    suffix.map_or_else(BufferNames::default, BufferNames::with_suffix)
}

/// Returns the suffix that the environment gives, word for word.
fn suffix_of_runner() -> Option<String> {
    let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
    Some(format!("{}_{}", variable("HARMONY_HOST_PID")?, variable("HARMONY_FEATURE_ID")?))
}

impl BufferNames {
    fn with_suffix(suffix: String) -> Self {
        Self { suffix, given: HashMap::new(), current: None }
    }

    /// Returns the name in shared memory for the buffer that the scenario calls `base`.
    pub fn unique(&mut self, base: &str) -> &str {
        self.current = Some(base.to_owned());
        let suffix = &self.suffix;
        self.given.entry(base.to_owned()).or_insert_with(|| format!("{base}_{suffix}"))
    }

    /// Returns the files of the buffer that this process named last. If there is none, returns
    /// those of the buffer that another process of the scenario created.
    ///
    /// # Errors
    /// Returns an error if there is none.
    pub fn current_files(&self) -> Result<BufferFiles, String> {
        match &self.current {
            Some(base) => Ok(BufferFiles::of(&self.given[base])),
            None => self.found_in_shared_memory(),
        }
    }

    /// Returns the scenario's name of the buffer `name`.
    pub fn base_of<'a>(&self, name: &'a str) -> &'a str {
        name.strip_suffix(&self.suffix).and_then(|base| base.strip_suffix('_')).unwrap_or(name)
    }

    fn found_in_shared_memory(&self) -> Result<BufferFiles, String> {
        let own = format!("_{}", self.suffix);
        fs::read_dir("/dev/shm")
            .map_err(|e| format!("/dev/shm: {e}"))?
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .find(|name| name.ends_with(&own) && !name.starts_with("sem."))
            .map(BufferFiles::of)
            .ok_or_else(|| "no buffer of this scenario exists".to_owned())
    }

    /// Returns the names in shared memory of the buffers that this process named.
    pub fn known(&self) -> impl Iterator<Item = &str> {
        self.given.values().map(String::as_str)
    }

    /// Returns the suffix of every name of this scenario.
    pub fn suffix(&self) -> &str {
        &self.suffix
    }
}

fn own_suffix() -> String {
    /// Two scenarios may start within one tick of the clock.
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // Relaxed: the number only has to be unique.
    let count = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{}_{}", std::process::id(), now.as_nanos() + u128::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_stays_the_same_within_a_scenario() {
        let mut names = BufferNames::with_suffix("77_1".to_owned());
        assert_eq!(names.unique("video"), "video_77_1");
        assert_eq!(names.unique("audio"), "audio_77_1");
        assert_eq!(names.unique("video"), "video_77_1");
    }

    #[test]
    fn scenarios_of_one_process_have_different_names() {
        assert_ne!(own_suffix(), own_suffix());
    }
}
