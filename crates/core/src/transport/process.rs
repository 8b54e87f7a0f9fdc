//! The program that carries a connection, reached from outside the task that reads and writes it. Dropping it kills the
//! program and everything it started.

use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process_group};

/// A running program that leads a process group of its own, and its output.
#[derive(Debug)]
pub(crate) struct Process {
    group: Option<Pid>,
    output: OwnedFd,
}

impl Process {
    /// `id` is not waited for by anybody as long as this lives, so that the number stays the program's.
    pub(super) fn new(id: Option<u32>, output: OwnedFd) -> Self {
        let group = id
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw);
        Self { group, output }
    }

    /// Ends the program, and what it started (a jump host's ssh).
    pub(super) fn kill(&self) {
        if let Some(group) = self.group {
            // It may have ended by itself.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }

    /// Whether the output is still open, and nothing waits there.
    pub(super) fn is_quiet(&self) -> bool {
        let mut watched = [PollFd::new(&self.output, PollFlags::IN)];
        poll(&mut watched, Some(&Timespec::default())).is_ok_and(|ready| ready == 0)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
