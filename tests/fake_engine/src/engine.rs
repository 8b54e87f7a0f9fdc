//! A running fake engine: it accepts connections, one thread each, and stops without leaving any of them behind.

use crate::connection::{self, Close};
use crate::play::Play;
use crate::record::{Log, Record};
use crate::scenario::Scenario;
use crate::socket::Address;
use socket2::Socket;
use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io;
use std::net::Shutdown;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, Weak};
use std::thread::JoinHandle;

/// What every connection shares.
pub(crate) struct Shared {
    play: RwLock<Arc<Play>>,
    pub(crate) log: Log,
    /// Bytes written to peers (control answers excepted).
    pub(crate) written: AtomicU64,
    /// Bytes that arrived on upgraded connections.
    pub(crate) upgraded: AtomicU64,
    stopping: AtomicBool,
    peers: Mutex<Peers>,
    peer_left: Condvar,
}

#[derive(Default)]
struct Peers {
    next: u64,
    total: u64,
    open: HashMap<u64, Peer>,
}

struct Peer {
    socket: Weak<Socket>,
    control: bool,
}

/// Counters of a fake engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Connections {
    /// Connections that are open now.
    pub open: u64,
    /// Connections that were accepted since the engine started.
    pub total: u64,
    /// Bytes written to peers.
    pub written: u64,
    /// Bytes that arrived on upgraded connections.
    pub upgraded: u64,
}

