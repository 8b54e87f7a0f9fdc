//! Images and registries.

use super::Rule;
use crate::error::ErrorKind as Kind;

pub(super) const RULES: &[Rule] = &[
    Rule {
        kind: Kind::RateLimited,
        pattern: r"(?i)toomanyrequests:?(?:.*retry-after: (?P<reset>[^\s,]+), allowed: (?P<limit>\S+))?|too many requests|pull rate limit",
        explanation: "The registry refuses more pulls for now.",
        hint: "Log in to raise the limit, wait, or use a mirror or a cached image.",
    },
    Rule {
        kind: Kind::PullAccessDenied,
        pattern: r"pull access denied for (?P<image>[^,]+), repository does not exist or may require",
        explanation: "The image {image} does not exist in the registry, or reading it needs a login.",
        hint: "Check the name; for a private image log in or pass auth_config.",
    },
    Rule {
        kind: Kind::PullAccessDenied,
        pattern: r"^denied(?:$|: )",
        explanation: "The registry denies access.",
        hint: "Check the name; for a private image log in or pass auth_config, as a user who may read it.",
    },
    Rule {
        kind: Kind::ManifestUnknown,
        pattern: r"manifest for (?P<image>\S+) not found|manifest unknown|resolv(?:e|ing) (?:plugin )?reference:? (?P<image2>.+): not found$",
        explanation: "The registry has no such tag or digest.",
        hint: "Check the tag; a repository may have no `latest`.",
    },
    Rule {
        kind: Kind::PlatformMismatch,
        pattern: r"no matching manifest for (?P<platform>\S+)|does not match the (?:specified|expected) platform|does not provide the specified platform|cannot be used on this platform|no match for platform in manifest",
        explanation: "The image is not available for the platform that was asked for.",
        hint: "Ask for a platform the image has (platform=…), or build it for this one.",
    },
    Rule {
        kind: Kind::ImageHasDependents,
        pattern: r"(?:unable to|cannot) delete (?P<image>\S+).*has dependent child images",
        explanation: "Other images are built on image {image}.",
        hint: "Remove those first, or only the tag (noprune).",
    },
    Rule {
        kind: Kind::ImageInUse,
        pattern: r"(?:image is being used by (?:running|stopped) container (?P<container>\w+)|container (?P<container2>\w+) is using its referenced image|image is referenced in multiple repositories)",
        explanation: "The image is in use.",
        hint: "Remove the container (or the other tags) first; force=True works unless a container runs from it.",
    },
    Rule {
        kind: Kind::ImageNotFound,
        pattern: r"(?i)no such image: (?P<image>\S+)$|reference does not exist|image not known|unable to find image '(?P<image2>[^']+)'|image does not exist locally with the tag: (?P<image3>\S+)",
        explanation: "There is no such image on the engine.",
        hint: "Pull or build it first; an image without a tag means `latest`.",
    },
    Rule {
        kind: Kind::InvalidReference,
        pattern: r"(?i)invalid reference format|repository name \(?(?P<image>[^)\s]*)\)? must be lowercase|invalid tag format|is not a valid repository/tag|invalid checksum digest|cannot pull with reference|refusing to create a tag",
        explanation: "The image name is not a valid reference.",
        hint: "Form: [registry[:port]/]name[:tag|@digest], the name in lower case.",
    },
    Rule {
        kind: Kind::RegistryTls,
        pattern: r"x509: (?P<cause>.+)|server gave HTTP response to HTTPS client|tls: (?P<cause2>.+)",
        explanation: "The registry's TLS certificate was refused, or it does not speak TLS.",
        hint: "Install the registry's CA on the engine's host (/etc/docker/certs.d/HOST/ca.crt), or list it under insecure-registries.",
    },
    Rule {
        kind: Kind::RegistryDns,
        pattern: r"lookup (?P<registry>\S+?)(?: on \S+)?: (?:no such host|server misbehaving|.*i/o timeout|Temporary failure in name resolution|.*connection refused|.*network is unreachable)",
        explanation: "The engine cannot resolve the registry's name {registry}.",
        hint: "Check the name and the DNS settings of the engine's host: the engine, not this program, talks to the registry.",
    },
    Rule {
        kind: Kind::RegistryTimeout,
        pattern: r"(?i)Client\.Timeout exceeded|request canceled while waiting for connection|dial tcp (?P<registry>\S+): i/o timeout|TLS handshake timeout|context deadline exceeded",
        explanation: "The registry did not answer in time.",
        hint: "Check the engine's network and proxy settings; try again.",
    },
    Rule {
        kind: Kind::RegistryUnreachable,
        pattern: r"dial tcp (?P<registry>\S+): connect: (?P<cause>[a-z ]+)|proxyconnect tcp: (?P<proxy>.+)",
        explanation: "The engine cannot reach the registry.",
        hint: "Check that it runs and the engine's network and proxy settings.",
    },
    Rule {
        kind: Kind::RegistryUnauthorized,
        pattern: r"(?i)unauthorized:? ?(?P<cause>.*)|incorrect username or password|no basic auth credentials|authentication required|insufficient_scope|access to the resource is denied|(?:login attempt to|status:) .*401",
        explanation: "The registry refused the credentials, or none were sent.",
        hint: "Log in again or pass auth_config; an access token may have expired.",
    },
    Rule {
        kind: Kind::NoSpace,
        pattern: r"(?i)no space left on device|disk quota exceeded",
        explanation: "The engine's disk is full.",
        hint: "Free space on the engine's host: prune images, containers, volumes and the build cache (df() shows what uses it).",
    },
];
