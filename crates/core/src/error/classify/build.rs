//! Builds.

use super::Rule;
use crate::error::ErrorKind as Kind;

pub(super) const RULES: &[Rule] = &[
    Rule {
        kind: Kind::BuildStepFailed,
        pattern: r"The command '(?P<command>(?s:.*))' returned a non-zero code: (?P<code>\d+)",
        explanation: "The build step `{command}` ended with exit code {code}.",
        hint: "The build log just above the error shows what the command printed.",
    },
    Rule {
        kind: Kind::BuildStepFailed,
        pattern: r#"process "(?P<command>(?s:.*))" did not complete successfully: exit code: (?P<code>\d+)"#,
        explanation: "The build step `{command}` ended with exit code {code}.",
        hint: "The build log just above the error shows what the command printed.",
    },
    Rule {
        kind: Kind::DockerfileParse,
        pattern: r"(?i)dockerfile parse error(?: on)?(?: line (?P<line>\d+))?:? ?(?P<cause>.*)|unknown instruction: (?P<instruction>\S+)|the Dockerfile \([^)]*\) cannot be empty|file with no instructions|failed to parse (?:the )?dockerfile|no build stage in current context|failed to process \S+: .*syntax error",
        explanation: "The Dockerfile cannot be parsed.",
        hint: "The engine's words give the line.",
    },
    Rule {
        kind: Kind::DockerfileNotFound,
        pattern: r"(?i)cannot locate specified dockerfile: (?P<file>\S+)|failed to read dockerfile: (?:open )?(?P<file2>[^:]+)",
        explanation: "The Dockerfile is not in the build context.",
        hint: "The dockerfile path is relative to the context, and .dockerignore must not exclude it.",
    },
    Rule {
        kind: Kind::BuildFileNotFound,
        pattern: r"(?P<instruction>COPY|ADD) failed: (?P<cause>.+)|failed to compute cache key: .*not found|file not found in build context",
        explanation: "A file that the Dockerfile copies is not in the build context.",
        hint: "Paths are relative to the context's root; check .dockerignore.",
    },
    Rule {
        kind: Kind::BuildTargetNotFound,
        pattern: r"(?i)failed to reach build target (?P<target>\S+)|target stage \S*?(?P<target2>[^\s\x22]+)\S* could not be found",
        explanation: "The Dockerfile has no such stage.",
        hint: "Check target= against the `FROM … AS name` lines.",
    },
];
