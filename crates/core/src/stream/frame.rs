//! The multiplexed stream of logs, attach and exec: 8 bytes of header, then the payload. No I/O.

use bytes::Bytes;

/// Which stream of the process a frame belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum FrameKind {
    /// Type 0: standard input, echoed.
    Stdin = 0,
    /// Type 1: standard output.
    Stdout = 1,
    /// Type 2: standard error.
    Stderr = 2,
}

/// A frame, or a piece of one that is larger than 256 KiB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Where it came from.
    pub kind: FrameKind,
    /// The payload; a slice of the slab it was read into.
    pub data: Bytes,
}
