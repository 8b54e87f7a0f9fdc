//! What to do about a kind of error when the error itself says nothing closer: family, retry advice, hint.

use std::fmt;

use super::{Error, ErrorKind, Phase, classify};

/// What kinds have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// No answer of the engine: between this program and it.
    Connection,
    /// An answer that had begun and did not end well.
    Stream,
    /// This program: its arguments, its configuration, its wish to stop.
    Client,
    /// An unwelcome status whose words nobody recognised.
    Status,
    /// A container's process that cannot be started, or failed.
    Process,
    /// A build.
    Build,
    /// A registry, or the way to it.
    Registry,
    /// Something that was named is not there.
    Missing,
    /// The state or the name of an object does not allow it.
    Conflict,
    /// Networks, addresses and ports.
    Network,
    /// Mounts and volumes.
    Mount,
    /// The swarm and its nodes.
    Swarm,
    /// A request that is not valid.
    Request,
    /// The engine itself.
    Engine,
}

impl Family {
    /// The family's name in `snake_case`, as the bindings see it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::Stream => "stream",
            Self::Client => "client",
            Self::Status => "status",
            Self::Process => "process",
            Self::Build => "build",
            Self::Registry => "registry",
            Self::Missing => "missing",
            Self::Conflict => "conflict",
            Self::Network => "network",
            Self::Mount => "mount",
            Self::Swarm => "swarm",
            Self::Request => "request",
            Self::Engine => "engine",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether repeating a request can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Retry {
    /// The same request would fail in the same way.
    Never,
    /// It may pass by itself, and the request has not acted: any request may be repeated.
    Always,
    /// It may pass by itself, and nobody knows whether the request has acted: only one that changes nothing may be repeated.
    IfHarmless,
}

impl Retry {
    /// The advice's name in `snake_case`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Always => "always",
            Self::IfHarmless => "if_harmless",
        }
    }
}

impl Error {
    /// Whether the request may be repeated, and repeating it may help.
    #[must_use]
    pub fn retryable(&self) -> bool {
        self.kind().retry() != Retry::Never && self.is_repeatable()
    }

    /// Whether the request cannot have acted, or changes nothing when it acts twice.
    #[must_use]
    pub fn is_repeatable(&self) -> bool {
        if self.kind().retry() == Retry::Always || self.phase() == Some(Phase::Connect.as_str()) {
            return true;
        }
        match self.method() {
            Some("GET" | "HEAD" | "OPTIONS") => true,
            // A registry that refused has changed nothing, and pulling twice is pulling once.
            Some("POST") if self.status().is_some() => {
                matches!(self.path(), Some("/images/create" | "/auth"))
            }
            _ => false,
        }
    }
}

impl ErrorKind {
    /// What to do about it, when the error itself gives no closer hint.
    #[must_use]
    pub fn hint(self) -> &'static str {
        let known = classify::rules().find(|rule| rule.kind == self);
        known.map_or_else(|| general(self), |rule| rule.hint)
    }
}

fn general(kind: ErrorKind) -> &'static str {
    use ErrorKind as Kind;
    match kind {
        Kind::DaemonNotFound => {
            "Start the engine, or name its address (DOCKER_HOST, a context, base_url)."
        }
        Kind::SocketPermissionDenied => {
            "Join the group that owns the socket and log in again, or use a rootless engine."
        }
        Kind::DaemonRefused => {
            "Start the engine; a socket file without a listener is left over from a crash."
        }
        Kind::ConnectFailed | Kind::NameResolution | Kind::SshUnreachable => {
            "Check the host, the port and the network between here and there."
        }
        Kind::ConnectionLost | Kind::Truncated => {
            "Look at the engine's log: it ended, was restarted, or something between closed the connection."
        }
        Kind::Protocol => {
            "Check that an engine listens at the address, and nothing that only looks like one."
        }
        Kind::WrongProtocol => {
            "Use tls (port 2376 as a rule) or plain HTTP (2375), whichever the engine serves there."
        }
        Kind::Timeout => {
            "Raise the timeout of the phase that is named, or see why the engine is busy."
        }
        Kind::Cancelled => "Nothing to do: the caller wanted it.",
        Kind::Closed => "Use the client before it is closed, or make another one.",
        Kind::DaemonStream | Kind::StreamError => {
            "The engine's words say what failed; what came before them is valid."
        }
        Kind::TooLarge => "Read the body as a stream, in pieces.",
        Kind::VersionOutOfRange => {
            "Let the version be negotiated, or use an engine of another release."
        }
        Kind::VersionMismatch => "Leave the argument out, or use an engine that knows it.",
        Kind::InvalidArgument => "Correct the argument that is named.",
        Kind::Config => "Correct the file or the variable that is named.",
        Kind::Tls
        | Kind::TlsExpired
        | Kind::TlsWrongHost
        | Kind::TlsUnknownAuthority
        | Kind::TlsClientCertificate => {
            "Check ca, cert and key (DOCKER_CERT_PATH) against the certificates of the engine."
        }
        Kind::SshAuthentication
        | Kind::SshHostKey
        | Kind::SshNoDocker
        | Kind::SshNoEngine
        | Kind::Ssh => {
            "Make `ssh HOST docker version` work by hand first; the same program and configuration are used."
        }
        Kind::Unsupported => "Use another transport or platform.",
        Kind::BodySource => {
            "The file or iterator that the body was read from failed; its own error says why."
        }
        Kind::Io => "The operating system's words say what failed.",
        Kind::NotModified => "Nothing to do.",
        Kind::ContainerFailed => {
            "Its logs say why; `docker inspect` shows its state while it exists."
        }
        Kind::Unauthorized => "Log in, or pass credentials.",
        Kind::Forbidden => {
            "An authorization plugin, or the engine's configuration, does not allow it."
        }
        Kind::NotFound => "Check the name or id, and that it is the engine you mean.",
        Kind::MethodNotAllowed | Kind::NotImplemented => {
            "The engine lacks the operation: check its release and API version."
        }
        Kind::NotAcceptable => "The operation needs another state, most often a swarm.",
        Kind::Conflict => "Look at the object's present state; somebody else may be changing it.",
        Kind::BadRequest => "The engine's words name the part of the request it does not accept.",
        Kind::Unavailable => "Wait until the engine or its swarm is ready.",
        _ => "The engine's words and its log say more.",
    }
}
