//! Why a unix socket could not be opened: endpoint, rule, cause and fix in one sentence.

#[cfg(unix)]
use std::io;
#[cfg(unix)]
use std::path::Path;

#[cfg(unix)]
use crate::config;
use crate::config::Endpoint;
use crate::error::{Error, ErrorKind};

/// The error for a unix socket that could not be opened.
#[cfg(unix)]
pub(super) fn unix(endpoint: &Endpoint, path: &Path, error: io::Error) -> Error {
    let summary = endpoint.summary();
    let diagnosed = match error.kind() {
        io::ErrorKind::NotFound => Error::new(
            ErrorKind::DaemonNotFound,
            format!("there is no engine at {summary}: {}", missing(path)),
        )
        .with_hint(elsewhere(endpoint)),
        io::ErrorKind::PermissionDenied => denied(endpoint, path),
        io::ErrorKind::ConnectionRefused => {
            let message = format!(
                "nobody listens at {summary}: the socket is left over from an engine that is not running"
            );
            Error::new(ErrorKind::DaemonRefused, message).with_hint(
                "start the engine (`systemctl start docker`, or the desktop application)",
            )
        }
        io::ErrorKind::WouldBlock => Error::new(
            ErrorKind::ConnectFailed,
            format!("{summary} accepts no connections: as many as may are waiting there already"),
        )
        .with_hint("the engine hangs or is overloaded: look at its log, or restart it"),
        _ => Error::new(
            ErrorKind::ConnectFailed,
            format!("the connection to {summary} failed: {error}"),
        ),
    };
    diagnosed
        .with_os_code(error.raw_os_error())
        .with_source(error)
}

/// The error for an answer in the clear from a port that wants TLS. Servers of every kind say so in words of their own.
pub(crate) fn foreign(endpoint: &Endpoint, status: u16, body: &[u8]) -> Option<Error> {
    const WORDS: [&[u8]; 3] = [
        b"HTTP request to an HTTPS server",
        b"plain HTTP request was sent to HTTPS port",
        b"speaking plain HTTP to an SSL-enabled server port",
    ];
    let said = |words: &[u8]| memchr::memmem::find(body, words).is_some();
    if status != 400 || !WORDS.into_iter().any(said) {
        return None;
    }
    let message = format!(
        "{} was asked without TLS, and that port wants TLS",
        endpoint.summary()
    );
    Some(
        Error::new(ErrorKind::WrongProtocol, message)
            .with_hint("use https://, DOCKER_TLS_VERIFY=1 with DOCKER_CERT_PATH, or the TLS settings of the client")
            .with_endpoint(endpoint),
    )
}

#[cfg(unix)]
fn missing(path: &Path) -> String {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) if !folder.exists() => {
            format!("the folder {} does not exist", folder.display())
        }
        _ => "the socket does not exist".to_owned(),
    }
}

#[cfg(unix)]
fn elsewhere(endpoint: &Endpoint) -> String {
    let others = config::live_sockets(&endpoint.address);
    if others.is_empty() {
        "start the engine, or set DOCKER_HOST or a context to the one you mean".to_owned()
    } else {
        let others = others.join(", ");
        format!("start the engine, or point DOCKER_HOST at one that runs: {others}")
    }
}

#[cfg(unix)]
fn denied(endpoint: &Endpoint, path: &Path) -> Error {
    let summary = endpoint.summary();
    let kind = ErrorKind::SocketPermissionDenied;
    let Ok(found) = std::fs::metadata(path) else {
        let message = format!("this user may not look into the folder of {summary}");
        return Error::new(kind, message)
            .with_hint("run as a user who may, or use a rootless engine");
    };
    let owner = owner::Owner::of(&found);
    let message = format!("this user may not open {summary}: {}", owner.sentence());
    Error::new(kind, message).with_hint(owner.fix())
}

#[cfg(unix)]
mod owner {
    use std::fs::Metadata;
    use std::os::unix::fs::MetadataExt;

    /// Whose socket it is, and whether this process belongs to its group.
    pub(super) struct Owner {
        user: String,
        group: String,
        mode: u32,
        is_member: bool,
        group_may: bool,
    }

    impl Owner {
        pub(super) fn of(found: &Metadata) -> Self {
            let own = rustix::process::getegid().as_raw() == found.gid();
            let others = rustix::process::getgroups().unwrap_or_default();
            Self {
                user: name_of("/etc/passwd", found.uid()),
                group: name_of("/etc/group", found.gid()),
                mode: found.mode() & 0o7777,
                is_member: own || others.iter().any(|group| group.as_raw() == found.gid()),
                group_may: found.mode() & 0o060 == 0o060,
            }
        }

        pub(super) fn sentence(&self) -> String {
            let member = if self.is_member {
                "belongs"
            } else {
                "does not belong"
            };
            format!(
                "it is owned by {}:{} with mode {:04o}, and this process {member} to the group {}",
                self.user, self.group, self.mode, self.group
            )
        }

        pub(super) fn fix(&self) -> String {
            if self.group_may && !self.is_member && self.group != "root" {
                format!(
                    "add the user to the group (`sudo usermod -aG {} $USER`) and log in again, or use a rootless engine",
                    self.group
                )
            } else {
                "run as its owner, or use a rootless engine".to_owned()
            }
        }
    }

    /// The name of a user or group; the number when the file does not tell.
    fn name_of(file: &str, id: u32) -> String {
        let number = id.to_string();
        let text = std::fs::read_to_string(file).unwrap_or_default();
        text.lines()
            .find_map(|line| {
                let mut fields = line.split(':');
                let name = fields.next()?;
                (fields.nth(1)? == number).then(|| name.to_owned())
            })
            .unwrap_or(number)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_queue_that_stays_full_is_no_riddle() {
        let endpoint = Endpoint::explicit("unix:///run/x.sock").unwrap();
        let full = io::Error::from_raw_os_error(rustix::io::Errno::AGAIN.raw_os_error());
        let error = unix(&endpoint, Path::new("/run/x.sock"), full);
        assert_eq!(error.kind(), ErrorKind::ConnectFailed);
        assert!(
            error.message().contains("accepts no connections"),
            "{error}"
        );
        assert!(error.hint().contains("hangs"));
    }
}
