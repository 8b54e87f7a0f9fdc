//! When sending a file without reading it is worth it, and allowed.

use std::fs;

/// From so many bytes on.
const LEAST: u64 = 256 * 1024;

/// The bit of signal 13.
const SIGPIPE: u64 = 1 << 12;

/// Whether so many bytes of a file should be sent without being read.
///
/// `sendfile` has no flag that keeps a closed socket from raising `SIGPIPE`, which ends a process that does not ignore it. Python and
/// Node ignore it, but a program may have taken that back.
pub(crate) fn pays(length: u64) -> bool {
    length >= LEAST && ignores_sigpipe().unwrap_or_default()
}

/// As the kernel has it; none without `/proc`.
fn ignores_sigpipe() -> Option<bool> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let ignored = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))?;
    let ignored = u64::from_str_radix(ignored.trim(), 16).ok()?;
    Some(ignored & SIGPIPE != 0)
}
