//! The settings of the ssh client inside this process.

use std::time::Duration;

use bytes::Bytes;
use dockline::SshConfig;
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

use crate::questions::Questions;

/// What ssh2 takes as options, as far as the core knows it.
#[napi(object, object_to_js = false)]
pub struct SshOptions {
    /// The user, when the address names none.
    pub username: Option<String>,
    /// A private key.
    pub private_key: Option<Buffer>,
    /// Its passphrase.
    pub passphrase: Option<String>,
    /// The user's password.
    pub password: Option<String>,
    /// The socket of an agent.
    pub agent: Option<String>,
    /// Milliseconds until the user must be logged in.
    pub ready_timeout: Option<u32>,
    /// Milliseconds of silence after which the server is asked whether it is there.
    pub keepalive_interval: Option<u32>,
    /// How often it may leave that unanswered.
    pub keepalive_count_max: Option<u32>,
}

impl SshOptions {
    pub(crate) fn config(self, questions: Option<&Questions>) -> SshConfig {
        let milliseconds = |given: u32| Duration::from_millis(u64::from(given));
        let mut config = SshConfig::default();
        config.username = self.username;
        config.private_key = self.private_key.map(|key| Bytes::copy_from_slice(&key));
        config.passphrase = self.passphrase;
        config.password = self.password;
        config.agent = self.agent;
        config.ready_timeout = self.ready_timeout.map(milliseconds);
        config.keepalive_interval = self.keepalive_interval.map(milliseconds);
        config.keepalive_count = self
            .keepalive_count_max
            .and_then(|count| usize::try_from(count).ok());
        config.host_keys = questions.and_then(Questions::host_keys);
        config
    }
}
