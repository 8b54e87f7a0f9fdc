//! Writes an answer with its faults: in pieces, slowly, up to a gate, or only so far.

use crate::faults::CutHow;
use crate::play::Play;
use crate::reply::{Prepared, What};
use crate::socket::wait;
use socket2::Socket;
use std::io::{self, IoSlice, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Writes are counted in steps of this size, so that the counter is never far behind what the peer could read.
const STEP: usize = 128 * 1024;

/// Why an answer was not written to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The peer left, or the engine was stopped.
    Gone,
    /// The scenario says so.
    Cut(CutHow),
}

impl From<io::Error> for End {
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

/// A socket whose writes are counted.
pub(crate) struct Outlet<'a> {
    pub(crate) socket: &'a Socket,
    pub(crate) written: &'a AtomicU64,
}

impl Outlet<'_> {
    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut socket = self.socket;
        for step in bytes.chunks(STEP) {
            socket.write_all(step)?;
            self.written.fetch_add(step.len() as u64, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Two buffers in one system call, as far as the socket takes them.
    fn write_both(&self, first: &[u8], second: &[u8]) -> io::Result<()> {
        let mut socket = self.socket;
        let count = loop {
            match socket.write_vectored(&[
                IoSlice::new(first),
                IoSlice::new(&second[..second.len().min(STEP)]),
            ]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.written.fetch_add(count as u64, Ordering::Relaxed);
        if count < first.len() {
            self.write(&first[count..])?;
            return self.write(second);
        }
        self.write(&second[count - first.len()..])
    }
}

/// Writes one answer.
pub(crate) struct Sink<'a> {
    outlet: &'a Outlet<'a>,
    reply: &'a Prepared,
    play: &'a Play,
    /// Bytes of the answer that are out.
    position: u64,
    next_stop: usize,
    /// The head, until it goes out together with the first bytes of the body.
    held: &'a [u8],
    /// Whether a half-closed peer is still there (it is on an upgraded connection).
    upgraded: bool,
}

impl<'a> Sink<'a> {
    pub(crate) fn new(outlet: &'a Outlet<'a>, reply: &'a Prepared, play: &'a Play) -> Self {
        Self {
            outlet,
            reply,
            play,
            position: 0,
            next_stop: 0,
            held: &[],
            upgraded: reply.upgrade.is_some(),
        }
    }

    /// Writes head and body.
    pub(crate) fn answer(&mut self, with_body: bool) -> Result<(), End> {
        self.pause(self.reply.faults.delay_before_head_ms)?;
        let head: &'a [u8] = &self.reply.head;
        if with_body && self.is_plain() {
            self.held = head;
        } else {
            self.write(head)?;
        }
        if with_body {
            if self.reply.faults.delay_before_body_ms > 0 {
                self.pass_stops()?;
                self.pause(self.reply.faults.delay_before_body_ms)?;
            }
            let reply = self.reply;
            reply.body.visit(&mut |bytes| self.write(bytes))?;
        }
        let unsent = std::mem::take(&mut self.held);
        if !unsent.is_empty() {
            self.outlet.write(unsent)?;
        }
        self.pass_stops()
    }

    fn is_plain(&self) -> bool {
        let faults = &self.reply.faults;
        self.reply.stops.is_empty()
            && faults.split.is_none()
            && faults.drip.is_none()
            && faults.delay_before_body_ms == 0
    }

    fn write(&mut self, mut bytes: &[u8]) -> Result<(), End> {
        if self.is_plain() {
            let held = std::mem::take(&mut self.held);
            if held.is_empty() {
                self.outlet.write(bytes)?;
            } else {
                self.outlet.write_both(held, bytes)?;
            }
            return Ok(());
        }
        while !bytes.is_empty() {
            self.pass_stops()?;
            let room = usize::try_from(self.room()).unwrap_or(usize::MAX).max(1);
            let (now, later) = bytes.split_at(bytes.len().min(room));
            self.outlet.write(now)?;
            self.position += now.len() as u64;
            bytes = later;
            self.rest()?;
        }
        Ok(())
    }

    fn head_length(&self) -> u64 {
        self.reply.head.len() as u64
    }

    /// How many bytes may go out in one piece.
    fn room(&self) -> u64 {
        let stop = self
            .reply
            .stops
            .get(self.next_stop)
            .map_or(u64::MAX, |stop| stop.at - self.position);
        let split = self.next_split().map_or(u64::MAX, |at| at - self.position);
        stop.min(split).min(self.until_drip())
    }

    fn until_drip(&self) -> u64 {
        match self.reply.drip {
            Some(drip) if self.position >= self.head_length() => {
                let every = drip.bytes.max(1);
                every - (self.position - self.head_length()) % every
            }
            _ => u64::MAX,
        }
    }

    /// The offset of the next split after the position.
    fn next_split(&self) -> Option<u64> {
        let split = self.reply.faults.split.as_ref()?;
        let base = split.section.base(self.head_length());
        if self.position < base {
            return Some(base);
        }
        let every = split
            .every
            .map(|every| self.position + every.max(1) - (self.position - base) % every.max(1));
        let listed = split
            .at
            .iter()
            .map(|at| base + at)
            .filter(|at| *at > self.position)
            .min();
        every.into_iter().chain(listed).min()
    }

    /// Pauses after a piece that ended at a split or a drip.
    fn rest(&self) -> Result<(), End> {
        if let Some(split) = &self.reply.faults.split {
            let base = split.section.base(self.head_length());
            let since = self.position.checked_sub(base);
            let at_split = since.is_some_and(|since| {
                since == 0
                    || split.every.is_some_and(|every| since % every.max(1) == 0)
                    || split.at.contains(&since)
            });
            if at_split {
                std::thread::sleep(Duration::from_micros(split.pause_us.unwrap_or(50)));
            }
        }
        if let Some(drip) = self.reply.drip {
            let since = self.position.saturating_sub(self.head_length());
            if since > 0 && since.is_multiple_of(drip.bytes.max(1)) {
                self.pause(drip.ms)?;
            }
        }
        Ok(())
    }

    fn pass_stops(&mut self) -> Result<(), End> {
        while let Some(stop) = self
            .reply
            .stops
            .get(self.next_stop)
            .filter(|stop| stop.at <= self.position)
        {
            self.next_stop += 1;
            match &stop.what {
                What::Cut(how) => return Err(End::Cut(*how)),
                What::Gate(name) => {
                    let is_there =
                        || wait(self.outlet.socket, Some(Duration::ZERO), !self.upgraded);
                    if !self.play.pass_gate(name, &is_there) {
                        return Err(End::Gone);
                    }
                }
            }
        }
        Ok(())
    }

    fn pause(&self, ms: u64) -> Result<(), End> {
        if ms == 0
            || wait(
                self.outlet.socket,
                Some(Duration::from_millis(ms)),
                !self.upgraded,
            )
        {
            Ok(())
        } else {
            Err(End::Gone)
        }
    }
}
