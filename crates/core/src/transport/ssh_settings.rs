//! What the ssh client inside this process is given. Secrets are never shown.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

/// What `HostKeys::verify` comes to.
pub type Verified = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// Who decides whether a server's key is the right one.
pub trait HostKeys: Send + Sync {
    /// Whether the key is right; it is in ssh's own format, as in `known_hosts` before base64. A refusal has a reason, which may be
    /// empty.
    fn verify(&self, key: Vec<u8>) -> Verified;
}

/// Settings of the ssh client inside this process: it reads no configuration file, and offers what is given here and nothing else.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct SshConfig {
    /// The user, unless the address names one.
    pub username: Option<String>,
    /// A private key: OpenSSH's format, PEM or `PuTTY`'s.
    pub private_key: Option<Bytes>,
    /// The key's passphrase.
    pub passphrase: Option<String>,
    /// The user's password; also the answer to the one question of a server that asks instead.
    pub password: Option<String>,
    /// The socket of an ssh agent.
    pub agent: Option<String>,
    /// Who checks the server's key; `known_hosts` unless given.
    pub host_keys: Option<Arc<dyn HostKeys>>,
    /// How long the server may take until the user is logged in: 20 s unless given, for ever when zero.
    pub ready_timeout: Option<Duration>,
    /// After how long a silent server is asked whether it is there: 15 s unless given.
    pub keepalive_interval: Option<Duration>,
    /// How often it may leave that unanswered: 3 times unless given.
    pub keepalive_count: Option<usize>,
}

impl fmt::Debug for SshConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = |there: bool| if there { "given" } else { "none" };
        f.debug_struct("SshConfig")
            .field("username", &self.username)
            .field("private_key", &given(self.private_key.is_some()))
            .field("password", &given(self.password.is_some()))
            .field("agent", &self.agent)
            .finish_non_exhaustive()
    }
}
