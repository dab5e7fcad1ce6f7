//! The memory limit of this process's control group: allocating more would get the process killed.

use std::fs;
use std::path::Path;

const GROUPS: &str = "/sys/fs/cgroup";

/// Returns the lowest limit in bytes of the groups of this process, [`u64::MAX`] without one.
pub(crate) fn of_this_process() -> u64 {
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    lowest_limit(&groups, |file| fs::read_to_string(file).ok())
}

/// Evaluates lines `number:controllers:path`; version 2 has one line without controllers.
fn lowest_limit(groups: &str, read: impl Fn(&Path) -> Option<String>) -> u64 {
    let limits = groups.lines().filter_map(|line| {
        let mut fields = line.splitn(3, ':').skip(1);
        let (controllers, path) = (fields.next()?, fields.next()?);
        let (folder, file) = match controllers {
            "" => (GROUPS.to_owned(), "memory.max"),
            _ if controllers.split(',').any(|name| name == "memory") => {
                (format!("{GROUPS}/memory"), "memory.limit_in_bytes")
            }
            _ => return None,
        };
        // A container may see only its own group, at the root.
        let own = Path::new(&folder).join(path.trim_start_matches('/'));
        let limits = own
            .ancestors()
            .take_while(|group| group.starts_with(&folder))
            .filter_map(|group| read(&group.join(file))?.trim().parse().ok());
        limits.min()
    });
    limits.min().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lowest_limit_of_all_groups_counts() {
        let read = |file: &Path| match file.to_str()? {
            "/sys/fs/cgroup/a/b/memory.max" => Some("max\n".into()),
            "/sys/fs/cgroup/a/memory.max" => Some("1000\n".into()),
            "/sys/fs/cgroup/memory/c/memory.limit_in_bytes" => Some("500\n".into()),
            _ => None,
        };
        assert_eq!(lowest_limit("0::/a/b\n", read), 1000);
        assert_eq!(lowest_limit("3:cpu,memory:/c\n2:pids:/c\n", read), 500);
        assert_eq!(lowest_limit("0::/elsewhere\n", read), u64::MAX);
        assert_eq!(lowest_limit("", read), u64::MAX);
    }
}
