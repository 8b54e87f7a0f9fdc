//! The decoders alone, and the same bytes through a socket: 80-byte log lines with one HTTP chunk per frame, JSON events.
#![expect(
    clippy::expect_used,
    reason = "a bench that cannot go on has nothing to measure"
)]

use std::hint::black_box;
use std::io::{Read, Write};
use std::os::unix::net::UnixListener;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dockline::stream::chunked::ChunkedDecoder;
use dockline::stream::decode::Decoder;
use dockline::stream::frame::FrameDecoder;
use dockline::stream::json_lines::ValueDecoder;
use dockline::stream::lines::LineDecoder;
use dockline::{Bytes, Endpoint, Engine, EngineConfig, Request, VersionMode};

const SLAB: usize = 256 * 1024;

fn repeated(item: &[u8]) -> (Bytes, u64) {
    let count = SLAB / item.len();
    (Bytes::from(item.repeat(count)), count as u64)
}

fn framed_line() -> Vec<u8> {
    let line = [b'x'; 79];
    [&[1, 0, 0, 0, 0, 0, 0, 80][..], &line, b"\n"].concat()
}

fn chunked_line() -> Vec<u8> {
    [b"58\r\n", &framed_line()[..], b"\r\n"].concat()
}

fn decoders(c: &mut Criterion) {
    let mut group = c.benchmark_group("decode");
    let (slab, count) = repeated(&chunked_line());
    group.throughput(Throughput::Elements(count));
    group.bench_function("frames, one chunk each", |b| {
        let (mut chunks, mut frames) = (ChunkedDecoder::default(), FrameDecoder::default());
        b.iter(|| {
            let (mut at, mut out) = (0, Vec::new());
            while let Some(input) = slab.get(at..).filter(|rest| !rest.is_empty()) {
                let step = chunks.step(input, usize::MAX).expect("chunks");
                let range = at + step.data.start..at + step.data.end;
                frames.push(&slab, range, &mut out).expect("frames");
                at += step.consumed;
            }
            black_box(out.len())
        });
    });
    let (slab, count) = repeated(&framed_line());
    group.throughput(Throughput::Elements(count));
    group.bench_function("frames", |b| {
        let mut frames = FrameDecoder::default();
        b.iter(|| {
            let mut out = Vec::new();
            frames.push(&slab, 0..slab.len(), &mut out).expect("frames");
            black_box(out.len())
        });
    });
    let (slab, count) = repeated(&framed_line()[8..]);
    group.throughput(Throughput::Elements(count));
    group.bench_function("lines", |b| {
        let mut lines = LineDecoder::default();
        b.iter(|| {
            let mut out = Vec::new();
            lines.push(&slab, 0..slab.len(), &mut out).expect("lines");
            black_box(out.len())
        });
    });
    let event = br#"{"status":"start","id":"0f2b","from":"busybox","Type":"container","Action":"start","Actor":{"ID":"0f2b","Attributes":{"image":"busybox","name":"quiet \"dock\""}},"scope":"local","time":1700000000,"timeNano":1700000000123456789}"#;
    let (slab, count) = repeated(&[&event[..], b"\n"].concat());
    group.throughput(Throughput::Elements(count));
    group.bench_function("JSON values", |b| {
        let mut values = ValueDecoder::default();
        b.iter(|| {
            let mut out = Vec::new();
            values.push(&slab, 0..slab.len(), &mut out).expect("values");
            black_box(out.len())
        });
    });
    group.finish();
}

/// Answers each connection with a head and `total` bytes of chunked frames.
fn serve(listener: UnixListener, block: Bytes, blocks: usize) {
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.expect("a connection");
            let mut head = [0; 4096];
            let _ = socket.read(&mut head);
            let _ = socket.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for _ in 0..blocks {
                if socket.write_all(&block).is_err() {
                    break;
                }
            }
            let _ = socket.write_all(b"0\r\n\r\n");
        }
    });
}

/// The blocking loop that is the limit: read, walk the chunks, count the frames.
fn raw_loop(path: &std::path::Path) -> u64 {
    let mut socket = std::os::unix::net::UnixStream::connect(path).expect("a connection");
    socket
        .write_all(b"GET /logs HTTP/1.1\r\nHost: x\r\n\r\n")
        .expect("sent");
    let mut buffer = vec![0; SLAB];
    let mut bytes = 0;
    loop {
        match socket.read(&mut buffer).expect("read") {
            0 => return bytes,
            read => {
                bytes += memchr::memchr_iter(b'\n', buffer.get(..read).unwrap_or_default()).count()
                    as u64;
            }
        }
    }
}

fn streams(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("engine.sock");
    let (block, count) = repeated(&chunked_line());
    let blocks = 64;
    serve(UnixListener::bind(&path).expect("bind"), block, blocks);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let mut config =
        EngineConfig::new(Endpoint::explicit(&path.display().to_string()).expect("an endpoint"));
    config.version = VersionMode::Unprefixed;
    let engine = Engine::new(config).expect("an engine");
    let mut group = c.benchmark_group("socket");
    group.sample_size(10);
    group.throughput(Throughput::Elements(count * blocks as u64));
    group.bench_function("frames, one chunk each", |b| {
        b.iter(|| {
            runtime.block_on(async {
                let mut stream = engine
                    .stream(Request::get("/logs"))
                    .await
                    .expect("a stream");
                let mut seen = 0;
                while let Some(frames) = stream.frames().await.expect("frames") {
                    seen += frames.len() as u64;
                }
                assert_eq!(seen, count * blocks as u64);
            });
        });
    });
    group.bench_function("the same, read by a blocking loop", |b| {
        b.iter(|| black_box(raw_loop(&path)));
    });
    group.finish();
}

criterion_group!(benches, decoders, streams);
criterion_main!(benches);
