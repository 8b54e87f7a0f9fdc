//! What can go wrong with an answer, as a scenario writes it.

use serde::Deserialize;

/// What goes wrong with an answer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Faults {
    /// Wait so long before the head.
    pub delay_before_head_ms: u64,
    /// Wait so long between head and body.
    pub delay_before_body_ms: u64,
    /// Wait after every so many bytes of the body.
    pub drip: Option<Drip>,
    /// Write in pieces.
    pub split: Option<Split>,
    /// Stop in the middle.
    pub cut: Option<Cut>,
    /// Wait in the middle until the test opens the gate.
    pub gate: Option<Gate>,
    /// What happens to the request's body.
    pub request_body: RequestBody,
    /// Close the connection after the answer without having said so.
    pub close_after: bool,
    /// Claim this `Content-Length`, whatever the body's is; the connection closes after the body.
    pub content_length: Option<u64>,
    /// Replace one chunk's size line.
    pub bad_chunk: Option<BadChunk>,
    /// Ignore `Expect: 100-continue`: wait for the body without a word.
    pub no_continue: bool,
}

/// Where an offset is counted from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// The first byte of the status line.
    Head,
    /// The first byte after the head, HTTP chunk framing included.
    #[default]
    Body,
}

impl Section {
    /// The offset in the answer that the section's offsets are counted from.
    pub(crate) fn base(self, head_length: u64) -> u64 {
        match self {
            Self::Head => 0,
            Self::Body => head_length,
        }
    }
}

/// A slow drip.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drip {
    /// So many bytes …
    pub bytes: u64,
    /// … then a pause of so many milliseconds.
    pub ms: u64,
}

/// Pieces, each its own write, with a short pause after it so that the peer reads them apart.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Split {
    /// Pieces of this size.
    pub every: Option<u64>,
    /// Or pieces ending at these offsets.
    pub at: Vec<u64>,
    /// Where offsets are counted from.
    #[serde(rename = "in")]
    pub section: Section,
    /// The pause after a piece; 50 when not told.
    pub pause_us: Option<u64>,
}

/// Where an answer stops.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cut {
    /// After so many bytes.
    pub after: u64,
    /// Counted from here.
    #[serde(default, rename = "in")]
    pub section: Section,
    /// How.
    #[serde(default)]
    pub how: CutHow,
}

/// The ways an answer stops.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CutHow {
    /// The connection is closed.
    #[default]
    Fin,
    /// The connection is reset.
    Reset,
    /// Nothing more is sent; the connection stays open until the peer leaves.
    Stall,
    /// The sending side is closed; the receiving side stays open until the peer leaves.
    HalfClose,
}

/// A gate the test opens (`POST /__fake/gate/NAME`).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// Its name.
    pub name: String,
    /// Where the answer waits.
    #[serde(default)]
    pub after: u64,
    /// Counted from here.
    #[serde(default, rename = "in")]
    pub section: Section,
}

/// What happens to a request's body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestBody {
    /// It is read, then the answer is sent.
    #[default]
    Read,
    /// The answer is sent first, then the body is read.
    Early,
    /// The answer is sent, the body never read, the connection closed.
    Ignore,
}

/// A chunk with a bogus size line.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BadChunk {
    /// Which chunk, from 0.
    #[serde(default)]
    pub at: u64,
    /// The size line's text.
    pub size: String,
}
