//! A body as it goes over the wire: framing applied, repeats folded into blocks large enough to write at full speed.

use crate::body::Body;
use std::sync::Arc;

/// Repeats are unrolled into blocks of about this size, so that a write costs little and a counter of written bytes is
/// never far behind.
const BLOCK: usize = 128 * 1024;

/// Prebuilt bytes, visited in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wire {
    runs: Vec<Run>,
    /// Cut the body into HTTP chunks of this size while writing.
    rechunk: Option<usize>,
}

#[derive(Debug, Clone)]
enum Run {
    Block { bytes: Arc<[u8]>, times: u64 },
    Loop { runs: Vec<Run>, times: u64 },
}

/// How bodies become bytes on the wire.
#[derive(Debug, Clone, Default)]
pub(crate) enum Encoding {
    /// As they are.
    #[default]
    Plain,
    /// One HTTP chunk per element; the n-th chunk's size line may be replaced.
    PerElement { bad: Option<(u64, String)> },
    /// HTTP chunks of a fixed size, whatever the elements are.
    Fixed(usize),
}

impl Wire {
    pub(crate) fn new(body: &Body, encoding: &Encoding) -> Self {
        let mut builder = Builder {
            encoding,
            leaf: 0,
            pending: Vec::new(),
            runs: Vec::new(),
        };
        builder.add(body);
        if matches!(encoding, Encoding::PerElement { .. }) {
            builder.pending.extend_from_slice(b"0\r\n\r\n");
        }
        let rechunk = match encoding {
            Encoding::Fixed(size) => Some((*size).max(1)),
            _ => None,
        };
        Self {
            runs: builder.finish(),
            rechunk,
        }
    }

    /// Hands over every piece in order until the visitor fails.
    pub(crate) fn visit<E>(&self, emit: &mut dyn FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let Some(size) = self.rechunk else {
            return visit(&self.runs, emit);
        };
        let mut chunks = Rechunker {
            size,
            current: Vec::new(),
            out: Vec::new(),
        };
        visit(&self.runs, &mut |bytes| chunks.push(bytes, emit))?;
        chunks.finish(emit)
    }
}

fn visit<E>(runs: &[Run], emit: &mut dyn FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
    for run in runs {
        match run {
            Run::Block { bytes, times } => (0..*times).try_for_each(|_| emit(bytes))?,
            Run::Loop { runs, times } => (0..*times).try_for_each(|_| visit(runs, emit))?,
        }
    }
    Ok(())
}

struct Builder<'a> {
    encoding: &'a Encoding,
    leaf: u64,
    pending: Vec<u8>,
    runs: Vec<Run>,
}

impl Builder<'_> {
    fn add(&mut self, body: &Body) {
        match body {
            Body::Leaf(bytes) => self.leaf(bytes),
            Body::Many(parts) => parts.iter().for_each(|part| self.add(part)),
            Body::Repeat { of, count } => self.repeat(of, *count),
        }
    }

    fn leaf(&mut self, bytes: &[u8]) {
        let Encoding::PerElement { bad } = self.encoding else {
            self.pending.extend_from_slice(bytes);
            return;
        };
        if bytes.is_empty() {
            return; // an empty HTTP chunk would end the body
        }
        match bad {
            Some((at, size)) if *at == self.leaf => self.pending.extend_from_slice(size.as_bytes()),
            _ => self
                .pending
                .extend_from_slice(format!("{:x}", bytes.len()).as_bytes()),
        }
        self.leaf += 1;
        self.pending.extend_from_slice(b"\r\n");
        self.pending.extend_from_slice(bytes);
        self.pending.extend_from_slice(b"\r\n");
    }

    fn repeat(&mut self, of: &Body, count: u64) {
        let mut inner = Builder {
            encoding: self.encoding,
            leaf: self.leaf,
            pending: Vec::new(),
            runs: Vec::new(),
        };
        inner.add(of);
        self.leaf = inner.leaf;
        if !inner.runs.is_empty() {
            let runs = inner.finish();
            self.flush();
            self.runs.push(Run::Loop { runs, times: count });
            return;
        }
        let one = inner.pending;
        let fold = (BLOCK / one.len().max(1)).max(1);
        let (full, rest) = (
            count / fold as u64,
            usize::try_from(count % fold as u64).unwrap_or(0),
        );
        if full > 0 && !one.is_empty() {
            self.flush();
            self.runs.push(Run::Block {
                bytes: one.repeat(fold).into(),
                times: full,
            });
        }
        self.pending.extend_from_slice(&one.repeat(rest));
    }

    fn flush(&mut self) {
        if !self.pending.is_empty() {
            self.runs.push(Run::Block {
                bytes: std::mem::take(&mut self.pending).into(),
                times: 1,
            });
        }
    }

    fn finish(mut self) -> Vec<Run> {
        self.flush();
        self.runs
    }
}