impl Shared {
    pub(crate) fn play(&self) -> Arc<Play> {
        Arc::clone(&self.play.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn replace(&self, scenario: Scenario) -> Result<(), String> {
        let play = Arc::new(Play::new(scenario)?);
        *self.play.write().unwrap_or_else(PoisonError::into_inner) = play;
        Ok(())
    }

    /// From now on the connection counts as the test's own.
    pub(crate) fn is_control(&self, id: u64) {
        let mut peers = self.peers();
        let marked = peers
            .open
            .get_mut(&id)
            .is_some_and(|peer| !std::mem::replace(&mut peer.control, true));
        if marked {
            peers.total -= 1;
        }
        self.peer_left.notify_all();
    }

    pub(crate) fn connections(&self) -> Connections {
        let peers = self.peers();
        Connections {
            open: peers.open.values().filter(|peer| !peer.control).count() as u64,
            total: peers.total,
            written: self.written.load(Ordering::Relaxed),
            upgraded: self.upgraded.load(Ordering::Relaxed),
        }
    }

    /// Ends every connection but the test's own (and those, too, when the engine stops).
    pub(crate) fn drop_connections(&self, control_too: bool) {
        let sockets: Vec<_> = {
            let peers = self.peers();
            let chosen = peers
                .open
                .values()
                .filter(|peer| control_too || !peer.control);
            chosen.filter_map(|peer| peer.socket.upgrade()).collect()
        };
        for socket in sockets {
            drop(socket.shutdown(Shutdown::Both));
        }
    }

    fn peers(&self) -> MutexGuard<'_, Peers> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, socket: &Arc<Socket>) -> u64 {
        let mut peers = self.peers();
        let id = peers.next;
        peers.next += 1;
        peers.total += 1;
        peers.open.insert(
            id,
            Peer {
                socket: Arc::downgrade(socket),
                control: false,
            },
        );
        id
    }

    fn serve(&self, socket: Arc<Socket>, id: u64) {
        if connection::serve(self, &socket, id) == Close::Reset {
            connection::prepare_reset(&socket);
        }
        drop(socket);
        self.leave(id);
    }

    fn leave(&self, id: u64) {
        self.peers().open.remove(&id);
        self.peer_left.notify_all();
    }

    fn wait_until_left(&self) {
        let mut peers = self.peers();
        while !peers.open.is_empty() {
            peers = self
                .peer_left
                .wait(peers)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A fake engine in this process. Dropping it stops it.
pub struct FakeEngine {
    shared: Arc<Shared>,
    listener: Arc<Socket>,
    address: Address,
    accepting: Option<JoinHandle<()>>,
}

impl fmt::Debug for FakeEngine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("FakeEngine")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl FakeEngine {
    /// Starts an engine on a unix socket of its own in the folder for temporary files.
    ///
    /// # Errors
    /// The socket cannot be made, or the scenario is wrong.
    pub fn start(scenario: Scenario) -> io::Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!(
            "fake-engine-{}-{}.sock",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let path: PathBuf = std::env::temp_dir().join(name);
        Self::start_at(&Address::Unix(path), scenario)
    }

    /// Starts an engine on a TCP port of the loopback interface.
    ///
    /// # Errors
    /// The socket cannot be made, or the scenario is wrong.
    pub fn start_tcp(scenario: Scenario) -> io::Result<Self> {
        Self::start_at(&Address::Tcp(([127, 0, 0, 1], 0).into()), scenario)
    }

    /// Starts an engine at an address.
    ///
    /// # Errors
    /// The socket cannot be made, or the scenario is wrong.
    pub fn start_at(address: &Address, scenario: Scenario) -> io::Result<Self> {
        let play = Play::new(scenario).map_err(io::Error::other)?;
        let (listener, address) = address.listen()?;
        let shared = Arc::new(Shared {
            play: RwLock::new(Arc::new(play)),
            log: Log::default(),
            written: AtomicU64::new(0),
            upgraded: AtomicU64::new(0),
            stopping: AtomicBool::new(false),
            peers: Mutex::default(),
            peer_left: Condvar::new(),
        });
        let listener = Arc::new(listener);
        let accepting = std::thread::Builder::new()
            .name("fake-engine".to_owned())
            .spawn({
                let (shared, listener) = (Arc::clone(&shared), Arc::clone(&listener));
                move || accept(&shared, &listener)
            })?;
        Ok(Self {
            shared,
            listener,
            address,
            accepting: Some(accepting),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Where it listens, as `DOCKER_HOST` has it.
    #[must_use]
    pub fn url(&self) -> String {
        self.address.to_string()
    }

    /// Every request so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Record> {
        self.shared.log.all()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        self.shared.log.clear();
    }

    /// Appends every completed request to a file, as a JSON line.
    pub fn record_to(&self, file: File) {
        self.shared.log.write_to(file);
    }

    /// The counters.
    #[must_use]
    pub fn connections(&self) -> Connections {
        self.shared.connections()
    }

    /// Plays another scenario from the next request on.
    ///
    /// # Errors
    /// The scenario is wrong; the old one goes on.
    pub fn play(&self, scenario: Scenario) -> io::Result<()> {
        self.shared.replace(scenario).map_err(io::Error::other)
    }

    /// Lets answers pass that wait at this gate.
    pub fn open_gate(&self, name: &str) {
        self.shared.play().open_gate(name);
    }

    /// Closes every connection; the engine goes on listening.
    pub fn drop_connections(&self) {
        self.shared.drop_connections(false);
    }

    /// Stops: closes the listener and every connection, waits for their threads, removes the socket file.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        drop(self.listener.shutdown(Shutdown::Both));
        if let Some(accepting) = self.accepting.take() {
            drop(accepting.join());
        }
        self.shared.drop_connections(true);
        self.shared.wait_until_left();
        if let Address::Unix(path) = &self.address {
            drop(std::fs::remove_file(path));
        }
    }
}

impl Drop for FakeEngine {
    fn drop(&mut self) {
        self.end();
    }
}

fn accept(shared: &Arc<Shared>, listener: &Socket) {
    while !shared.stopping.load(Ordering::SeqCst) {
        match listener.accept() {
            Ok((socket, _)) => {
                drop(socket.set_tcp_nodelay(true)); // fails on a unix socket, where there is nothing to set
                let socket = Arc::new(socket);
                let id = shared.enter(&socket);
                let peer = std::thread::Builder::new().name("fake-engine-peer".to_owned());
                let serving = Arc::clone(shared);
                if peer
                    .stack_size(256 * 1024)
                    .spawn(move || serving.serve(socket, id))
                    .is_err()
                {
                    shared.leave(id); // out of threads: the peer sees its connection closed
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // Out of file descriptors: the backlog waits until a peer leaves.
            Err(_) => std::thread::sleep(std::time::Duration::from_millis(1)),
        }
    }
}
