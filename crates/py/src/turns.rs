//! Turns of blocked threads whose answers have come.
//!
//! Hundreds of threads that wake at the same time all wait for the GIL, and each wakes every few milliseconds to ask for it.
//! Where many wait, they are woken one after another instead: a thread that blocks again wakes the next. One that does not come
//! back soon, since it has other things to do, is not waited for.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Wake;
use std::thread::Thread;
use std::time::Duration;

use tokio::sync::Notify;

use crate::runtime::lock;

/// So many threads may wait for the GIL together.
const FEW: usize = 8;
/// How long a thread whose turn it is may stay away before the next is woken.
const PATIENCE: Duration = Duration::from_millis(1);

/// So many threads at most are woken together when others stay away.
const MOST: usize = 64;

/// A turn, which is given on when it is dropped, with the thread at the latest.
struct Turn {
    number: u64,
    turns: Arc<Turns>,
    pid: u32,
}

impl Drop for Turn {
    fn drop(&mut self) {
        // In a forked child somebody who does not exist there may hold the lock for ever.
        if std::process::id() != self.pid {
            return;
        }
        let mut state = lock(&self.turns.state);
        if state.taken && state.turn == self.number {
            state.burst = 1;
            Turns::give(state);
        }
    }
}

thread_local! {
    /// The turn of this thread.
    static TURN: RefCell<Option<Turn>> = const { RefCell::new(None) };
}

#[derive(Default)]
struct State {
    /// The number of the turn that was given last.
    turn: u64,
    /// Whether it was not given back.
    taken: bool,
    /// How many threads are woken when the one whose turn it is stays away.
    burst: usize,
    ready: VecDeque<Arc<Parker>>,
}

/// Whose turn it is.
#[derive(Default)]
pub(crate) struct Turns {
    /// Calls that are waiting now.
    waiting: AtomicUsize,
    state: Mutex<State>,
    /// Told when somebody has to look after the threads that are ready.
    queued: Notify,
}

impl Turns {
    /// Calls that are waiting now.
    pub(crate) fn waiting(&self) -> &AtomicUsize {
        &self.waiting
    }

    /// Something to wait on in this thread.
    pub(crate) fn parker(self: &Arc<Self>) -> Arc<Parker> {
        Arc::new(Parker {
            turns: Arc::clone(self),
            thread: std::thread::current(),
            queued: AtomicBool::new(false),
            woken: AtomicBool::new(false),
            done: AtomicBool::new(false),
            turn: AtomicU64::new(0),
        })
    }

    fn ready(&self, parker: &Arc<Parker>) {
        if self.waiting.load(Ordering::Acquire) <= FEW {
            parker.resume(0);
            return;
        }
        let mut state = lock(&self.state);
        state.ready.push_back(Arc::clone(parker));
        if state.taken {
            drop(state);
            self.queued.notify_one();
        } else {
            Self::give(state);
        }
    }

    /// Gives the turn to the next.
    fn give(mut state: std::sync::MutexGuard<'_, State>) {
        let mut next = state.ready.pop_front();
        while next.as_ref().is_some_and(|next| next.is_done()) {
            next = state.ready.pop_front();
        }
        state.taken = next.is_some();
        state.turn += 1;
        let turn = state.turn;
        drop(state);
        if let Some(next) = next {
            next.resume(turn);
        }
    }

    /// Wakes the next when a thread has stayed away with its turn. Ends after `limit` without threads that are ready.
    pub(crate) async fn oversee(&self, limit: Duration) {
        while tokio::time::timeout(limit, self.queued.notified())
            .await
            .is_ok()
        {
            while let Some(turn) = self.pending() {
                tokio::time::sleep(PATIENCE).await;
                self.skip(turn);
            }
        }
    }

    /// Does not wait for a thread that stays away; the longer that goes on, the more are woken.
    fn skip(&self, turn: u64) {
        let mut state = lock(&self.state);
        if state.turn != turn || state.ready.is_empty() {
            return;
        }
        state.burst = (state.burst * 2).clamp(1, MOST);
        let many = state.burst.min(state.ready.len()) - 1;
        let others: Vec<_> = state.ready.drain(..many).collect();
        Self::give(state);
        for parker in others {
            parker.resume(0);
        }
    }

    /// The turn that is under way while others are ready.
    fn pending(&self) -> Option<u64> {
        let state = lock(&self.state);
        (!state.ready.is_empty()).then_some(state.turn)
    }
}

/// What a blocked thread is woken by.
pub(crate) struct Parker {
    turns: Arc<Turns>,
    thread: Thread,
    /// Whether it is ready and was not woken yet.
    queued: AtomicBool,
    woken: AtomicBool,
    /// Whether its thread waits for it no more.
    done: AtomicBool,
    turn: AtomicU64,
}

impl Parker {
    /// Whether to go on; asked in its thread.
    pub(crate) fn take_wake(&self) -> bool {
        if !self.woken.swap(false, Ordering::Acquire) {
            return false;
        }
        // What wakes it from here on counts for the next wait.
        self.queued.store(false, Ordering::Release);
        self.take_turn();
        true
    }

    fn take_turn(&self) {
        let turn = self.turn.swap(0, Ordering::AcqRel);
        if turn != 0 {
            let turns = Arc::clone(&self.turns);
            let turn = Turn {
                number: turn,
                turns,
                pid: std::process::id(),
            };
            drop(TURN.replace(Some(turn)));
        }
    }

    /// Says that its thread waits for it no more.
    pub(crate) fn finish(&self) {
        self.done.store(true, Ordering::Release);
        self.take_turn();
    }

    fn is_done(&self) -> bool {
        self.done.load(Ordering::Acquire)
    }

    /// Blocks this thread until it is woken or `limit` is over; may return early.
    pub(crate) fn park(limit: Option<Duration>) {
        drop(TURN.take());
        match limit {
            Some(limit) => std::thread::park_timeout(limit),
            None => std::thread::park(),
        }
    }

    fn resume(&self, turn: u64) {
        self.turn.store(turn, Ordering::Release);
        self.woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel) {
            self.turns.ready(self);
        }
    }
}
