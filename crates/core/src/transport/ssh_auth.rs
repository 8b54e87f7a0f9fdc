//! Logging in: password, key, agent, in the order of the ssh clients of Node. What was tried is in the error, what it was is not.

use std::sync::Arc;

use russh::client::{AuthResult, Handle, KeyboardInteractiveAuthResponse as Answer};
use russh::keys::agent::AgentIdentity;
use russh::keys::agent::client::{AgentClient, AgentStream};
use russh::keys::{Algorithm, HashAlg, PrivateKey, PrivateKeyWithHashAlg, decode_secret_key};
use russh::{MethodKind, MethodSet};

use super::ssh_host_key::Client;
use super::ssh_settings::SshConfig;
use crate::error::{Error, ErrorKind};

type Agent = AgentClient<Box<dyn AgentStream + Send + Unpin>>;

/// The private key, once it is unlocked.
pub(super) fn private_key(settings: &SshConfig) -> Result<Option<Arc<PrivateKey>>, Error> {
    let Some(given) = &settings.private_key else {
        return Ok(None);
    };
    let text = String::from_utf8_lossy(given);
    let passphrase = settings.passphrase.as_deref();
    let read = decode_secret_key(&text, passphrase);
    let key = read.map_err(|error| unusable(&error, passphrase.is_some()))?;
    if key.is_encrypted() {
        return Err(unusable(
            &russh::keys::Error::KeyIsEncrypted,
            passphrase.is_some(),
        ));
    }
    Ok(Some(Arc::new(key)))
}

fn unusable(error: &russh::keys::Error, unlocked: bool) -> Error {
    let (message, hint) = match (error, unlocked) {
        (russh::keys::Error::KeyIsEncrypted, false) => (
            "the privateKey for ssh is locked, and no passphrase was given".to_owned(),
            "give its passphrase",
        ),
        (_, true) => (
            "the privateKey for ssh cannot be read: its passphrase does not fit, or it is damaged"
                .to_owned(),
            "check the passphrase and the key",
        ),
        (error, false) => (
            format!("the privateKey for ssh cannot be read: {error}"),
            "give the key itself (not its path): OpenSSH's format, PEM or PuTTY's",
        ),
    };
    Error::new(ErrorKind::SshAuthentication, message).with_hint(hint)
}

/// One login.
pub(super) struct Login<'a> {
    handle: &'a mut Handle<Client>,
    user: &'a str,
    /// What the server takes.
    takes: MethodSet,
    tried: Vec<String>,
}

/// What one attempt came to.
type Attempt = Result<bool, russh::Error>;

impl<'a> Login<'a> {
    pub(super) fn new(handle: &'a mut Handle<Client>, user: &'a str) -> Self {
        Self {
            handle,
            user,
            takes: MethodSet::client_supported(),
            tried: Vec::new(),
        }
    }

