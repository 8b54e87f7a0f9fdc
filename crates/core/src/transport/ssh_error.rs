//! What ssh means by what it says before it ends, in one sentence each.

use std::fmt;
use std::io;

use crate::error::ErrorKind;

/// Kind, cause and fix.
type Meaning = (ErrorKind, &'static str, &'static str);

/// ssh ended before the engine said anything.
#[derive(Debug)]
pub(super) struct Refusal {
    said: String,
}

impl Refusal {
    /// From what ssh wrote to its error output; greetings and notices are left out.
    pub(super) fn new(said: &[u8]) -> Self {
        let text = String::from_utf8_lossy(said);
        let lines: Vec<_> = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.trim_matches(['@', ' ']).is_empty())
            .filter(|line| !line.starts_with("Warning: Permanently added"))
            .collect();
        Self {
            said: lines.join(" / "),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.said.as_str() {
            "" => f.write_str("ssh ended without a word"),
            said => write!(f, "ssh said: {said}"),
        }
    }
}

impl std::error::Error for Refusal {}

/// What an early end of ssh means; `None` when `error` is none.
pub(super) fn meaning(error: &io::Error) -> Option<(ErrorKind, String, &'static str)> {
    let refusal = error.get_ref()?.downcast_ref::<Refusal>()?;
    let said = refusal.said.to_ascii_lowercase();
    let (kind, cause, hint) = WORDS
        .iter()
        .find(|(words, _)| words.iter().any(|word| said.contains(word)))
        .map_or(UNKNOWN, |(_, meaning)| *meaning);
    Some((kind, format!("{cause} ({refusal})"), hint))
}

const UNKNOWN: Meaning = (
    ErrorKind::Ssh,
    "ssh ended before the engine answered",
    "try `ssh HOST docker version` by hand",
);

/// The first that fits counts: what lies nearer to this machine comes first.
const WORDS: &[(&[&str], Meaning)] = &[
    (
        &["could not resolve hostname", "name or service not known"],
        (
            ErrorKind::NameResolution,
            "ssh does not know the host",
            "check the host name, or its alias in ~/.ssh/config",
        ),
    ),
    (
        &["host identification has changed"],
        (
            ErrorKind::SshHostKey,
            "the ssh server's key is not the one in known_hosts",
            "find out why it changed; if it is right, `ssh-keygen -R HOST` and connect once by hand",
        ),
    ),
    (
        &["host key verification failed", "no matching host key"],
        (
            ErrorKind::SshHostKey,
            "the ssh server's key is not known here",
            "connect once by hand with `ssh HOST` and check the key, so that it is put into known_hosts",
        ),
    ),
    (
        &["permission denied (", "too many authentication failures"],
        (
            ErrorKind::SshAuthentication,
            "the ssh server refused the keys of this user",
            "load the key into the agent (ssh-add), or name it in ~/.ssh/config; `ssh HOST docker version` must work without a prompt",
        ),
    ),
    (
        &[
            "connection refused",
            "timed out",
            "no route to host",
            "network is unreachable",
            "kex_exchange_identification",
            "banner exchange",
            "connection closed by",
            "connection reset by",
            "open failed",
        ],
        (
            ErrorKind::SshUnreachable,
            "the ssh server cannot be reached",
            "check the host, the port, the network, and jump hosts if there are any",
        ),
    ),
    (
        &[
            "command not found",
            "docker: not found",
            "docker: no such file",
            "not a docker command",
            "unknown command: docker",
            "is not recognized",
        ],
        (
            ErrorKind::SshNoDocker,
            "there is no docker CLI (18.09 or newer) on the ssh host",
            "install it there, in the PATH of a non-interactive shell",
        ),
    ),
    (
        &[
            "docker daemon",
            "docker.sock",
            "failed to dial",
            "dial unix",
            "docker api",
        ],
        (
            ErrorKind::SshNoEngine,
            "ssh and the docker CLI on the host work, but no engine answers there",
            "start the engine on that host, and give the ssh user the right to use its socket",
        ),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ssh_says_has_a_kind() {
        for (said, kind) in [
            (
                "me@box: Permission denied (publickey).",
                ErrorKind::SshAuthentication,
            ),
            ("Host key verification failed.", ErrorKind::SshHostKey),
            (
                "@@@@@\n@  WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!  @\n@@@@@\nHost key verification failed.",
                ErrorKind::SshHostKey,
            ),
            (
                "ssh: Could not resolve hostname box: Name or service not known",
                ErrorKind::NameResolution,
            ),
            (
                "ssh: connect to host box port 22: Connection refused",
                ErrorKind::SshUnreachable,
            ),
            (
                "bash: line 1: docker: command not found",
                ErrorKind::SshNoDocker,
            ),
            (
                "Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?",
                ErrorKind::SshNoEngine,
            ),
            ("something else", ErrorKind::Ssh),
        ] {
            let error = io::Error::other(Refusal::new(said.as_bytes()));
            let (found, sentence, hint) = meaning(&error).unwrap();
            assert_eq!(found, kind, "{said}");
            let last = said.lines().last().unwrap();
            assert!(sentence.contains(last) && !hint.is_empty(), "{sentence}");
            assert!(!sentence.contains("@@"), "{sentence}");
        }
    }
}
