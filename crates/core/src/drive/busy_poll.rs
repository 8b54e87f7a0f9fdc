//! Looking for an answer again and again for about as long as it would take to fall asleep and to be woken: what comes by then has cost
//! less, by the clock and in CPU time.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// What takes longer is waited for asleep.
const LONGEST: Duration = Duration::from_micros(50);
/// Where nothing comes soon, all but one of so many waits are slept through: what looking costs in vain is less than a microsecond a wait.
const MOST_LEFT_OUT: u32 = 63;

/// Whether answers come soon, lately. Whoever shares one looks one at a time: the engine needs the processors, too.
#[derive(Debug, Default)]
pub struct BusyPoll {
    is_taken: AtomicBool,
    /// So many waits are slept through yet,
    left_out: AtomicU32,
    /// and so many were, the last time that nothing came.
    penalty: AtomicU32,
}

impl BusyPoll {
    /// Until when to look; None when to sleep at once. `ends` must follow.
    pub fn begins(&self) -> Option<Instant> {
        static CORES: OnceLock<usize> = OnceLock::new();
        let count = || std::thread::available_parallelism().map_or(1, usize::from);
        if *CORES.get_or_init(count) == 1 || self.is_taken.swap(true, Ordering::Acquire) {
            return None;
        }
        let left_out = self.left_out.load(Ordering::Relaxed);
        if left_out > 0 {
            self.left_out.store(left_out - 1, Ordering::Relaxed);
            self.is_taken.store(false, Ordering::Release);
            return None;
        }
        Some(Instant::now() + LONGEST)
    }

    /// Says whether what was looked for has come.
    pub fn ends(&self, has_come: bool) {
        let penalty = match self.penalty.load(Ordering::Relaxed) {
            _ if has_come => 0,
            before => (2 * before + 1).min(MOST_LEFT_OUT),
        };
        self.penalty.store(penalty, Ordering::Relaxed);
        self.left_out.store(penalty, Ordering::Relaxed);
        self.is_taken.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slept(busy: &BusyPoll) -> usize {
        std::iter::repeat_with(|| busy.begins())
            .take_while(Option::is_none)
            .take(1000)
            .count()
    }

    #[test]
    fn what_never_comes_soon_is_hardly_looked_for() {
        let busy = BusyPoll::default();
        if busy.begins().is_none() {
            // One processor: nobody ever looks.
            assert_eq!(slept(&busy), 1000);
            return;
        }
        for expected in [1, 3, 7, 15, 31, 63, 63] {
            busy.ends(false);
            assert_eq!(slept(&busy), expected);
        }
        busy.ends(true);
        assert_eq!(slept(&busy), 0);
    }

    #[test]
    fn one_looks_at_a_time() {
        let busy = BusyPoll::default();
        if busy.begins().is_some() {
            assert_eq!(slept(&busy), 1000);
            busy.ends(true);
            assert_eq!(slept(&busy), 0);
        }
    }
}
