//! What a file system says about a file, as archives tell it.

use std::ffi::OsStr;
use std::fs::Metadata;
use std::path::{Component, Path};
use std::time::UNIX_EPOCH;

use super::header::{Kind, Time};

/// The last time a header can hold.
const LAST: f64 = 8_589_934_591.0;

/// What a file is; `None` for what does not go into an archive.
#[cfg(unix)]
pub(super) fn kind(found: &Metadata, special_files: bool) -> Option<Kind> {
    use std::os::unix::fs::{FileTypeExt, MetadataExt};
    let what = found.file_type();
    if what.is_file() {
        return Some(Kind::File);
    }
    if what.is_dir() {
        return Some(Kind::Folder);
    }
    if what.is_symlink() {
        return Some(Kind::SymbolicLink);
    }
    if !special_files {
        return None;
    }
    let numbers = || {
        let device = found.rdev();
        (rustix::fs::major(device), rustix::fs::minor(device))
    };
    if what.is_fifo() {
        Some(Kind::Pipe)
    } else if what.is_char_device() {
        let (major, minor) = numbers();
        Some(Kind::Characters(major, minor))
    } else if what.is_block_device() {
        let (major, minor) = numbers();
        Some(Kind::Blocks(major, minor))
    } else {
        None
    }
}

/// What a file is; `None` for what does not go into an archive.
#[cfg(not(unix))]
pub(super) fn kind(found: &Metadata, _special_files: bool) -> Option<Kind> {
    let what = found.file_type();
    if what.is_file() {
        Some(Kind::File)
    } else if what.is_dir() {
        Some(Kind::Folder)
    } else {
        what.is_symlink().then_some(Kind::SymbolicLink)
    }
}

/// Permissions.
#[cfg(unix)]
pub(super) fn mode(found: &Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::mode(found)
}

/// Permissions: Windows knows no execute bit; without it scripts would not run.
#[cfg(not(unix))]
pub(super) fn mode(found: &Metadata) -> u32 {
    if found.permissions().readonly() && !found.is_dir() {
        0o555
    } else {
        0o755
    }
}

/// Numbers of user and group.
#[cfg(unix)]
pub(super) fn owner(found: &Metadata) -> (u32, u32) {
    use std::os::unix::fs::MetadataExt;
    (found.uid(), found.gid())
}

/// Numbers of user and group: there are none.
#[cfg(not(unix))]
pub(super) fn owner(_found: &Metadata) -> (u32, u32) {
    (0, 0)
}

/// What a file with several names is known by.
#[cfg(unix)]
pub(super) fn several_names(found: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    (found.nlink() > 1 && found.ino() != 0).then(|| (found.dev(), found.ino()))
}

/// What a file with several names is known by: not known here.
#[cfg(not(unix))]
pub(super) fn several_names(_found: &Metadata) -> Option<(u64, u64)> {
    None
}

/// A path as an archive has it: relative, with slashes.
pub(super) fn name_inside(name: &OsStr) -> Vec<u8> {
    let name_bytes = bytes(name);
    let drive = match Path::new(name).components().next() {
        Some(Component::Prefix(prefix)) => bytes(prefix.as_os_str()).len(),
        _ => 0,
    };
    let name = name_bytes.get(drive..).unwrap_or_default();
    let slashes = name.iter().take_while(|byte| **byte == b'/').count();
    name.get(slashes..).unwrap_or_default().to_vec()
}

/// The bytes of a path.
#[cfg(unix)]
pub(super) fn bytes(text: &OsStr) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(text).to_vec()
}

/// The bytes of a path, with slashes.
#[cfg(not(unix))]
pub(super) fn bytes(text: &OsStr) -> Vec<u8> {
    text.to_string_lossy().replace('\\', "/").into_bytes()
}

/// When a file was changed.
pub(super) fn time(found: &Metadata, exact: bool) -> Time {
    let (seconds, nanos) = changed(found);
    if !exact {
        let exact = (!(0..=LAST_SECOND).contains(&seconds)).then(|| seconds.to_string());
        let whole = if exact.is_some() { 0 } else { seconds };
        return Time { whole, exact };
    }
    told_exactly(seconds, nanos)
}

const LAST_SECOND: i64 = 8_589_934_591;

/// As Python's floats tell it: the header has the nearest second, a record the number. What does not fit the header has no fraction.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "that is what a float does to a time"
)]
fn told_exactly(seconds: i64, nanos: u32) -> Time {
    let value = seconds as f64 + 1e-9 * f64::from(nanos);
    if !(0.0..=LAST).contains(&value) {
        let whole = value.trunc() as i64;
        if (0..=LAST_SECOND).contains(&whole) {
            return Time { whole, exact: None };
        }
        return Time {
            whole: 0,
            exact: Some(whole.to_string()),
        };
    }
    let exact = if value == 0.0 || value >= 1e-4 {
        format!("{value:?}")
    } else {
        // Python writes two digits of an exponent.
        let text = format!("{value:e}");
        match text.split_once("e-") {
            Some((digits, power)) => format!("{digits}e-{power:0>2}"),
            None => text,
        }
    };
    Time {
        whole: value.round_ties_even() as i64,
        exact: Some(exact),
    }
}

/// Whole seconds since 1970, rounded down, and nanoseconds behind.
fn changed(found: &Metadata) -> (i64, u32) {
    let Ok(time) = found.modified() else {
        return (0, 0);
    };
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => (
            i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
            after.subsec_nanos(),
        ),
        Err(before) => {
            let before = before.duration();
            let seconds = i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
            match before.subsec_nanos() {
                0 => (-seconds, 0),
                nanos => (-seconds - 1, 1_000_000_000 - nanos),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_python_does() {
        let told = |seconds, nanos| {
            let time = told_exactly(seconds, nanos);
            (time.whole, time.exact)
        };
        let exact = |text: &str| Some(text.to_owned());
        assert_eq!(
            told(1_700_000_000, 250_000_000),
            (1_700_000_000, exact("1700000000.25"))
        );
        assert_eq!(
            told(1_700_000_000, 0),
            (1_700_000_000, exact("1700000000.0"))
        );
        assert_eq!(told(2, 500_000_000), (2, exact("2.5")));
        assert_eq!(told(3, 500_000_000), (4, exact("3.5")));
        assert_eq!(told(0, 10_000), (0, exact("1e-05")));
        assert_eq!(told(-6, 500_000_000), (0, exact("-5")));
        assert_eq!(told(-1, 500_000_000), (0, None));
        assert_eq!(told(LAST_SECOND, 500_000_000), (LAST_SECOND, None));
        assert_eq!(told(LAST_SECOND + 1, 5), (0, exact("8589934592")));
    }
}
