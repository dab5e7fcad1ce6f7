//! The process behind a wrapper such as `ssh` or `ip netns exec`: which processes of this machine it is.
//!
//! The runner starts the wrapper. What the wrapper starts may be a process of this machine, which the runner
//! can kill, or one of another machine or container, which it can only ask to end.

use std::ffi::OsString;
use std::fmt;

use crate::harmony::plan::config::Platform;
use crate::platform::{Descendant, descendants};

/// The process behind a wrapper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::harmony) struct FarProcess {
    wrapper: Vec<OsString>,
    /// The program and its arguments.
    command: Vec<OsString>,
}

impl FarProcess {
    /// Returns the process behind the wrapper of a platform, if it has one.
    pub(super) fn of(platform: &Platform) -> Option<Self> {
        if platform.wrapper.is_empty() {
            return None;
        }
        let program = platform.executable.clone().into_os_string();
        let command = std::iter::once(program).chain(platform.arguments.iter().cloned()).collect();
        Some(Self { wrapper: platform.wrapper.clone(), command })
    }

    /// Returns the processes of this machine that execute the command, given the process id of the
    /// wrapper, with their descendants; none if it is executed elsewhere, or has ended.
    pub(super) fn here(&self, leader: u32) -> Vec<Descendant> {
        let all = descendants(leader);
        let first = all.iter().position(|process| self.is_command(&process.command));
        first.map_or_else(Vec::new, |first| all[first..].to_vec())
    }

    /// Returns whether a process with these words is the command, possibly executed by an interpreter or
    /// under the path that a search found, and not the wrapper, whose words end with those of the command.
    fn is_command(&self, words: &[OsString]) -> bool {
        let is_wrapper = words.len() == self.wrapper.len() + self.command.len()
            && words.starts_with(&self.wrapper);
        let is_interpreted = words.len() == self.command.len() + 1 && words[1..] == self.command;
        let has_another_path =
            words.len() == self.command.len() && words.len() > 1 && words[1..] == self.command[1..];
        !is_wrapper && (words == self.command || is_interpreted || has_another_path)
    }
}

/// The words of the wrapper.
impl fmt::Display for FarProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.wrapper.iter().map(|word| word.to_string_lossy());
        f.write_str(&words.collect::<Vec<_>>().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn far(wrapper: &[&str], command: &[&str]) -> FarProcess {
        FarProcess { wrapper: words(wrapper), command: words(command) }
    }

    fn words(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn command_differs_from_its_wrapper() {
        let ssh = far(&["ssh", "host"], &["/bin/serve", "x"]);
        assert!(!ssh.is_command(&words(&["ssh", "host", "/bin/serve", "x"])));
        assert!(ssh.is_command(&words(&["/bin/serve", "x"])));
        assert!(ssh.is_command(&words(&["/bin/sh", "/bin/serve", "x"])), "a script");
        assert!(ssh.is_command(&words(&["/opt/serve", "x"])), "found in another folder");
        assert!(!ssh.is_command(&words(&["/bin/other"])));
        let one = far(&["enter"], &["serve"]);
        assert!(!one.is_command(&words(&["enter", "serve"])), "the wrapper");
        assert!(!one.is_command(&words(&["/bin/sh", "enter", "serve"])), "a script as wrapper");
        assert!(!one.is_command(&words(&["other"])));
        assert!(one.is_command(&words(&["serve"])));
    }
}
