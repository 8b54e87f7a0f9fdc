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
    /// The engine's certificate has expired or is not valid yet.
    TlsExpired => "tls_expired",
    /// The engine's certificate is for another name.
    TlsWrongHost => "tls_wrong_host",
    /// The engine's certificate was signed by an unknown authority.
    TlsUnknownAuthority => "tls_unknown_authority",
    /// The engine wants a client certificate, or refused the one it got.
    TlsClientCertificate => "tls_client_certificate",
    /// TLS to a port in the clear, HTTP to a TLS port, or something that is no engine.
    WrongProtocol => "wrong_protocol",
    /// The ssh server refused the user's keys.
    SshAuthentication => "ssh_authentication",
    /// The ssh server's host key is unknown or has changed.
    SshHostKey => "ssh_host_key",
    /// The ssh server cannot be reached.
    SshUnreachable => "ssh_unreachable",
    /// There is no docker CLI on the ssh host.
    SshNoDocker => "ssh_no_docker",
    /// There is no engine on the ssh host, or its socket may not be opened.
    SshNoEngine => "ssh_no_engine",
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

    // Recognised from the engine's words (`classify`).
    /// The program to run is not in the container.
    ExecutableNotFound => "executable_not_found",
    /// The program to run is not executable.
    ExecutablePermissionDenied => "executable_permission_denied",
    /// The program is built for another platform.
    ExecFormatError => "exec_format_error",
    /// The working directory cannot be used.
    BadWorkingDirectory => "bad_working_directory",
    /// A file is mounted onto a directory, or the reverse.
    MountNotADirectory => "mount_not_a_directory",
    /// The user or group is not in the image.
    UserNotFound => "user_not_found",
    /// The engine has no such OCI runtime.
    RuntimeUnknown => "runtime_unknown",
    /// The device, or a driver for it, is missing.
    DeviceNotFound => "device_not_found",
    /// Not enough memory to start the process.
    OutOfMemory => "out_of_memory",
    /// The OCI runtime failed for another reason.
    OciRuntime => "oci_runtime",
    /// An instruction of the build ended with an error.
    BuildStepFailed => "build_step_failed",
    /// The Dockerfile cannot be parsed.
    DockerfileParse => "dockerfile_parse",
    /// The Dockerfile is not in the build context.
    DockerfileNotFound => "dockerfile_not_found",
    /// A file to copy is not in the build context.
    BuildFileNotFound => "build_file_not_found",
    /// The Dockerfile has no such stage.
    BuildTargetNotFound => "build_target_not_found",
    /// The registry refuses more pulls for now.
    RateLimited => "rate_limited",
    /// The image does not exist in the registry, or needs a login.
    PullAccessDenied => "pull_access_denied",
    /// The registry has no such tag or digest.
    ManifestUnknown => "manifest_unknown",
    /// The image is not available for the platform.
    PlatformMismatch => "platform_mismatch",
    /// Other images are built on the image.
    ImageHasDependents => "image_has_dependents",
    /// A container or another tag uses the image.
    ImageInUse => "image_in_use",
    /// The engine has no such image.
    ImageNotFound => "image_not_found",
    /// The image name is not a valid reference.
    InvalidReference => "invalid_reference",
    /// The registry's certificate was refused, or it speaks no TLS.
    RegistryTls => "registry_tls",
    /// The registry's name cannot be resolved.
    RegistryDns => "registry_dns",
    /// The registry did not answer in time.
    RegistryTimeout => "registry_timeout",
    /// The registry cannot be reached.
    RegistryUnreachable => "registry_unreachable",
    /// The registry refused the credentials.
    RegistryUnauthorized => "registry_unauthorized",
    /// The engine's disk is full.
    NoSpace => "no_space",
    /// The host port is already in use.
    PortAllocated => "port_allocated",
    /// The host does not let the engine listen there.
    PortUnavailable => "port_unavailable",
    /// A port specification is not valid.
    InvalidPort => "invalid_port",
    /// No subnet or address is left.
    AddressPoolExhausted => "address_pool_exhausted",
    /// The subnet overlaps another network's.
    NetworkOverlap => "network_overlap",
    /// Containers or services are still on the network.
    NetworkInUse => "network_in_use",
    /// A predefined network cannot be changed.
    NetworkPredefined => "network_predefined",
    /// There is a network of that name already.
    NetworkNameInUse => "network_name_in_use",
    /// The container is on the network already.
    AlreadyConnected => "already_connected",
    /// The container is not on the network.
    NotConnected => "not_connected",
    /// The address or alias does not fit the network.
    InvalidNetworkAddress => "invalid_network_address",
    /// There is no such network.
    NetworkNotFound => "network_not_found",
    /// The fixed IP address is taken.
    AddressInUse => "address_in_use",
    /// The container's network could not be set up.
    EndpointSetupFailed => "endpoint_setup_failed",
    /// The swarm is locked.
    SwarmLocked => "swarm_locked",
    /// The engine is part of a swarm already.
    SwarmAlreadyPart => "swarm_already_part",
    /// The engine is a worker of its swarm.
    SwarmNotManager => "swarm_not_manager",
    /// The engine is not part of a swarm.
    SwarmNotInitialised => "swarm_not_initialised",
    /// The swarm has lost its quorum.
    SwarmNoLeader => "swarm_no_leader",
    /// The node is a manager, perhaps the last.
    SwarmLastManager => "swarm_last_manager",
    /// The node could not join the swarm.
    SwarmJoinFailed => "swarm_join_failed",
    /// Somebody else changed the object since it was read.
    UpdateOutOfSequence => "update_out_of_sequence",
    /// A service uses the object.
    InUseByService => "in_use_by_service",
    /// There is an object of that name already.
    ObjectNameInUse => "object_name_in_use",
    /// There is no such service.
    ServiceNotFound => "service_not_found",
    /// There is no such node.
    NodeNotFound => "node_not_found",
    /// There is no such task.
    TaskNotFound => "task_not_found",
    /// There is no such secret.
    SecretNotFound => "secret_not_found",
    /// There is no such config.
    ConfigNotFound => "config_not_found",
    /// The plugin's state does not allow this.
    PluginInUse => "plugin_in_use",
    /// The plugin is installed already.
    PluginExists => "plugin_exists",
    /// The engine has no such logging driver.
    LogDriverUnknown => "log_driver_unknown",
    /// The engine has no such volume or network driver.
    DriverNotFound => "driver_not_found",
    /// There is no such plugin.
    PluginNotFound => "plugin_not_found",
    /// There is no such container.
    ContainerNotFound => "container_not_found",
    /// There is no such exec.
    ExecNotFound => "exec_not_found",
    /// Another container has the name.
    NameInUse => "name_in_use",
    /// The container is being removed already.
    RemovalInProgress => "removal_in_progress",
    /// The container runs, which does not allow this.
    ContainerRunning => "container_running",
    /// The container is paused.
    ContainerPaused => "container_paused",
    /// The container is not paused.
    ContainerNotPaused => "container_not_paused",
    /// The container is restarting.
    ContainerRestarting => "container_restarting",
    /// The container is marked for removal.
    MarkedForRemoval => "marked_for_removal",
    /// The container is not running.
    ContainerNotRunning => "container_not_running",
    /// The container is in that state already.
    AlreadyRunning => "already_running",
    /// A container uses the volume.
    VolumeInUse => "volume_in_use",
    /// There is no such volume.
    VolumeNotFound => "volume_not_found",
    /// The volume exists with another driver or options.
    VolumeConflict => "volume_conflict",
    /// Neither a volume name nor an absolute path.
    InvalidVolumeName => "invalid_volume_name",
    /// The bind mount's source does not exist.
    MountSourceMissing => "mount_source_missing",
    /// The engine does not share the path.
    MountDenied => "mount_denied",
    /// Two mounts have the same target.
    DuplicateMount => "duplicate_mount",
    /// A mount is not valid.
    InvalidMount => "invalid_mount",
    /// The file system is read-only.
    ReadOnly => "read_only",
    /// The path does not exist in the container.
    PathNotFound => "path_not_found",
    /// Not a signal.
    InvalidSignal => "invalid_signal",
    /// Neither request nor image names a command.
    NoCommand => "no_command",
    /// Two options exclude each other.
    ConflictingOptions => "conflicting_options",
    /// A resource limit is out of range.
    InvalidResourceLimit => "invalid_resource_limit",
    /// The name is not allowed.
    InvalidName => "invalid_name",
    /// The logging driver cannot be read back.
    LogsUnreadable => "logs_unreadable",
    /// The engine does not know the API version yet.
    VersionTooNew => "version_too_new",
    /// The engine no longer serves the API version.
    VersionTooOld => "version_too_old",
    /// The feature needs an experimental engine.
    ExperimentalNeeded => "experimental_needed",
    /// The engine is shutting down.
    DaemonShuttingDown => "daemon_shutting_down",
    /// The engine does not know the filter.
    InvalidFilter => "invalid_filter",
    /// The engine has no such endpoint.
    UnknownPath => "unknown_path",
    /// The engine or kernel does not permit the operation.
    PrivilegedRequired => "privileged_required",
    /// The engine's platform or drivers do not support this.
    UnsupportedByEngine => "unsupported_by_engine",
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
