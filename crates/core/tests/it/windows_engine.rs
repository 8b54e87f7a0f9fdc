//! An engine on a named pipe, or on TCP: what it does to a request is in the name of the container that the request is about.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::windows::named_pipe::{NamedPipeServer, PipeMode, ServerOptions};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};

/// What `archive` sends.
pub(crate) const DOWN: usize = 8 << 20;

/// The byte at an offset of a long body.
pub(crate) fn pattern(at: usize) -> u8 {
    u8::try_from(at % 251).expect("below 251")
}

/// A running engine. Dropping it closes where it listens and every connection.
pub(crate) struct TestEngine {
    url: String,
    open: Arc<AtomicUsize>,
    accepting: JoinHandle<()>,
}

impl TestEngine {
    /// One on a pipe of messages.
    pub(crate) fn start() -> Self {
        Self::with(PipeMode::Message, 64)
    }

    /// One on each transport.
    pub(crate) async fn both() -> [Self; 2] {
        [Self::start(), Self::tcp().await]
    }

    /// At most so many connections at a time; further ones find the pipe busy.
    pub(crate) fn with(mode: PipeMode, connections: usize) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("dockline-{}-{count}", std::process::id());
        let path = format!(r"\\.\pipe\{name}");
        let open = Arc::new(AtomicUsize::new(0));
        let first = create(&path, mode).expect("a pipe");
        let accepting = tokio::spawn(accept(path, mode, connections, first, Arc::clone(&open)));
        Self {
            url: format!("npipe:////./pipe/{name}"),
            open,
            accepting,
        }
    }

    async fn tcp() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let open = Arc::new(AtomicUsize::new(0));
        let accepting = tokio::spawn(accept_tcp(listener, Arc::clone(&open)));
        Self {
            url: format!("tcp://{address}"),
            open,
            accepting,
        }
    }

    /// As `DOCKER_HOST` has it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// How many connections are open.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }
}

impl Drop for TestEngine {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// What the transports do each in its own way.
trait Wire: AsyncRead + AsyncWrite + Send + Unpin {
    /// Ends the connection so that what was sent and not read is lost.
    fn reset(&self) -> io::Result<()>;

    /// Ends the sending direction.
    fn half_close(&mut self) -> impl Future<Output = io::Result<()>> + Send;
}

impl Wire for NamedPipeServer {
    fn reset(&self) -> io::Result<()> {
        self.disconnect()
    }

    /// A message without bytes.
    async fn half_close(&mut self) -> io::Result<()> {
        self.write(&[]).await.map(drop)
    }
}

impl Wire for TcpStream {
    fn reset(&self) -> io::Result<()> {
        self.set_zero_linger()
    }

    async fn half_close(&mut self) -> io::Result<()> {
        self.shutdown().await
    }
}

/// Counts a connection as long as it lives.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn create(path: &str, mode: PipeMode) -> io::Result<NamedPipeServer> {
    ServerOptions::new().pipe_mode(mode).create(path)
}

async fn accept(
    path: String,
    mode: PipeMode,
    connections: usize,
    first: NamedPipeServer,
    open: Arc<AtomicUsize>,
) {
    let room = Arc::new(Semaphore::new(connections));
    let mut peers = JoinSet::new();
    let mut waiting = Some(first);
    for id in 0.. {
        let permit = Arc::clone(&room)
            .acquire_owned()
            .await
            .expect("never closed");
        let pipe = match waiting.take() {
            Some(pipe) => pipe,
            None => create(&path, mode).expect("another instance"),
        };
        // A client that has left already is no connection.
        if pipe.connect().await.is_err() {
            continue;
        }
        // There is always an instance, unless there is no room: busy is not absent.
        if room.available_permits() > 0 {
            waiting = Some(create(&path, mode).expect("another instance"));
        }
        open.fetch_add(1, Ordering::SeqCst);
        let counted = Counted(Arc::clone(&open));
        peers.spawn(async move {
            let _ = Peer::new(pipe, id).serve().await;
            drop((counted, permit));
        });
    }
}

async fn accept_tcp(listener: TcpListener, open: Arc<AtomicUsize>) {
    let mut peers = JoinSet::new();
    for id in 0.. {
        let (socket, _) = listener.accept().await.expect("a connection");
        open.fetch_add(1, Ordering::SeqCst);
        let counted = Counted(Arc::clone(&open));
        peers.spawn(async move {
            let _ = Peer::new(socket, id).serve().await;
            drop(counted);
        });
    }
}

/// What follows an answer.
enum Next {
    Request,
    Close,
}

struct Peer<W> {
    wire: W,
    id: usize,
    buffer: Vec<u8>,
}

struct Head {
    method: String,
    path: String,
    length: usize,
    is_chunked: bool,
}

impl<W: Wire> Peer<W> {
    fn new(wire: W, id: usize) -> Self {
        Self {
            wire,
            id,
            buffer: Vec::new(),
        }
    }

    async fn serve(mut self) -> io::Result<()> {
        while let Some(head) = self.head().await? {
            if matches!(self.answer(&head).await?, Next::Close) {
                break;
            }
        }
        Ok(())
    }

    /// Reads on; false at the end.
    async fn fill(&mut self) -> io::Result<bool> {
        self.buffer.reserve(64 * 1024);
        Ok(self.wire.read_buf(&mut self.buffer).await? > 0)
    }

