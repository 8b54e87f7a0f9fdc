//! How a container died: its exit code, and what the engine says of its state.

/// The end of a container's process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    /// The signal that ended it (`SIGKILL`), when the code stands for one.
    pub signal: Option<&'static str>,
    /// One sentence that says how it died.
    pub explanation: String,
    /// What to do about it.
    pub hint: &'static str,
}

/// Signals by number, as Linux on most machines has them.
const SIGNALS: &[(i64, &str)] = &[
    (1, "SIGHUP"),
    (2, "SIGINT"),
    (3, "SIGQUIT"),
    (4, "SIGILL"),
    (5, "SIGTRAP"),
    (6, "SIGABRT"),
    (7, "SIGBUS"),
    (8, "SIGFPE"),
    (9, "SIGKILL"),
    (10, "SIGUSR1"),
    (11, "SIGSEGV"),
    (12, "SIGUSR2"),
    (13, "SIGPIPE"),
    (14, "SIGALRM"),
    (15, "SIGTERM"),
    (24, "SIGXCPU"),
    (25, "SIGXFSZ"),
    (31, "SIGSYS"),
];

/// Reads an exit code together with `State.OOMKilled` and `State.Error`.
#[must_use]
pub fn describe_exit(code: i64, oom_killed: bool, state_error: &str) -> Exit {
    let signal = SIGNALS
        .iter()
        .find(|(number, _)| number + 128 == code)
        .map(|(_, name)| *name);
    let (mut explanation, hint) = if oom_killed {
        (
            format!(
                "The kernel killed a process of the container for want of memory; its exit code is {code}."
            ),
            "Raise the memory limit, or make the program need less.",
        )
    } else if let Some(name) = signal {
        let hint = match name {
            "SIGKILL" => {
                "Something killed it: `docker kill`, a stop that took too long, or the host's memory ran out."
            }
            "SIGTERM" | "SIGINT" | "SIGHUP" => {
                "Something asked it to stop: `docker stop`, a restart, or the program itself."
            }
            _ => "The program crashed; its logs, or a core dump, say where.",
        };
        (
            format!("The container was ended by {name} (exit code {code})."),
            hint,
        )
    } else {
        match code {
            125 => (
                "The engine could not run the container (exit code 125).".to_owned(),
                "The engine's words say why.",
            ),
            126 => (
                "The command was found and cannot be executed (exit code 126).".to_owned(),
                "Make the file executable, and check that it is built for this platform.",
            ),
            127 => (
                "The command was not found in the container (exit code 127).".to_owned(),
                "Check its spelling and the image's PATH.",
            ),
            _ => (
                format!("The container ended with exit code {code}."),
                super::ErrorKind::ContainerFailed.hint(),
            ),
        }
    };
    if !state_error.is_empty() {
        explanation.push_str(" The engine says: ");
        explanation.push_str(state_error);
    }
    Exit {
        signal,
        explanation,
        hint,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_how_it_died() {
        assert_eq!(describe_exit(137, false, "").signal, Some("SIGKILL"));
        assert!(describe_exit(137, true, "").explanation.contains("memory"));
        assert!(
            describe_exit(127, false, "")
                .explanation
                .contains("not found")
        );
        assert!(
            describe_exit(126, false, "")
                .explanation
                .contains("executed")
        );
        let plain = describe_exit(3, false, "no such device");
        assert_eq!(plain.signal, None);
        assert_eq!(
            plain.explanation,
            "The container ended with exit code 3. The engine says: no such device"
        );
        assert_eq!(describe_exit(-1, false, "").signal, None);
        assert_eq!(describe_exit(i64::MAX, false, "").signal, None);
    }
}
