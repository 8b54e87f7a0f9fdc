//! Which engine release serves which API versions.

use super::ApiVersion;
use super::engine_rows::ENGINES;

/// The first engine release with a given highest API version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EngineRelease {
    /// The release, such as `20.10.0`.
    pub release: &'static str,
    /// The highest API version it serves.
    pub max_api: ApiVersion,
    /// The lowest API version it serves unless configured otherwise.
    pub min_api: ApiVersion,
}

pub(super) const fn row(release: &'static str, max_minor: u16, min_minor: u16) -> EngineRelease {
    EngineRelease {
        release,
        max_api: ApiVersion::v1(max_minor),
        min_api: ApiVersion::v1(min_minor),
    }
}

/// The first engine release that serves `version`, or `None` when no known release does.
#[must_use]
pub fn engine_for(version: ApiVersion) -> Option<&'static str> {
    ENGINES
        .iter()
        .find(|engine| engine.max_api >= version)
        .map(|engine| engine.release)
}

/// The row an engine that calls itself `release` belongs to: the newest known release not newer than it.
/// Suffixes such as `-rc.1`, `+dfsg1` or `-ce` do not matter.
#[must_use]
pub fn engine_row(release: &str) -> Option<&'static EngineRelease> {
    let wanted = numbers(release)?;
    ENGINES
        .iter()
        .rev()
        .find(|engine| numbers(engine.release).is_some_and(|known| known <= wanted))
}

/// The leading `major.minor.patch` of a release name; a missing patch counts as 0.
fn numbers(release: &str) -> Option<[u32; 3]> {
    let mut out = [0; 3];
    let core = release
        .trim_start_matches('v')
        .split(['-', '+', '~', ' '])
        .next()?;
    for (index, part) in core.split('.').take(3).enumerate() {
        out[index] = part.parse().ok()?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engine_of_a_version() {
        assert_eq!(engine_for(ApiVersion::v1(41)), Some("20.10.0"));
        assert_eq!(engine_for(ApiVersion::v1(20)), Some("1.12.0"));
        assert_eq!(engine_for(ApiVersion::NEWEST), Some("29.6.0"));
        assert_eq!(engine_for(ApiVersion::v1(999)), None);
    }

    #[test]
    fn row_of_a_release() {
        let max = |release: &str| engine_row(release).map(|row| row.max_api.minor);
        assert_eq!(max("20.10.24+dfsg1"), Some(41));
        assert_eq!(max("26.1.5"), Some(45));
        assert_eq!(max("28.5.2"), Some(51));
        assert_eq!(max("29.0.0-rc.1"), Some(52));
        assert_eq!(max("17.12.1-ce"), Some(35));
        assert_eq!(max("99.0"), Some(55));
        assert_eq!(max("1.11.2"), None);
        assert_eq!(max("dev"), None);
    }
}