    async fn head(&mut self) -> io::Result<Option<Head>> {
        let end = loop {
            if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if !self.fill().await? {
                return Ok(None);
            }
        };
        let text = String::from_utf8_lossy(&self.buffer[..end]).to_ascii_lowercase();
        let mut words = text.split(' ');
        let method = words.next().unwrap_or_default().to_owned();
        let target = words.next().unwrap_or_default();
        let path = target.split('?').next().unwrap_or_default().to_owned();
        let header = |name: &str| {
            let mut lines = text.lines();
            lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(str::trim))
        };
        let head = Head {
            method,
            path,
            length: header("content-length").map_or(0, |text| text.parse().expect("a length")),
            is_chunked: header("transfer-encoding").is_some(),
        };
        self.buffer.drain(..end);
        Ok(Some(head))
    }

    /// How many bytes the body has, if they are the pattern.
    async fn body(&mut self, head: &Head) -> io::Result<usize> {
        let mut whole = self.buffer.split_off(0);
        if head.is_chunked {
            while !whole.ends_with(b"0\r\n\r\n") && self.fill().await? {
                whole.append(&mut self.buffer);
            }
            whole = unchunked(&whole);
        } else {
            while whole.len() < head.length && self.fill().await? {
                whole.append(&mut self.buffer);
            }
        }
        let right = whole
            .iter()
            .enumerate()
            .all(|(at, byte)| *byte == pattern(at));
        Ok(if right { whole.len() } else { 0 })
    }

    async fn answer(&mut self, head: &Head) -> io::Result<Next> {
        let received = self.body(head).await?;
        let parts: Vec<&str> = head.path.trim_start_matches('/').split('/').collect();
        match (head.method.as_str(), &parts[..]) {
            (_, ["_ping"]) => self.text("OK", "Api-Version: 1.51\r\n").await,
            (_, ["info"]) => {
                self.json(&format!("{{\"Name\": \"pipe\", \"NCPU\": {}}}", self.id))
                    .await
            }
            (_, ["containers", "wedge", _]) => self.until_left().await,
            (_, ["containers", "vanish", _]) => Ok(Next::Close),
            (_, ["containers", "disconnect", _]) => {
                self.wire.reset()?;
                Ok(Next::Close)
            }
            (_, ["containers", "cut", _]) => {
                let cut = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"Id\": \"cut";
                self.wire.write_all(cut.as_bytes()).await?;
                Ok(Next::Close)
            }
            (_, ["containers", "once", _]) => {
                self.text("once", "Connection: close\r\n").await?;
                Ok(Next::Close)
            }
            ("get", ["containers", _, "logs"]) => self.logs().await,
            ("get", ["containers", _, "archive"]) => self.archive().await,
            ("put", ["containers", _, "archive"]) => {
                self.json(&format!("{{\"received\": {received}}}")).await
            }
            ("post", ["containers", name, "attach"]) => self.attach(name).await,
            _ => {
                let body = "{\"message\": \"No such container: none\"}";
                let head = format!(
                    "HTTP/1.1 404 Not Found\r\nContent-Length: {}\r\n\r\n",
                    body.len()
                );
                self.wire.write_all((head + body).as_bytes()).await?;
                Ok(Next::Request)
            }
        }
    }

    async fn json(&mut self, body: &str) -> io::Result<Next> {
        self.text(body, "Content-Type: application/json\r\n").await
    }

    async fn text(&mut self, body: &str, headers: &str) -> io::Result<Next> {
        let head = format!(
            "HTTP/1.1 200 OK\r\n{headers}Content-Length: {}\r\n\r\n",
            body.len()
        );
        self.wire.write_all((head + body).as_bytes()).await?;
        Ok(Next::Request)
    }

    /// Waits for the end of what the client sends, and throws it away.
    async fn until_left(&mut self) -> io::Result<Next> {
        while self.fill().await? {
            self.buffer.clear();
        }
        Ok(Next::Close)
    }

    /// One frame, and then nothing until the client leaves.
    async fn logs(&mut self) -> io::Result<Next> {
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let frame = b"c\r\n\x01\x00\x00\x00\x00\x00\x00\x04one\n\r\n";
        self.wire.write_all(&[&head[..], frame].concat()).await?;
        self.until_left().await
    }

    async fn archive(&mut self) -> io::Result<Next> {
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        self.wire.write_all(head).await?;
        let whole: Vec<u8> = (0..DOWN).map(pattern).collect();
        for piece in whole.chunks(100_000) {
            let chunk = [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
            self.wire.write_all(&chunk).await?;
        }
        self.wire.write_all(b"0\r\n\r\n").await?;
        Ok(Next::Request)
    }

    /// Greets and echoes; `first` ends its own direction before it listens.
    async fn attach(&mut self, name: &str) -> io::Result<Next> {
        let head = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello ";
        self.wire.write_all(head.as_bytes()).await?;
        if name == "first" {
            self.wire.half_close().await?;
            return self.until_left().await;
        }
        while self.fill().await? {
            self.wire.write_all(&self.buffer).await?;
            self.buffer.clear();
        }
        self.wire.write_all(b"bye").await?;
        Ok(Next::Close)
    }
}

fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = bytes.iter().position(|byte| *byte == b'\r') {
        let text = std::str::from_utf8(&bytes[..end]).expect("a size");
        let size = usize::from_str_radix(text, 16).expect("a size");
        if size == 0 {
            break;
        }
        whole.extend_from_slice(&bytes[end + 2..end + 2 + size]);
        bytes = &bytes[end + 2 + size + 2..];
    }
    whole
}
