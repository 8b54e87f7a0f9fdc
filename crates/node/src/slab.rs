//! Memory for batches. JavaScript gives a buffer back when it is collected; it is used again, so that a long stream goes
//! through the same few pieces of memory instead of asking the operating system for fresh ones all the time.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a program keeps of a batch holds all of it, and what outlives two collections of young objects holds it until the next one of
/// old objects, which may be far away: small batches cost a few more crossings, large ones a hundred megabytes.
const SIZE: usize = 64 * 1024;
/// So many unused ones are kept in the process.
const KEPT: usize = 64;

static UNUSED: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

fn unused() -> MutexGuard<'static, Vec<Vec<u8>>> {
    UNUSED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A piece of memory to be filled.
pub(crate) struct Slab(Vec<u8>);

impl Slab {
    /// An empty one.
    pub(crate) fn take() -> Self {
        let kept = unused().pop();
        Self(kept.unwrap_or_else(|| Vec::with_capacity(SIZE)))
    }
}

impl AsMut<Vec<u8>> for Slab {
    fn as_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

impl AsRef<[u8]> for Slab {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Slab {
    fn drop(&mut self) {
        let mut memory = std::mem::take(&mut self.0);
        // A larger one held an unusual batch.
        if memory.capacity() != SIZE {
            return;
        }
        memory.clear();
        let mut unused = unused();
        if unused.len() < KEPT {
            unused.push(memory);
        }
    }
}
