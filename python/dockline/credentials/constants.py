"""Names of credential helpers and limits on them."""

PROGRAM_PREFIX = "docker-credential-"
DEFAULT_LINUX_STORE = "secretservice"
DEFAULT_OSX_STORE = "osxkeychain"
DEFAULT_WIN32_STORE = "wincred"
#: Seconds a helper may take; one that asks the user needs some.
HELPER_TIMEOUT_SECONDS = 60.0
