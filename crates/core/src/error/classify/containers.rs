//! Containers, volumes and mounts.

use super::Rule;
use crate::error::ErrorKind as Kind;

pub(super) const RULES: &[Rule] = &[
    Rule {
        kind: Kind::ContainerNotFound,
        pattern: r#"(?i)no such container: (?P<container>\S+)|no container with name or id "?(?P<container2>[^"\s]+)"#,
        explanation: "There is no container \"{container}\".",
        hint: "It may have been removed (auto_remove, another client); list(all=True) shows stopped ones, too.",
    },
    Rule {
        kind: Kind::ExecNotFound,
        pattern: r"(?i)no such exec instance:? '?(?P<exec>[^'\s]+)",
        explanation: "There is no exec \"{exec}\".",
        hint: "An exec lives only as long as its container runs; create a new one.",
    },
    Rule {
        kind: Kind::NameInUse,
        pattern: r#"[Cc]onflict\. The container name "/?(?P<name>[^"]*)" is already in use by container "?(?P<container>\w+)"#,
        explanation: "The container name \"{name}\" is already used by container {container}.",
        hint: "Remove or rename that container, or choose another name.",
    },
    Rule {
        kind: Kind::RemovalInProgress,
        pattern: r"removal of container (?P<container>\S+) is already in progress",
        explanation: "Container {container} is being removed already.",
        hint: "Nothing to do: wait until it is gone.",
    },
    Rule {
        kind: Kind::ContainerRunning,
        pattern: r"You cannot remove a running container|cannot remove container .*(?:container is running|is restarting)|You cannot remove a restarting container",
        explanation: "A running container cannot be removed.",
        hint: "Stop it first, or remove it with force=True.",
    },
    Rule {
        kind: Kind::ContainerPaused,
        pattern: r"(?i)container (?P<container>\S+) is already paused|container (?P<container2>\S+) is paused|cannot (?:start a|remove a|attach to a) paused container|container is paused|you cannot (?:attach to|remove) a paused container",
        explanation: "The container is paused.",
        hint: "Unpause it first.",
    },
    Rule {
        kind: Kind::ContainerNotPaused,
        pattern: r"(?i)container (?P<container>\S+) is not paused",
        explanation: "Container {container} is not paused.",
        hint: "Only a paused container can be unpaused.",
    },
    Rule {
        kind: Kind::ContainerRestarting,
        pattern: r"(?i)container (?P<container>\S+) is restarting",
        explanation: "Container {container} is restarting.",
        hint: "Wait until it runs; when it restarts again and again, its logs say why.",
    },
    Rule {
        kind: Kind::MarkedForRemoval,
        pattern: r"(?i)container (?:(?P<container>\S+) )?is (?:marked for removal|dead)",
        explanation: "The container is marked for removal.",
        hint: "It can only be removed; create a new one.",
    },
    Rule {
        kind: Kind::ContainerNotRunning,
        pattern: r"(?i)container (?P<container>[^\s:]+) is not running|container (?P<container2>\S+) is not started|you cannot attach to a stopped container|cannot join network (?:namespace )?of a non running container|cannot exec in a stopped (?:container|state)",
        explanation: "The container is not running.",
        hint: "Start it first; if it ended by itself, its exit code and logs say why.",
    },
    Rule {
        kind: Kind::AlreadyRunning,
        pattern: r"(?i)container already (?:started|stopped)",
        explanation: "The container is in that state already.",
        hint: "Nothing to do.",
    },
    Rule {
        kind: Kind::VolumeInUse,
        pattern: r"remove (?P<volume>[^:]+): volume is in use(?: - \[(?P<containers>[^\]]*)\])?",
        explanation: "Volume \"{volume}\" is used by a container.",
        hint: "Remove the containers that use it first (stopped ones count, too).",
    },
    Rule {
        kind: Kind::VolumeNotFound,
        pattern: r"(?i)get (?P<volume>[^:]+): no such volume|no such volume: (?P<volume2>\S+)|no volume with name (?P<volume3>\S+)",
        explanation: "There is no volume \"{volume}\".",
        hint: "List the volumes; names are case-sensitive.",
    },
    Rule {
        kind: Kind::VolumeConflict,
        pattern: r#"(?i)a volume named "?(?P<volume>[^"\s]+)"? already exists"#,
        explanation: "Volume \"{volume}\" already exists with another driver or other options.",
        hint: "Use the existing volume, remove it, or choose another name.",
    },
    Rule {
        kind: Kind::InvalidVolumeName,
        pattern: r#""(?P<volume>[^"]*)" includes invalid characters for a local volume name"#,
        explanation: "\"{volume}\" is neither a volume name nor an absolute path.",
        hint: "To mount a host directory give its absolute path; volume names are [a-zA-Z0-9][a-zA-Z0-9_.-]*.",
    },
    Rule {
        kind: Kind::MountSourceMissing,
        pattern: r#"bind (?:mount )?source path does not exist:? ?"?(?P<path>[^"]*)"#,
        explanation: "The bind mount's source {path} does not exist on the engine's host.",
        hint: "Create it there first; the path is the engine's, not this program's, when they run on different machines.",
    },
    Rule {
        kind: Kind::MountDenied,
        pattern: r"(?is)mounts denied:?\s*(?:the path )?(?P<path>\S+)",
        explanation: "The engine does not share {path} with containers.",
        hint: "Add the path to the file sharing settings of Docker Desktop.",
    },
    Rule {
        kind: Kind::DuplicateMount,
        pattern: r"(?i)duplicate mount point: (?P<path>\S+)",
        explanation: "Two mounts have the same target {path}.",
        hint: "Give every mount a target of its own.",
    },
    Rule {
        kind: Kind::InvalidMount,
        pattern: r#"(?i)invalid (?:volume specification: '?(?P<volume>[^']*)|mount config for type "(?P<mount_type>[^"]*)": (?P<cause>.+)|mode: (?P<mode>\S+)|mount path: '(?P<path>[^']*)')"#,
        explanation: "A mount is not valid.",
        hint: "Form: source:target[:ro|rw,…], with an absolute target.",
    },
    Rule {
        kind: Kind::ReadOnly,
        pattern: r"(?i)read-only file system|rootfs is marked read-only|mounted volume is marked read-only",
        explanation: "The file system is read-only.",
        hint: "Mount a volume or tmpfs at the path, or drop read_only.",
    },
    Rule {
        kind: Kind::PathNotFound,
        pattern: r"(?i)could not find the file (?P<path>.+) in container (?P<container>\S+)|no such directory: (?P<path2>\S+)",
        explanation: "The path {path} does not exist in the container.",
        hint: "Check the path; its parent directory must exist for an upload.",
    },
    Rule {
        kind: Kind::InvalidSignal,
        pattern: r"(?i)invalid signal: (?P<signal>\S*)",
        explanation: "\"{signal}\" is not a signal.",
        hint: "Give a name such as SIGTERM or a number the engine's host knows.",
    },
    Rule {
        kind: Kind::NoCommand,
        pattern: r"(?i)no command specified",
        explanation: "Neither the request nor the image names a command.",
        hint: "Pass command=… or entrypoint=….",
    },
    Rule {
        kind: Kind::ConflictingOptions,
        pattern: r"(?i)conflicting options: (?P<options>.+)|can't create 'AutoRemove' container with restart policy",
        explanation: "Two options of the container exclude each other.",
        hint: "The engine's words name them; drop one.",
    },
    Rule {
        kind: Kind::InvalidResourceLimit,
        pattern: r"(?i)minimum memory limit allowed is (?P<memory>\S+)|range of cpus is from (?P<cpus>.+?),|minimum memoryswap limit should be larger|invalid cpu|requested cpus? (?:set )?.*(?:not available|is not available)|minimum memory reservation|cpu cfs (?:period|quota) (?:can not|cannot)",
        explanation: "A resource limit is out of range.",
        hint: "The engine's words give the range; `docker info` shows the host's CPUs and memory.",
    },
    Rule {
        kind: Kind::InvalidName,
        pattern: r"(?i)invalid container name \((?P<name>[^)]*)\)|invalid hostname format",
        explanation: "The name is not allowed.",
        hint: "Container names are [a-zA-Z0-9][a-zA-Z0-9_.-]+.",
    },
    Rule {
        kind: Kind::LogsUnreadable,
        pattern: r"(?i)configured logging driver does not support reading",
        explanation: "The container's logging driver cannot be read back.",
        hint: "Use json-file, local or journald for containers whose logs are read through the API.",
    },
];
