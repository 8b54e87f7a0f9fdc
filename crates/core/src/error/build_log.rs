//! The step a build failed in, found in what the build printed.

use super::{Error, Family};

/// How much of the log an error carries.
const TAIL_LINES: usize = 20;
const TAIL_BYTES: usize = 4096;

/// The last step a log announces: `Step 3/5 : RUN make`.
struct Step<'a> {
    number: &'a str,
    total: &'a str,
    instruction: &'a str,
}

impl Error {
    /// Says which step and instruction of a build failed, and keeps the last lines it printed.
    #[must_use]
    pub fn with_build_log(mut self, log: &str) -> Self {
        if let Some(step) = last_step(log) {
            self.put_field("step", step.number.to_owned());
            self.put_field("steps", step.total.to_owned());
            self.put_field("instruction", step.instruction.to_owned());
            let told = format!(
                " It was step {} of {}: {}",
                step.number, step.total, step.instruction
            );
            if matches!(self.kind().family(), Family::Build | Family::Stream) {
                self.append_explanation(&told);
            }
        }
        let tail = tail(log);
        if !tail.is_empty() {
            self.put_field("log_tail", tail);
        }
        self
    }
}

fn last_step(log: &str) -> Option<Step<'_>> {
    log.lines().rev().find_map(|line| {
        let (counter, instruction) = line.strip_prefix("Step ")?.split_once(" : ")?;
        let (number, total) = counter.split_once('/')?;
        let digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        (digits(number) && digits(total)).then_some(Step {
            number,
            total,
            instruction,
        })
    })
}

fn tail(log: &str) -> String {
    let log = log.trim_end();
    let mut start = log.len().saturating_sub(TAIL_BYTES);
    while !log.is_char_boundary(start) {
        start += 1;
    }
    let lines: Vec<&str> = log[start..].lines().collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_step() {
        let log =
            "Step 1/2 : FROM busybox\n ---> 1\nStep 2/2 : RUN exit 3\n ---> Running in 2\nboom\n";
        let value = br#"{"errorDetail":{"code":3,"message":"The command '/bin/sh -c exit 3' returned a non-zero code: 3"},"error":"x"}"#;
        let error = Error::from_progress(value).unwrap().with_build_log(log);
        assert_eq!(error.kind(), super::super::ErrorKind::BuildStepFailed);
        assert_eq!(error.field("step"), Some("2"));
        assert_eq!(error.field("instruction"), Some("RUN exit 3"));
        assert_eq!(error.field("code"), Some("3"));
        assert!(error.field("log_tail").unwrap().ends_with("boom"));
        assert!(error.explanation().ends_with("step 2 of 2: RUN exit 3"));
    }

    #[test]
    fn survives_any_log() {
        for log in [
            "",
            "Step ",
            "Step /  : ",
            "Step 1/x : RUN",
            &"é".repeat(5000),
        ] {
            let error = Error::new(super::super::ErrorKind::StreamError, "x").with_build_log(log);
            assert_eq!(error.field("step"), None);
        }
    }
}
