//! ssh inside this process: `docker system dial-stdio` in a channel of an ssh connection.
//!
//! Calls share connections: their answers are read as fast as they come. A stream may be read as slowly as its reader likes, which
//! holds up everything else on its connection, so it has one alone. Connections are kept when their channels close, a few; one that
//! has ended is replaced at the next request.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use russh::Channel;
use russh::client::{self, Handle, Msg};
use russh::keys::PrivateKey;
use tokio::sync::{OnceCell, Semaphore};
use tokio_util::sync::CancellationToken;

use super::ssh_auth::{Login, private_key};
use super::ssh_channel::Dialed;
use super::ssh_host_key::{Client, Host, Known, Verdict};
use super::ssh_settings::SshConfig;
use super::{Address, Connection, Sharing, SocketControl, Sockets, ssh, tcp};
use crate::config::Endpoint;
use crate::error::{Error, ErrorKind};

const PORT: u16 = 22;
const READY_TIMEOUT: Duration = Duration::from_secs(20);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(15);
const KEEPALIVE_COUNT: usize = 3;

/// How many idle connections are kept.
const SPARE: usize = 2;

/// How many logins go on at the same time: servers drop those that come in crowds.
const LOGINS: usize = 4;

/// Makes connections with one configuration.
pub(crate) struct Dialer {
    settings: SshConfig,
    key: OnceCell<Option<Arc<PrivateKey>>>,
    sessions: Arc<Sessions>,
    /// One call opens a connection for all that wait; when it fails, it fails for them all.
    opening: tokio::sync::Mutex<Option<(Instant, Error)>>,
    logins: Semaphore,
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt(f)
    }
}

/// One ssh connection, logged in.
struct Session {
    handle: Handle<Client>,
    gone: CancellationToken,
    _hangup: Hangup,
}

/// Closes the socket when dropped.
struct Hangup(SocketControl);

impl Drop for Hangup {
    fn drop(&mut self) {
        self.0.shutdown();
    }
}

/// A connection and who uses it.
struct Entry {
    session: Arc<Session>,
    open: usize,
    /// How many channels the server allows; learned when it refuses one more.
    limit: usize,
    alone: bool,
}

#[derive(Default)]
struct Sessions {
    entries: Mutex<Vec<Entry>>,
}

impl Sessions {
    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The right to open a channel on a connection that has room.
    fn lease(self: &Arc<Self>, sharing: Sharing) -> Option<Lease> {
        let mut entries = self.entries();
        entries.retain(|entry| !entry.session.gone.is_cancelled());
        let fits = |entry: &&mut Entry| match sharing {
            Sharing::Calls => !entry.alone && entry.open < entry.limit,
            Sharing::Alone => entry.open == 0 && entry.limit > 0,
        };
        let entry = entries.iter_mut().find(fits)?;
        entry.open += 1;
        entry.alone = sharing == Sharing::Alone;
        Some(self.leased(&entry.session))
    }

    fn add(self: &Arc<Self>, session: Arc<Session>, sharing: Sharing) -> Lease {
        let lease = self.leased(&session);
        self.entries().push(Entry {
            session,
            open: 1,
            limit: usize::MAX,
            alone: sharing == Sharing::Alone,
        });
        lease
    }

    fn leased(self: &Arc<Self>, session: &Arc<Session>) -> Lease {
        Lease {
            session: Arc::clone(session),
            sessions: Arc::downgrade(self),
        }
    }
}

/// One channel's share of a connection, given back when dropped.
pub(super) struct Lease {
    session: Arc<Session>,
    sessions: Weak<Sessions>,
}

