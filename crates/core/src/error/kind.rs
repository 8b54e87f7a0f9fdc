//! The closed list of error kinds. A binding maps each to a class in exactly one file; a test there walks `ErrorKind::ALL`.

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident => $text:literal,)+) => {
        /// What went wrong, as one of a closed list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorKind {
            $($(#[doc = $doc])+ $name,)+
        }

        impl ErrorKind {
            /// Every kind, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The kind's name in `snake_case`, as the bindings see it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

kinds! {
    /// There is no socket where the engine should be.
    DaemonNotFound => "daemon_not_found",
    /// The socket is there, and this user may not open it.
    SocketPermissionDenied => "socket_permission_denied",
    /// Nobody listens: a stale socket file, or a closed port.
    DaemonRefused => "daemon_refused",
    /// The connection could not be opened for another reason.
    ConnectFailed => "connect_failed",
    /// The engine's host name could not be resolved.
    NameResolution => "name_resolution",
    /// The connection was reset, or closed before the answer began.
    ConnectionLost => "connection_lost",
    /// The answer ended before it was complete.
    Truncated => "truncated",
    /// The other side did not speak the protocol: not HTTP, not frames, not JSON.
    Protocol => "protocol",
    /// A phase took longer than its limit; `phase()` says which.
    Timeout => "timeout",
    /// The caller cancelled.
    Cancelled => "cancelled",
    /// The client was closed.
    Closed => "closed",
    /// The engine ended a multiplexed stream with an error frame (type 3).
    DaemonStream => "daemon_stream",
    /// Something exceeded its bound: a head, a line, a JSON value.
    TooLarge => "too_large",
    /// The pinned API version is outside what the engine serves, or the two sides share none.
    VersionOutOfRange => "version_out_of_range",
    /// The call needs an API version that is not the one in use.
    VersionMismatch => "version_mismatch",
    /// The request cannot be sent as it is.
    InvalidArgument => "invalid_argument",
    /// The configuration (host string, context, environment) is unusable.
    Config => "config",
    /// The TLS handshake or its material failed.
    Tls => "tls",
    /// The ssh command failed.
    Ssh => "ssh",
    /// This build or platform cannot do it.
    Unsupported => "unsupported",
    /// The engine reported a failure inside an answer that had begun with success.
    StreamError => "stream_error",
    /// The source of a request body failed.
    BodySource => "body_source",
    /// A local input or output operation failed.
    Io => "io",
    /// 304: already in the wanted state.
    NotModified => "not_modified",
    /// 400: the engine refused the request.
    BadRequest => "bad_request",
    /// 401: credentials are missing or wrong.
    Unauthorized => "unauthorized",
    /// 403: not allowed.
    Forbidden => "forbidden",
    /// 404: no such object.
    NotFound => "not_found",
    /// 405: the engine does not know the method on this path.
    MethodNotAllowed => "method_not_allowed",
    /// 406: not acceptable in this state (often: not part of a swarm).
    NotAcceptable => "not_acceptable",
    /// 409: conflicts with the present state.
    Conflict => "conflict",
    /// 500: the engine failed.
    ServerError => "server_error",
    /// 501: not implemented by this engine.
    NotImplemented => "not_implemented",
    /// 503: the engine or its swarm is not available.
    Unavailable => "unavailable",
    /// Any other unwelcome status.
    OtherStatus => "other_status",
}

impl ErrorKind {
    /// The kind that belongs to an unwelcome status.
    #[must_use]
    pub const fn of_status(status: u16) -> Self {
        match status {
            304 => Self::NotModified,
            400 => Self::BadRequest,
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            406 => Self::NotAcceptable,
            409 => Self::Conflict,
            500 => Self::ServerError,
            501 => Self::NotImplemented,
            503 => Self::Unavailable,
            _ => Self::OtherStatus,
        }
    }
}

impl std::fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
