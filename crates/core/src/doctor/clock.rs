//! Whether the engine's clock agrees with ours: TLS, `since=` and `until=` depend on it.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::{Check, text};

/// More than this confuses `since=`, tokens and certificates.
const TOLERATED_SECONDS: i64 = 5;

pub(super) fn check(info: &Value) -> Option<Check> {
    let theirs = parse(text(info, "SystemTime"))?;
    let ours = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    let ahead = theirs - i64::try_from(ours.as_secs()).ok()?;
    if ahead.abs() <= TOLERATED_SECONDS {
        return Some(Check::good("clock", "the engine's and ours agree"));
    }
    let direction = if ahead > 0 { "ahead of" } else { "behind" };
    Some(Check::bad(
        "clock",
        format!("the engine's clock is {} s {direction} ours", ahead.abs()),
        "synchronise the clocks (NTP) of both machines",
    ))
}

/// Seconds since 1970 of `2026-01-02T03:04:05.6+01:00`.
fn parse(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let zone = text
        .get(19..)?
        .trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let offset = match zone.as_bytes().first()? {
        b'Z' => 0,
        sign => {
            let hours = zone.get(1..3)?.parse::<i64>().ok()?;
            let minutes = zone.get(4..6)?.parse::<i64>().ok()?;
            let seconds = hours * 3600 + minutes * 60;
            if *sign == b'-' { -seconds } else { seconds }
        }
    };
    // Days since 1970 of a civil date, the year beginning in March.
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    Some(days * 86_400 + hour * 3600 + minute * 60 + second - offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_rfc_3339() {
        assert_eq!(parse("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(parse("2024-02-29T12:00:00.123456789Z"), Some(1_709_208_000));
        assert_eq!(parse("2024-02-29T13:00:00.1+01:00"), Some(1_709_208_000));
        assert_eq!(parse("2024-02-29T07:30:00-04:30"), Some(1_709_208_000));
        assert_eq!(parse("yesterday"), None);
    }

    #[test]
    fn says_how_far_apart_the_clocks_are() {
        let off = serde_json::json!({"SystemTime": "2001-01-01T00:00:00Z"});
        let check = check(&off).unwrap();
        assert_eq!(check.outcome, super::super::Outcome::Bad);
        assert!(check.found.contains("behind"), "{}", check.found);
    }
}