impl Lease {
    /// The server allows no further channel beside those that are open.
    fn is_full(&self) {
        if let Some(sessions) = self.sessions.upgrade() {
            let mut entries = sessions.entries();
            let own = |entry: &&mut Entry| Arc::ptr_eq(&entry.session, &self.session);
            if let Some(entry) = entries.iter_mut().find(own) {
                entry.limit = entry.open.saturating_sub(1);
            }
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(sessions) = self.sessions.upgrade() else {
            return;
        };
        let mut entries = sessions.entries();
        let own = |entry: &Entry| Arc::ptr_eq(&entry.session, &self.session);
        let Some(at) = entries.iter().position(own) else {
            return;
        };
        if let Some(entry) = entries.get_mut(at) {
            entry.open = entry.open.saturating_sub(1);
            entry.alone &= entry.open > 0;
        }
        let idle = entries.iter().filter(|entry| entry.open == 0).count();
        let spare = entries
            .get(at)
            .is_some_and(|entry| entry.open == 0 && idle > SPARE);
        if spare {
            entries.swap_remove(at);
        }
    }
}

impl Dialer {
    pub(crate) fn new(settings: SshConfig) -> Self {
        Self {
            settings,
            key: OnceCell::new(),
            sessions: Arc::default(),
            opening: tokio::sync::Mutex::default(),
            logins: Semaphore::new(LOGINS),
        }
    }

    /// Forgets every connection; those in use end with their last channel.
    pub(crate) fn close(&self) {
        self.sessions.entries().clear();
    }

    /// A byte stream to the engine.
    pub(crate) async fn connect(
        &self,
        endpoint: &Endpoint,
        sharing: Sharing,
    ) -> Result<Connection, Error> {
        if let Some(connection) = self.dial_open(endpoint, sharing).await? {
            return Ok(connection);
        }
        let arrived = Instant::now();
        let mut turn = match sharing {
            Sharing::Calls => Some(self.opening.lock().await),
            Sharing::Alone => None,
        };
        // Somebody else may have opened one in the meantime.
        if let Some(connection) = self.dial_open(endpoint, sharing).await? {
            return Ok(connection);
        }
        if let Some(Some((when, error))) = turn.as_deref()
            && *when > arrived
        {
            return Err(error.clone());
        }
        let opened = self.open(endpoint).await;
        if let Some(last) = turn.as_deref_mut() {
            *last = opened
                .as_ref()
                .err()
                .map(|error| (Instant::now(), error.clone()));
        }
        let session = opened?;
        let lease = self.sessions.add(session, sharing);
        dial(endpoint, lease).await?.ok_or_else(|| {
            let message = format!(
                "{}: the ssh server lets nobody run commands",
                endpoint.summary()
            );
            Error::new(ErrorKind::Ssh, message).with_hint("see the server's configuration")
        })
    }

    /// A byte stream through a connection that is open already and has room.
    async fn dial_open(
        &self,
        endpoint: &Endpoint,
        sharing: Sharing,
    ) -> Result<Option<Connection>, Error> {
        while let Some(lease) = self.sessions.lease(sharing) {
            if let Some(connection) = dial(endpoint, lease).await? {
                return Ok(Some(connection));
            }
        }
        Ok(None)
    }

    async fn open(&self, endpoint: &Endpoint) -> Result<Arc<Session>, Error> {
        let patience = self.settings.ready_timeout.unwrap_or(READY_TIMEOUT);
        let opening = async {
            // The semaphore is never closed.
            let _turn = self.logins.acquire().await;
            self.log_in(endpoint).await
        };
        let opened = if patience.is_zero() {
            opening.await
        } else {
            let late = |_| {
                let message = format!(
                    "{}: the ssh server did not let us in within {} s",
                    endpoint.summary(),
                    patience.as_secs_f64()
                );
                Err(Error::new(ErrorKind::SshUnreachable, message)
                    .with_hint("see whether an ssh server answers at that port; readyTimeout says how long to wait"))
            };
            tokio::time::timeout(patience, opening)
                .await
                .unwrap_or_else(late)
        };
        opened.map(Arc::new)
    }

