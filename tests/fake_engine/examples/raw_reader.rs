//! The limit in `make bench`: a blocking loop over one socket that does what a client must and nothing else.
//!
//! `raw_reader SOCKET calls COUNT TARGET`: requests one after another. `raw_reader SOCKET logs TARGET`: decodes HTTP chunks and frames in
//! place. `raw_reader SOCKET read METHOD TARGET`: reads a body to its end. `raw_reader SOCKET put BYTES TARGET`: sends one.
//! It prints the same JSON line as the other programs of the bench.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a program of the benchmarks"
)]

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::Instant;

const SLAB: usize = 256 * 1024;
const PUT_PIECE: usize = 1024 * 1024;

/// Reads into a slab whose unread rest is kept.
struct Slab {
    socket: UnixStream,
    bytes: Vec<u8>,
    at: usize,
    end: usize,
}

impl Slab {
    fn new(socket: UnixStream) -> Self {
        let bytes = vec![0; SLAB * 2];
        Self {
            socket,
            bytes,
            at: 0,
            end: 0,
        }
    }

    /// What was not used yet, after one more read; empty at the end.
    fn more(&mut self) -> &[u8] {
        if self.at > 0 {
            self.bytes.copy_within(self.at..self.end, 0);
            self.end -= self.at;
            self.at = 0;
        }
        if self.end == self.bytes.len() {
            self.bytes.resize(self.end * 2, 0);
        }
        let count = self
            .socket
            .read(&mut self.bytes[self.end..])
            .expect("a readable socket");
        self.end += count;
        if count == 0 {
            &[]
        } else {
            &self.bytes[..self.end]
        }
    }

    /// Skips the head of an answer; its declared length.
    fn head(&mut self) -> Option<usize> {
        loop {
            let seen = &self.bytes[self.at..self.end];
            if let Some(end) = seen.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&seen[..end]).to_ascii_lowercase();
                self.at += end + 4;
                let length = head
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length:"));
                return length.map(|length| length.trim().parse().expect("a number"));
            }
            assert!(!self.more().is_empty(), "the engine closed the connection");
        }
    }
}

fn request(socket: &mut UnixStream, method: &str, target: &str, more: &str) {
    let head = format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n");
    socket
        .write_all(head.as_bytes())
        .expect("a writable socket");
}

fn calls(mut socket: UnixStream, count: u64, target: &str) -> u64 {
    let mut slab = Slab::new(socket.try_clone().expect("a second handle"));
    for _ in 0..count {
        request(&mut socket, "GET", target, "");
        let length = slab.head().unwrap_or(0);
        while slab.end - slab.at < length {
            assert!(!slab.more().is_empty(), "the engine closed the connection");
        }
        slab.at += length;
    }
    count
}

/// One size line of an HTTP chunk: its value and its length. `None` when it is not whole.
fn size_line(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'\n' => return Some((value, at + 1)),
            b'\r' => {}
            digit => value = value * 16 + char::from(*digit).to_digit(16)? as usize,
        }
    }
    None
}

/// Frames and payload bytes of a chunked body whose chunks are whole frames.
fn logs(mut socket: UnixStream, target: &str) -> (u64, u64) {
    request(&mut socket, "GET", target, "");
    let mut slab = Slab::new(socket);
    slab.head();
    let (mut frames, mut payload) = (0, 0);
    loop {
        let input = &slab.bytes[slab.at..slab.end];
        if let Some((size, line)) = size_line(input)
            && let Some(frame) = input.get(line..line + size + 2)
        {
            if size == 0 {
                return (frames, payload);
            }
            let length = u32::from_be_bytes([frame[4], frame[5], frame[6], frame[7]]);
            frames += 1;
            payload += u64::from(length);
            slab.at += line + size + 2;
        } else {
            assert!(!slab.more().is_empty(), "the engine closed the connection");
        }
    }
}

/// Every byte that comes, whatever it means.
fn read(mut socket: UnixStream, method: &str, target: &str) -> u64 {
    request(
        &mut socket,
        method,
        target,
        "Connection: close\r\nContent-Length: 0\r\n",
    );
    let (mut bytes, mut total) = (vec![0; SLAB], 0);
    loop {
        match socket.read(&mut bytes).expect("a readable socket") {
            0 => return total,
            count => total += count as u64,
        }
    }
}

fn put(mut socket: UnixStream, length: u64, target: &str) -> u64 {
    request(
        &mut socket,
        "PUT",
        target,
        &format!("Content-Length: {length}\r\n"),
    );
    let piece = vec![0; PUT_PIECE];
    let mut left = length;
    while left > 0 {
        let now = left.min(piece.len() as u64);
        socket
            .write_all(&piece[..usize::try_from(now).unwrap_or(PUT_PIECE)])
            .expect("a writable socket");
        left -= now;
    }
    Slab::new(socket).head();
    length
}

/// User and system time of this process in seconds.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds = stat
        .split(' ')
        .next()
        .and_then(|text| text.parse::<u64>().ok());
    std::time::Duration::from_nanos(nanoseconds.unwrap_or_default()).as_secs_f64()
}

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let socket = UnixStream::connect(words[1]).expect("a listening engine");
    let (begin, used) = (Instant::now(), cpu());
    let amount = match words[2..] {
        ["calls", count, target] => calls(socket, count.parse().expect("a count"), target),
        ["logs", target] => logs(socket, target).0,
        ["frames", target] => logs(socket, target).1,
        ["read", method, target] => read(socket, method, target),
        ["put", length, target] => put(socket, length.parse().expect("a length"), target),
        _ => return println!("raw_reader SOCKET calls|logs|frames|read|put …"),
    };
    let (wall, cpu) = (begin.elapsed().as_secs_f64(), cpu() - used);
    println!(
        "{{\"amount\":{amount},\"wall\":{wall},\"cpu\":{cpu},\"peak\":0,\"idle\":0,\"threads\":1}}"
    );
}
