//! The OCI runtime: a process that cannot be started.

use super::Rule;
use crate::error::ErrorKind as Kind;

pub(super) const RULES: &[Rule] = &[
    Rule {
        kind: Kind::ExecutableNotFound,
        pattern: r#"exec: "(?P<command>[^"]*)": executable file not found in \$PATH"#,
        explanation: "The program \"{command}\" is not in the image's PATH.",
        hint: "Check the command's spelling and that the image contains it; a shell line needs a list such as [\"sh\", \"-c\", \"…\"].",
    },
    Rule {
        kind: Kind::ExecutableNotFound,
        pattern: r#"exec: "(?P<command>[^"]*)": (?:stat \S+: )?no such file or directory"#,
        explanation: "The program \"{command}\" does not exist in the container.",
        hint: "Check the path; for a script, also that the interpreter named in its first line exists in the image.",
    },
    Rule {
        kind: Kind::ExecutablePermissionDenied,
        pattern: r#"exec: "(?P<command>[^"]*)": (?:is a directory|permission denied)"#,
        explanation: "\"{command}\" in the container may not be executed.",
        hint: "Make the file executable (chmod +x) and check that it is not a directory and not on a noexec mount.",
    },
    Rule {
        kind: Kind::ExecFormatError,
        pattern: r"exec(?:ve)?:? .*exec format error|exec user process caused.*exec format error|exec format error",
        explanation: "The program is built for another platform, or is a script without a #! line.",
        hint: "Pull or build the image for the engine's platform (platform=…), or add an interpreter line to the script.",
    },
    Rule {
        kind: Kind::BadWorkingDirectory,
        pattern: r#"chdir to cwd \("(?P<path>[^"]*)"\) set in config.json failed: (?P<cause>[^:]+)|Cwd must be an absolute path|the working directory '(?P<path2>[^']*)' is invalid|[Cc]annot mkdir: (?P<path3>\S+) is not a directory"#,
        explanation: "The working directory cannot be used.",
        hint: "Give an absolute path to a directory that exists in the image and that the container's user may enter.",
    },
    Rule {
        kind: Kind::MountNotADirectory,
        pattern: r"(?s)mount.*not a directory|trying to mount a directory onto a file \(or vice-versa\)",
        explanation: "A file is mounted onto a directory, or a directory onto a file.",
        hint: "Check that the host path exists and is of the same kind as the target; Docker creates a missing bind source as a directory.",
    },
    Rule {
        kind: Kind::UserNotFound,
        pattern: r"unable to find (?P<what>user|group) (?P<name>[^:\s]+): no matching entries in (?:passwd|group) file",
        explanation: "The {what} \"{name}\" does not exist in the image.",
        hint: "Use a numeric id, or a name that is in the image's /etc/passwd or /etc/group.",
    },
    Rule {
        kind: Kind::RuntimeUnknown,
        pattern: r"(?i)unknown or invalid runtime name: (?P<runtime>\S+)|unknown runtime specified (?P<runtime2>\S+)",
        explanation: "The engine has no OCI runtime called {runtime}.",
        hint: "`docker info` lists the runtimes; register it in daemon.json or use the default.",
    },
    Rule {
        kind: Kind::DeviceNotFound,
        pattern: r#"error gathering device information while adding custom device "(?P<device>[^"]*)""#,
        explanation: "The device {device} does not exist on the engine's host.",
        hint: "Check the path on the machine where the engine runs.",
    },
    Rule {
        kind: Kind::DeviceNotFound,
        pattern: r#"could not select device driver "(?P<device>[^"]*)" with capabilities: (?P<capabilities>\S.*)"#,
        explanation: "The engine has no device driver \"{device}\" with capabilities {capabilities}.",
        hint: "Install the device's container toolkit (for NVIDIA GPUs: nvidia-container-toolkit) on the engine's host and restart the engine.",
    },
    Rule {
        kind: Kind::OutOfMemory,
        pattern: r"cannot allocate memory|container init was OOM-killed",
        explanation: "There was not enough memory to start the process.",
        hint: "Raise the container's memory limit or free memory on the engine's host.",
    },
    Rule {
        kind: Kind::OciRuntime,
        pattern: r"OCI runtime (?:create|exec|start) failed",
        explanation: "The OCI runtime could not start the process.",
        hint: "The engine's words name the step that failed; `docker info` and the engine's log have the rest.",
    },
];
