//! The engine itself.

use super::Rule;
use crate::error::ErrorKind as Kind;

pub(super) const RULES: &[Rule] = &[
    Rule {
        kind: Kind::VersionTooNew,
        pattern: r"client version (?P<version>\S+) is too new\. Maximum supported API version is (?P<maximum>[\d.]+)",
        explanation: "The engine knows the API up to {maximum}; the request was made at {version}.",
        hint: "Let the client negotiate (no version, or `auto`), or pin {maximum} or lower.",
    },
    Rule {
        kind: Kind::VersionTooOld,
        pattern: r"client version (?P<version>\S+) is too old\. Minimum supported API version is (?P<minimum>[\d.]+)",
        explanation: "The engine no longer serves API {version}; its minimum is {minimum}.",
        hint: "Let the client negotiate (no version, or `auto`), or set DOCKER_MIN_API_VERSION on the engine.",
    },
    Rule {
        kind: Kind::WrongProtocol,
        pattern: r"(?i)client sent an HTTP request to an HTTPS server",
        explanation: "The port speaks TLS and the request was sent in the clear.",
        hint: "Connect with TLS (DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH, or tls=…).",
    },
    Rule {
        kind: Kind::ExperimentalNeeded,
        pattern: r"(?i)(?:only (?:supported|available|enabled)|requires?|needs?) .*experimental|experimental (?:features|mode|daemon)",
        explanation: "The feature is experimental and the engine does not offer it.",
        hint: "Set \"experimental\": true in daemon.json and restart the engine.",
    },
    Rule {
        kind: Kind::DaemonShuttingDown,
        pattern: r"(?i)daemon is shutting down|engine is shutting down|server is shutting down|dockerd is shutting down|plugin is shutting down",
        explanation: "The engine is shutting down.",
        hint: "Wait until it is back; events and requests can be repeated then.",
    },
    Rule {
        kind: Kind::InvalidFilter,
        pattern: r"(?i)invalid filter '?(?P<filter>[^'\s]*)",
        explanation: "The engine does not know the filter \"{filter}\".",
        hint: "Check its spelling and whether the engine's API version has it.",
    },
    Rule {
        kind: Kind::UnknownPath,
        pattern: r"^page not found$|^404 page not found\s*$",
        explanation: "The engine has no such endpoint at this API version.",
        hint: "Check the API version (an older engine may not have the operation) and that an engine, not a proxy, answers.",
    },
    Rule {
        kind: Kind::PrivilegedRequired,
        pattern: r"(?i)operation not permitted",
        explanation: "The engine or its kernel does not permit the operation.",
        hint: "A rootless engine or a missing capability is the usual cause; the engine's words name the step.",
    },
    Rule {
        kind: Kind::UnsupportedByEngine,
        pattern: r"(?i)is not supported (?:by|on|for) |not implemented|--storage-opt is supported only for|not supported on this platform",
        explanation: "The engine's platform, storage driver or configuration does not support this.",
        hint: "`docker info` shows the drivers in use.",
    },
];