    async fn log_in(&self, endpoint: &Endpoint) -> Result<Session, Error> {
        let Address::Ssh {
            user, host, port, ..
        } = &endpoint.address
        else {
            return Err(Error::new(ErrorKind::Ssh, "this is no address for ssh"));
        };
        let user = user
            .as_ref()
            .or(self.settings.username.as_ref())
            .ok_or_else(|| {
                let message = format!(
                    "{}: no user is given, and this ssh client reads no configuration",
                    endpoint.summary()
                );
                Error::new(ErrorKind::InvalidArgument, message).with_hint("give a username")
            })?;
        let key = self
            .key
            .get_or_try_init(|| unlocked(self.settings.clone()))
            .await?
            .clone();
        let host = Host {
            name: host.clone(),
            port: port.unwrap_or(PORT),
        };
        let socket = tcp::connect(endpoint, &host.name, host.port, &Sockets::Runtime)
            .await
            .map_err(|error| unreachable(endpoint, &error))?;
        let hangup = Hangup(socket.control());
        let gone = CancellationToken::new();
        let verdict = Verdict::default();
        let known = Known::read(&host).await?;
        let config = self.config(&known);
        let client = Client {
            known,
            judge: self.settings.host_keys.clone(),
            verdict: Arc::clone(&verdict),
            _gone: gone.clone().drop_guard(),
        };
        let greeted = client::connect_stream(Arc::new(config), socket, client).await;
        let mut handle = greeted.map_err(|error| no_handshake(endpoint, &error, &verdict))?;
        Login::new(&mut handle, user)
            .run(&self.settings, key)
            .await?;
        Ok(Session {
            handle,
            gone,
            _hangup: hangup,
        })
    }

    fn config(&self, known: &Known) -> client::Config {
        let settings = &self.settings;
        client::Config {
            preferred: known.preferred(),
            keepalive_interval: Some(settings.keepalive_interval.unwrap_or(KEEPALIVE_INTERVAL)),
            keepalive_max: settings.keepalive_count.unwrap_or(KEEPALIVE_COUNT),
            ..client::Config::default()
        }
    }
}

/// Unlocking a key is meant to be slow: it gets a thread of its own.
async fn unlocked(settings: SshConfig) -> Result<Option<Arc<PrivateKey>>, Error> {
    let unlocking = tokio::task::spawn_blocking(move || private_key(&settings));
    unlocking
        .await
        .map_err(|_| Error::new(ErrorKind::Ssh, "the privateKey for ssh could not be read"))?
}

/// Runs the command in a channel of its own; `None` when the server allows no further channel, or the connection has ended.
async fn dial(endpoint: &Endpoint, lease: Lease) -> Result<Option<Connection>, Error> {
    let session = Arc::clone(&lease.session);
    let channel: Channel<Msg> = match session.handle.channel_open_session().await {
        Ok(channel) => channel,
        Err(russh::Error::ChannelOpenFailure(_)) => {
            lease.is_full();
            return Ok(None);
        }
        Err(_) => {
            session.gone.cancel();
            return Ok(None);
        }
    };
    if channel
        .exec(true, ssh::dial_stdio(&endpoint.address))
        .await
        .is_err()
    {
        session.gone.cancel();
        return Ok(None);
    }
    let (dialed, channel) = Dialed::new(channel.split(), session.gone.clone(), lease);
    let control = SocketControl::Ssh(Arc::downgrade(&channel));
    Ok(Some(Connection::Other(Box::new(dialed), control)))
}

fn unreachable(endpoint: &Endpoint, error: &Error) -> Error {
    let kind = match error.kind() {
        ErrorKind::NameResolution => ErrorKind::NameResolution,
        _ => ErrorKind::SshUnreachable,
    };
    let message = format!("the ssh server cannot be reached: {}", error.message());
    Error::new(kind, message)
        .with_hint("check the host, the port and the network; hosts of ~/.ssh/config are known to the ssh program only")
        .with_os_code(error.os_code())
        .with_endpoint(endpoint)
}

fn no_handshake(endpoint: &Endpoint, error: &russh::Error, verdict: &Verdict) -> Error {
    let judged = verdict
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    if let Some(refused) = judged {
        return refused;
    }
    let (kind, cause, hint) = match error {
        russh::Error::NoCommonAlgo { .. } => (
            ErrorKind::Ssh,
            format!("the ssh server and this client have no method in common: {error}"),
            "update the server, or leave out sshOptions so that the ssh program is used",
        ),
        russh::Error::Version => (
            ErrorKind::SshUnreachable,
            "what answers there is not an ssh server".to_owned(),
            "check the port",
        ),
        _ => (
            ErrorKind::SshUnreachable,
            format!("the ssh server ended the connection before the login: {error}"),
            "see the server's log, and what listens at that port",
        ),
    };
    Error::new(kind, format!("{}: {cause}", endpoint.summary())).with_hint(hint)
}