/// Collects bytes into HTTP chunks of one size, and chunks into large writes.
struct Rechunker {
    size: usize,
    current: Vec<u8>,
    out: Vec<u8>,
}

impl Rechunker {
    fn push<E>(
        &mut self,
        mut bytes: &[u8],
        emit: &mut dyn FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(self.size - self.current.len()));
            bytes = later;
            if self.current.is_empty() && now.len() == self.size {
                Self::chunk(&mut self.out, now);
            } else {
                self.current.extend_from_slice(now);
                if self.current.len() == self.size {
                    Self::chunk(&mut self.out, &self.current);
                    self.current.clear();
                }
            }
            if self.out.len() >= BLOCK {
                emit(&self.out)?;
                self.out.clear();
            }
        }
        Ok(())
    }

    fn chunk(out: &mut Vec<u8>, bytes: &[u8]) {
        out.extend_from_slice(format!("{:x}\r\n", bytes.len()).as_bytes());
        out.extend_from_slice(bytes);
        out.extend_from_slice(b"\r\n");
    }

    fn finish<E>(mut self, emit: &mut dyn FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        if !self.current.is_empty() {
            Self::chunk(&mut self.out, &self.current);
        }
        self.out.extend_from_slice(b"0\r\n\r\n");
        emit(&self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn written(body: &serde_json::Value, encoding: &Encoding) -> Vec<u8> {
        let body = Body::from_json(body).expect("a body");
        let mut out = Vec::new();
        Wire::new(&body, encoding)
            .visit::<()>(&mut |bytes| {
                out.extend_from_slice(bytes);
                Ok(())
            })
            .expect("nothing fails");
        out
    }

    #[test]
    fn one_chunk_per_element() {
        let body = json!(["ab", {"repeat": "c", "count": 2}, ""]);
        let chunked = Encoding::PerElement { bad: None };
        assert_eq!(
            written(&body, &chunked),
            b"2\r\nab\r\n1\r\nc\r\n1\r\nc\r\n0\r\n\r\n"
        );
        assert_eq!(written(&body, &Encoding::Plain), b"abcc");
        let bad = Encoding::PerElement {
            bad: Some((1, "zz".to_owned())),
        };
        assert_eq!(
            written(&json!(["a", "b"]), &bad),
            b"1\r\na\r\nzz\r\nb\r\n0\r\n\r\n"
        );
    }

    #[test]
    fn fixed_chunks_ignore_elements() {
        assert_eq!(
            written(&json!(["ab", "cde"]), &Encoding::Fixed(2)),
            b"2\r\nab\r\n2\r\ncd\r\n1\r\ne\r\n0\r\n\r\n"
        );
    }

    #[test]
    fn repeats_unroll_to_the_exact_length() {
        for (unit, count) in [(7_usize, 100_000_u64), (200_000, 3), (1, 1), (3, 0)] {
            let one = "x".repeat(unit);
            let flat = written(&json!({"repeat": one, "count": count}), &Encoding::Plain);
            assert_eq!(flat.len() as u64, unit as u64 * count);
            let nested = json!({"repeat": {"repeat": one, "count": count}, "count": 2});
            assert_eq!(
                written(&nested, &Encoding::Plain).len() as u64,
                unit as u64 * count * 2
            );
        }
    }
}
