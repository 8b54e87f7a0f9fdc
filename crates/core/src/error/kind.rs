//! The closed list of error kinds. A binding maps each to a class in exactly one file; a test there walks `ErrorKind::ALL`.

use super::advice::{Family, Retry};

macro_rules! kinds {
    ($($family:ident: $($(#[doc = $doc:literal])+ $name:ident => $text:literal, $retry:ident,)+)+) => {
        /// What went wrong, as one of a closed list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorKind {
            $($($(#[doc = $doc])+ $name,)+)+
        }

        impl ErrorKind {
            /// Every kind, in the order of declaration.
            pub const ALL: &'static [Self] = &[$($(Self::$name,)+)+];

            /// The kind's name in `snake_case`, as the bindings see it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($(Self::$name => $text,)+)+
                }
            }

            /// One sentence that says what went wrong, without the facts of a particular error.
            #[must_use]
            pub const fn summary(self) -> &'static str {
                match self {
                    $($(Self::$name => concat!($($doc),+).trim_ascii(),)+)+
                }
            }

            /// The family; a binding has a class for those that programs catch as a whole.
            #[must_use]
            pub const fn family(self) -> Family {
                match self {
                    $($(Self::$name => Family::$family,)+)+
                }
            }

            /// Whether repeating the request can help, and which requests may be.
            #[must_use]
            pub const fn retry(self) -> Retry {
                match self {
                    $($(Self::$name => Retry::$retry,)+)+
                }
            }
        }
    };
}

kinds! {
    Connection:
    /// There is no socket where the engine should be.
    DaemonNotFound => "daemon_not_found", Always,
    /// The socket is there, and this user may not open it.
    SocketPermissionDenied => "socket_permission_denied", Never,
    /// Nobody listens: a stale socket file, or a closed port.
    DaemonRefused => "daemon_refused", Always,
    /// The connection could not be opened for another reason.
    ConnectFailed => "connect_failed", Always,
    /// The engine's host name could not be resolved.
    NameResolution => "name_resolution", Always,
    /// The connection was reset, or closed before the answer began.
    ConnectionLost => "connection_lost", IfHarmless,
    /// The other side did not speak the protocol: not HTTP, not frames, not JSON.
    Protocol => "protocol", Never,
    /// A phase took longer than its limit; `phase()` says which.
    Timeout => "timeout", IfHarmless,
    /// The TLS handshake or its material failed.
    Tls => "tls", Never,
    /// The engine's certificate has expired or is not valid yet.
    TlsExpired => "tls_expired", Never,
    /// The engine's certificate is for another name.
    TlsWrongHost => "tls_wrong_host", Never,
    /// The engine's certificate was signed by an unknown authority.
    TlsUnknownAuthority => "tls_unknown_authority", Never,
    /// The engine wants a client certificate, or refused the one it got.
    TlsClientCertificate => "tls_client_certificate", Never,
    /// TLS to a port in the clear, HTTP to a TLS port, or something that is no engine.
    WrongProtocol => "wrong_protocol", Never,
    /// The ssh server refused the user's keys.
    SshAuthentication => "ssh_authentication", Never,
    /// The ssh server's host key is unknown or has changed.
    SshHostKey => "ssh_host_key", Never,
    /// The ssh server cannot be reached.
    SshUnreachable => "ssh_unreachable", Always,
    /// There is no docker CLI on the ssh host.
    SshNoDocker => "ssh_no_docker", Never,
    /// There is no engine on the ssh host, or its socket may not be opened.
    SshNoEngine => "ssh_no_engine", Never,
    /// The ssh command failed.
    Ssh => "ssh", Never,
    Stream:
    /// The answer ended before it was complete.
    Truncated => "truncated", IfHarmless,
    /// The engine ended a multiplexed stream with an error frame (type 3).
    DaemonStream => "daemon_stream", Never,
    /// Something exceeded its bound: a head, a line, a JSON value.
    TooLarge => "too_large", Never,
    /// The engine reported a failure inside an answer that had begun with success.
    StreamError => "stream_error", Never,
    Client:
    /// The caller cancelled.
    Cancelled => "cancelled", Never,
    /// The client was closed.
    Closed => "closed", Never,
    /// The pinned API version is outside what the engine serves, or the two sides share none.
    VersionOutOfRange => "version_out_of_range", Never,
    /// The call needs an API version that is not the one in use.
    VersionMismatch => "version_mismatch", Never,
    /// The request cannot be sent as it is.
    InvalidArgument => "invalid_argument", Never,
    /// The configuration (host string, context, environment) is unusable.
    Config => "config", Never,
    /// This build or platform cannot do it.
    Unsupported => "unsupported", Never,
    /// The source of a request body failed.
    BodySource => "body_source", Never,
    /// A local input or output operation failed.
    Io => "io", Never,
    Status:
    /// 304: already in the wanted state.
    NotModified => "not_modified", Never,
    /// 400: the engine refused the request.
    BadRequest => "bad_request", Never,
    /// 401: credentials are missing or wrong.
    Unauthorized => "unauthorized", Never,
    /// 403: not allowed.
    Forbidden => "forbidden", Never,
    /// 404: no such object.
    NotFound => "not_found", Never,
    /// 405: the engine does not know the method on this path.
    MethodNotAllowed => "method_not_allowed", Never,
    /// 406: not acceptable in this state (often: not part of a swarm).
    NotAcceptable => "not_acceptable", Never,
    /// 409: conflicts with the present state.
    Conflict => "conflict", Never,
    /// 500: the engine failed.
    ServerError => "server_error", Never,
    /// 501: not implemented by this engine.
    NotImplemented => "not_implemented", Never,
    /// 503: the engine or its swarm is not available.
    Unavailable => "unavailable", IfHarmless,
    /// Any other unwelcome status.
    OtherStatus => "other_status", Never,
    Process:
    /// The program to run is not in the container.
    ExecutableNotFound => "executable_not_found", Never,
    /// The program to run is not executable.
    ExecutablePermissionDenied => "executable_permission_denied", Never,
    /// The program is built for another platform.
    ExecFormatError => "exec_format_error", Never,
    /// The working directory cannot be used.
    BadWorkingDirectory => "bad_working_directory", Never,
    /// The user or group is not in the image.
    UserNotFound => "user_not_found", Never,
    /// The engine has no such OCI runtime.
    RuntimeUnknown => "runtime_unknown", Never,
    /// The device, or a driver for it, is missing.
    DeviceNotFound => "device_not_found", Never,
    /// Not enough memory to start the process.
    OutOfMemory => "out_of_memory", Never,
    /// The OCI runtime failed for another reason.
    OciRuntime => "oci_runtime", Never,
    /// The container ended with another status than zero.
    ContainerFailed => "container_failed", Never,
    /// Neither request nor image names a command.
    NoCommand => "no_command", Never,
    Build:
    /// An instruction of the build ended with an error.
    BuildStepFailed => "build_step_failed", Never,
    /// The Dockerfile cannot be parsed.
    DockerfileParse => "dockerfile_parse", Never,
    /// The Dockerfile is not in the build context.
    DockerfileNotFound => "dockerfile_not_found", Never,
    /// A file to copy is not in the build context.
    BuildFileNotFound => "build_file_not_found", Never,
    /// The Dockerfile has no such stage.
    BuildTargetNotFound => "build_target_not_found", Never,
    Registry:
    /// The registry refuses more pulls for now.
    RateLimited => "rate_limited", IfHarmless,
    /// The image does not exist in the registry, or needs a login.
    PullAccessDenied => "pull_access_denied", Never,
    /// The registry has no such tag or digest.
    ManifestUnknown => "manifest_unknown", Never,
    /// The image is not available for the platform.
    PlatformMismatch => "platform_mismatch", Never,
    /// The registry's certificate was refused, or it speaks no TLS.
    RegistryTls => "registry_tls", Never,
    /// The registry's name cannot be resolved.
    RegistryDns => "registry_dns", IfHarmless,
    /// The registry did not answer in time.
    RegistryTimeout => "registry_timeout", IfHarmless,
    /// The registry cannot be reached.
    RegistryUnreachable => "registry_unreachable", IfHarmless,
    /// The registry refused the credentials.
    RegistryUnauthorized => "registry_unauthorized", Never,
    Missing:
    /// The engine has no such image.
    ImageNotFound => "image_not_found", Never,
    /// There is no such network.
    NetworkNotFound => "network_not_found", Never,
    /// There is no such service.
    ServiceNotFound => "service_not_found", Never,
    /// There is no such node.
    NodeNotFound => "node_not_found", Never,
    /// There is no such task.
    TaskNotFound => "task_not_found", Never,
    /// There is no such secret.
    SecretNotFound => "secret_not_found", Never,
    /// There is no such config.
    ConfigNotFound => "config_not_found", Never,
    /// The engine has no such logging driver.
    LogDriverUnknown => "log_driver_unknown", Never,
    /// The engine has no such volume or network driver.
    DriverNotFound => "driver_not_found", Never,
    /// There is no such plugin.
    PluginNotFound => "plugin_not_found", Never,
    /// There is no such container.
    ContainerNotFound => "container_not_found", Never,
    /// There is no such exec.
    ExecNotFound => "exec_not_found", Never,
    /// There is no such volume.
    VolumeNotFound => "volume_not_found", Never,
    /// The path does not exist in the container.
    PathNotFound => "path_not_found", Never,
    Conflict:
    /// Other images are built on the image.
    ImageHasDependents => "image_has_dependents", Never,
    /// A container or another tag uses the image.
    ImageInUse => "image_in_use", Never,
    /// Containers or services are still on the network.
    NetworkInUse => "network_in_use", Never,
    /// There is a network of that name already.
    NetworkNameInUse => "network_name_in_use", Never,
    /// The container is on the network already.
    AlreadyConnected => "already_connected", Never,
    /// The container is not on the network.
    NotConnected => "not_connected", Never,
    /// Somebody else changed the object since it was read.
    UpdateOutOfSequence => "update_out_of_sequence", Never,
    /// A service uses the object.
    InUseByService => "in_use_by_service", Never,
    /// There is an object of that name already.
    ObjectNameInUse => "object_name_in_use", Never,
    /// The plugin's state does not allow this.
    PluginInUse => "plugin_in_use", Never,
    /// The plugin is installed already.
    PluginExists => "plugin_exists", Never,
    /// Another container has the name.
    NameInUse => "name_in_use", Never,
    /// The container is being removed already.
    RemovalInProgress => "removal_in_progress", Never,
    /// The container runs, which does not allow this.
    ContainerRunning => "container_running", Never,
    /// The container is paused.
    ContainerPaused => "container_paused", Never,
    /// The container is not paused.
    ContainerNotPaused => "container_not_paused", Never,
    /// The container is restarting.
    ContainerRestarting => "container_restarting", Always,
    /// The container is marked for removal.
    MarkedForRemoval => "marked_for_removal", Never,
    /// The container is not running.
    ContainerNotRunning => "container_not_running", Never,
    /// The container is in that state already.
    AlreadyRunning => "already_running", Never,
    /// A container uses the volume.
    VolumeInUse => "volume_in_use", Never,
    /// The volume exists with another driver or options.
    VolumeConflict => "volume_conflict", Never,
    Network:
    /// The host port is already in use.
    PortAllocated => "port_allocated", Never,
    /// The host does not let the engine listen there.
    PortUnavailable => "port_unavailable", Never,
    /// A port specification is not valid.
    InvalidPort => "invalid_port", Never,
    /// No subnet or address is left.
    AddressPoolExhausted => "address_pool_exhausted", Never,
    /// The subnet overlaps another network's.
    NetworkOverlap => "network_overlap", Never,
    /// A predefined network cannot be changed.
    NetworkPredefined => "network_predefined", Never,
    /// The address or alias does not fit the network.
    InvalidNetworkAddress => "invalid_network_address", Never,
    /// The fixed IP address is taken.
    AddressInUse => "address_in_use", Never,
    /// The container's network could not be set up.
    EndpointSetupFailed => "endpoint_setup_failed", Never,
    Mount:
    /// A file is mounted onto a directory, or the reverse.
    MountNotADirectory => "mount_not_a_directory", Never,
    /// Neither a volume name nor an absolute path.
    InvalidVolumeName => "invalid_volume_name", Never,
    /// The bind mount's source does not exist.
    MountSourceMissing => "mount_source_missing", Never,
    /// The engine does not share the path.
    MountDenied => "mount_denied", Never,
    /// Two mounts have the same target.
    DuplicateMount => "duplicate_mount", Never,
    /// A mount is not valid.
    InvalidMount => "invalid_mount", Never,
    /// The file system is read-only.
    ReadOnly => "read_only", Never,
    Swarm:
    /// The swarm is locked.
    SwarmLocked => "swarm_locked", Never,
    /// The engine is part of a swarm already.
    SwarmAlreadyPart => "swarm_already_part", Never,
    /// The engine is a worker of its swarm.
    SwarmNotManager => "swarm_not_manager", Never,
    /// The engine is not part of a swarm.
    SwarmNotInitialised => "swarm_not_initialised", Never,
    /// The swarm has lost its quorum.
    SwarmNoLeader => "swarm_no_leader", Always,
    /// The node is a manager, perhaps the last.
    SwarmLastManager => "swarm_last_manager", Never,
    /// The node could not join the swarm.
    SwarmJoinFailed => "swarm_join_failed", Never,
    Request:
    /// The image name is not a valid reference.
    InvalidReference => "invalid_reference", Never,
    /// Not a signal.
    InvalidSignal => "invalid_signal", Never,
    /// Two options exclude each other.
    ConflictingOptions => "conflicting_options", Never,
    /// A resource limit is out of range.
    InvalidResourceLimit => "invalid_resource_limit", Never,
    /// The name is not allowed.
    InvalidName => "invalid_name", Never,
    /// The logging driver cannot be read back.
    LogsUnreadable => "logs_unreadable", Never,
    /// The engine does not know the filter.
    InvalidFilter => "invalid_filter", Never,
    Engine:
    /// The engine's disk is full.
    NoSpace => "no_space", Never,
    /// The engine does not know the API version yet.
    VersionTooNew => "version_too_new", Never,
    /// The engine no longer serves the API version.
    VersionTooOld => "version_too_old", Never,
    /// The feature needs an experimental engine.
    ExperimentalNeeded => "experimental_needed", Never,
    /// The engine is shutting down.
    DaemonShuttingDown => "daemon_shutting_down", Always,
    /// The engine has no such endpoint.
    UnknownPath => "unknown_path", Never,
    /// The engine or kernel does not permit the operation.
    PrivilegedRequired => "privileged_required", Never,
    /// The engine's platform or drivers do not support this.
    UnsupportedByEngine => "unsupported_by_engine", Never,
}

impl ErrorKind {
    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }

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
