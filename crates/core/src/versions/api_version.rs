//! An Engine API version. The major number has been 1 since the first release; it is kept so that nothing is assumed.

use std::fmt;
use std::str::FromStr;

/// A version of the Engine API, such as `1.43`. Compared as numbers: 1.9 comes before 1.24.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiVersion {
    /// The number before the dot.
    pub major: u16,
    /// The number after the dot.
    pub minor: u16,
}

impl ApiVersion {
    /// The newest version the endpoint table knows.
    pub const NEWEST: Self = Self::v1(55);
    /// The oldest version the endpoint table knows.
    pub const OLDEST: Self = Self::v1(24);

    /// A version from its two numbers.
    #[must_use]
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }

    /// Version `1.minor`.
    #[must_use]
    pub const fn v1(minor: u16) -> Self {
        Self::new(1, minor)
    }

    /// Takes a leading `/vX.Y` off a path: the version, and the rest with its slash. `None` when there is no such prefix.
    #[must_use]
    pub fn split_prefix(path: &str) -> Option<(Self, &str)> {
        let rest = path.strip_prefix("/v")?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (number, tail) = rest.split_at(end);
        let version = parse(number).filter(|_| number.starts_with(|c: char| c.is_ascii_digit()))?;
        Some((version, if tail.is_empty() { "/" } else { tail }))
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The text is not an API version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseVersionError {
    text: String,
}

impl fmt::Display for ParseVersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not an API version; write it like \"{}\"",
            self.text,
            ApiVersion::NEWEST
        )
    }
}

impl std::error::Error for ParseVersionError {}

impl FromStr for ApiVersion {
    type Err = ParseVersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let trimmed = text.trim();
        parse(trimmed.strip_prefix('v').unwrap_or(trimmed)).ok_or_else(|| ParseVersionError {
            text: text.to_owned(),
        })
    }
}

fn parse(text: &str) -> Option<ApiVersion> {
    let (major, minor) = text.split_once('.')?;
    Some(ApiVersion::new(number(major)?, number(minor)?))
}

fn number(digits: &str) -> Option<u16> {
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| digits.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_with_and_without_v() {
        assert_eq!("1.43".parse(), Ok(ApiVersion::v1(43)));
        assert_eq!("v1.43".parse(), Ok(ApiVersion::v1(43)));
        assert_eq!(" 1.24 ".parse(), Ok(ApiVersion::OLDEST));
        for bad in [
            "", "1", "v", "1.", ".43", "1.4.3", "1.x", "+1.4", "1.+4", "vv1.43", "1.99999",
        ] {
            assert!(bad.parse::<ApiVersion>().is_err(), "{bad}");
        }
    }

    #[test]
    fn compares_as_numbers() {
        assert!(ApiVersion::v1(9) < ApiVersion::v1(24));
        assert!(ApiVersion::NEWEST < ApiVersion::new(2, 0));
        assert_eq!(ApiVersion::v1(9).to_string(), "1.9");
    }

    #[test]
    fn splits_a_prefix() {
        assert_eq!(
            ApiVersion::split_prefix("/v1.43/info"),
            Some((ApiVersion::v1(43), "/info"))
        );
        assert_eq!(
            ApiVersion::split_prefix("/v1.43"),
            Some((ApiVersion::v1(43), "/"))
        );
        assert_eq!(
            ApiVersion::split_prefix("/v1.43?x=1"),
            Some((ApiVersion::v1(43), "?x=1"))
        );
        for none in [
            "/volumes",
            "/version",
            "/v1/info",
            "/vv1.4/info",
            "v1.43/info",
            "/",
        ] {
            assert_eq!(ApiVersion::split_prefix(none), None, "{none}");
        }
    }
}