    /// Tries what there is until the server is content.
    pub(super) async fn run(
        &mut self,
        settings: &SshConfig,
        key: Option<Arc<PrivateKey>>,
    ) -> Result<(), Error> {
        let done = self.attempts(settings, key).await;
        match done {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.refused()),
            Err(Failed::Agent(error)) => Err(error),
            Err(Failed::Server(error)) => {
                let message =
                    format!("the ssh server ended the connection during the login: {error}");
                Err(Error::new(ErrorKind::SshUnreachable, message)
                    .with_hint("see the server's log"))
            }
        }
    }

    async fn attempts(
        &mut self,
        settings: &SshConfig,
        key: Option<Arc<PrivateKey>>,
    ) -> Result<bool, Failed> {
        // Nothing is offered; the server says what it takes, and some need no more.
        let answer = self.handle.authenticate_none(self.user).await?;
        if self.note(answer) {
            return Ok(true);
        }
        if let Some(password) = &settings.password
            && self.password(password).await?
        {
            return Ok(true);
        }
        if let Some(key) = key
            && self.takes(MethodKind::PublicKey)
            && self.key(key).await?
        {
            return Ok(true);
        }
        match &settings.agent {
            Some(path) if self.takes(MethodKind::PublicKey) => self.agent(path).await,
            _ => Ok(false),
        }
    }

    fn takes(&self, method: MethodKind) -> bool {
        self.takes.contains(&method)
    }

    /// Whether the login is complete.
    fn note(&mut self, answer: AuthResult) -> bool {
        match answer {
            AuthResult::Success => true,
            AuthResult::Failure {
                remaining_methods, ..
            } => {
                self.takes = remaining_methods;
                false
            }
        }
    }

    async fn password(&mut self, password: &str) -> Attempt {
        if self.takes(MethodKind::Password) {
            self.tried.push("the password".to_owned());
            let answer = self
                .handle
                .authenticate_password(self.user, password)
                .await?;
            return Ok(self.note(answer));
        }
        if !self.takes(MethodKind::KeyboardInteractive) {
            return Ok(false);
        }
        self.tried.push("the password".to_owned());
        let start = self
            .handle
            .authenticate_keyboard_interactive_start(self.user, None);
        let mut answer = start.await?;
        loop {
            let answers = match answer {
                Answer::Success => return Ok(true),
                Answer::Failure {
                    remaining_methods, ..
                } => {
                    self.takes = remaining_methods;
                    return Ok(false);
                }
                // More than one question is about more than a password.
                Answer::InfoRequest { prompts, .. } if prompts.len() > 1 => return Ok(false),
                Answer::InfoRequest { prompts, .. } => vec![password.to_owned(); prompts.len()],
            };
            let respond = self
                .handle
                .authenticate_keyboard_interactive_respond(answers);
            answer = respond.await?;
        }
    }

    async fn key(&mut self, key: Arc<PrivateKey>) -> Attempt {
        self.tried.push(format!("a key ({})", key.algorithm()));
        let hash = self.hash(&key.algorithm()).await?;
        let key = PrivateKeyWithHashAlg::new(key, hash);
        let answer = self.handle.authenticate_publickey(self.user, key).await?;
        Ok(self.note(answer))
    }

    /// How signatures are made, where a kind of key knows several ways.
    async fn hash(&self, kind: &Algorithm) -> Result<Option<HashAlg>, russh::Error> {
        if !matches!(kind, Algorithm::Rsa { .. }) {
            return Ok(None);
        }
        let best = self.handle.best_supported_rsa_hash().await?;
        Ok(best.unwrap_or(Some(HashAlg::Sha512)))
    }

    async fn agent(&mut self, path: &str) -> Result<bool, Failed> {
        let unusable = |error: russh::keys::Error| {
            let message = format!("the ssh agent at {path} does not answer: {error}");
            Failed::Agent(
                Error::new(ErrorKind::SshAuthentication, message)
                    .with_hint("start the agent (ssh-agent), and name its socket"),
            )
        };
        let mut agent = open_agent(path).await.map_err(unusable)?;
        let identities = agent.request_identities().await.map_err(unusable)?;
        self.tried.push(match identities.len() {
            0 => "the agent, which holds no key".to_owned(),
            1 => "the one key of the agent".to_owned(),
            many => format!("the {many} keys of the agent"),
        });
        for identity in identities {
            let AgentIdentity::PublicKey { key, .. } = identity else {
                continue;
            };
            let hash = self.hash(&key.algorithm()).await?;
            let signed = self
                .handle
                .authenticate_publickey_with(self.user, key, hash, &mut agent)
                .await;
            // An agent that will not sign with one key may with another.
            if let Ok(answer) = signed
                && self.note(answer)
            {
                return Ok(true);
            }
            if !self.takes(MethodKind::PublicKey) {
                break;
            }
        }
        Ok(false)
    }

    fn refused(&self) -> Error {
        let user = self.user;
        let takes: Vec<String> = self.takes.iter().map(String::from).collect();
        let takes = if takes.is_empty() {
            String::new()
        } else {
            format!("; it takes {}", takes.join(", "))
        };
        let (message, hint) = if self.tried.is_empty() {
            let message =
                format!("the ssh server did not let {user} in: nothing it takes was given{takes}");
            (
                message,
                "give a privateKey, a password or an agent that fits",
            )
        } else {
            let tried = self.tried.join(", then ");
            let message = format!("the ssh server refused {user}: {tried} did not fit{takes}");
            (
                message,
                "check the user, and that the server knows the key (authorized_keys) or takes passwords",
            )
        };
        Error::new(ErrorKind::SshAuthentication, message).with_hint(hint)
    }
}

/// Why there was no answer to an attempt.
enum Failed {
    Server(russh::Error),
    Agent(Error),
}

impl From<russh::Error> for Failed {
    fn from(error: russh::Error) -> Self {
        Self::Server(error)
    }
}

#[cfg(unix)]
async fn open_agent(path: &str) -> Result<Agent, russh::keys::Error> {
    Ok(AgentClient::connect_uds(path).await?.dynamic())
}

#[cfg(windows)]
async fn open_agent(path: &str) -> Result<Agent, russh::keys::Error> {
    if path == "pageant" {
        return Ok(AgentClient::connect_pageant().await?.dynamic());
    }
    Ok(AgentClient::connect_named_pipe(path).await?.dynamic())
}
