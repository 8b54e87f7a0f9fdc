//! The scenario while it is played: which row answers a request, which connections are refused, which gates are open.

use crate::reply::{BuiltIn, Prepared};
use crate::request::{Head, parse_query};
use crate::scenario::{AcceptHow, Route, Scenario};
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// A scenario with its replies made ready and its counters.
pub(crate) struct Play {
    pub(crate) record: bool,
    /// Whether any reply ends in a reset (readers then leave a byte behind).
    pub(crate) careful: bool,
    /// For how long a connection looks for its next request.
    pub(crate) look: Duration,
    rows: Vec<Row>,
    built_in: BuiltIn,
    accept: AcceptHow,
    accept_left: Option<AtomicU64>,
    open_gates: Mutex<HashSet<String>>,
    gate_opened: Condvar,
}

struct Row {
    route: Route,
    reply: Prepared,
    left: Option<AtomicU64>,
}

/// A reply, kept alive together with the play it belongs to.
pub(crate) struct Chosen {
    play: Arc<Play>,
    which: Which,
}

enum Which {
    Row(usize),
    Ping,
    Version,
    Default,
}

impl Chosen {
    pub(crate) fn reply(&self) -> &Prepared {
        match self.which {
            Which::Row(at) => &self.play.rows[at].reply,
            Which::Ping => &self.play.built_in.ping,
            Which::Version => &self.play.built_in.version,
            Which::Default => &self.play.built_in.default,
        }
    }

    pub(crate) fn play(&self) -> &Play {
        &self.play
    }
}

impl Play {
    pub(crate) fn new(scenario: Scenario) -> Result<Self, String> {
        let built_in = BuiltIn::new(&scenario)?;
        let rows: Vec<Row> = scenario
            .routes
            .into_iter()
            .map(|route| Row {
                reply: Prepared::new(&route.reply),
                left: route.times.map(AtomicU64::new),
                route,
            })
            .collect();
        Ok(Self {
            record: scenario.record,
            careful: built_in.default.resets() || rows.iter().any(|row| row.reply.resets()),
            look: Duration::from_micros(scenario.look_us),
            rows,
            built_in,
            accept: scenario.accept.how,
            accept_left: scenario.accept.times.map(AtomicU64::new),
            open_gates: Mutex::default(),
            gate_opened: Condvar::new(),
        })
    }

    /// What happens to the connection that was just accepted.
    pub(crate) fn accept(&self) -> AcceptHow {
        if self.accept == AcceptHow::Serve || !take(self.accept_left.as_ref()) {
            AcceptHow::Serve
        } else {
            self.accept
        }
    }

    pub(crate) fn choose(self: &Arc<Self>, head: &Head) -> Chosen {
        let (version, path, query) = head.parts();
        let row = self
            .rows
            .iter()
            .position(|row| row.matches(&head.method, version, path, query));
        let which = match (row, path) {
            (Some(at), _) => Which::Row(at),
            (None, "/_ping") if matches!(head.method.as_str(), "GET" | "HEAD") => Which::Ping,
            (None, "/version") if head.method == "GET" => Which::Version,
            _ => Which::Default,
        };
        Chosen {
            play: Arc::clone(self),
            which,
        }
    }

    pub(crate) fn open_gate(&self, name: &str) {
        self.open_gates
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name.to_owned());
        self.gate_opened.notify_all();
    }

    /// Waits until a gate is open, looking now and then whether the peer is still there. False when it left.
    pub(crate) fn pass_gate(&self, name: &str, is_there: &dyn Fn() -> bool) -> bool {
        let mut open = self
            .open_gates
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        while !open.contains(name) {
            if !is_there() {
                return false;
            }
            let slice = std::time::Duration::from_millis(5);
            open = self
                .gate_opened
                .wait_timeout(open, slice)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        true
    }
}

impl Row {
    fn matches(&self, method: &str, version: Option<&str>, path: &str, query: &str) -> bool {
        let route = &self.route;
        let named = route
            .method
            .as_deref()
            .is_none_or(|wanted| wanted == method)
            && route
                .version
                .as_deref()
                .is_none_or(|wanted| Some(wanted) == version)
            && matches_pattern(&route.path, path);
        if !named {
            return false;
        }
        if !route.query.is_empty() {
            let sent = parse_query(query);
            let all = route
                .query
                .iter()
                .all(|(name, value)| sent.iter().any(|(n, v)| n == name && v == value));
            if !all {
                return false;
            }
        }
        take(self.left.as_ref())
    }
}

/// Takes one from a counter; false when it is used up. No counter never is.
fn take(left: Option<&AtomicU64>) -> bool {
    left.is_none_or(|left| {
        left.fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| {
            left.checked_sub(1)
        })
        .is_ok()
    })
}

/// Whether a path fits a pattern in which `*` stands for any run of characters.
fn matches_pattern(pattern: &str, path: &str) -> bool {
    let Some((start, mut rest)) = pattern.split_once('*') else {
        return pattern == path;
    };
    let Some(mut path) = path.strip_prefix(start) else {
        return false;
    };
    while let Some((middle, later)) = rest.split_once('*') {
        let Some(at) = path.find(middle) else {
            return false;
        };
        path = &path[at + middle.len()..];
        rest = later;
    }
    path.ends_with(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, path, fits) in [
            ("/info", "/info", true),
            ("/info", "/info/x", false),
            ("*", "/anything", true),
            ("/containers/*/logs", "/containers/a/logs", true),
            ("/containers/*/logs", "/containers/logs", false),
            ("/images/*/json", "/images/a/b:c/json", true),
            ("/a*b*c", "/a1b2c", true),
            ("/a*b*c", "/a1c2b", false),
        ] {
            assert_eq!(matches_pattern(pattern, path), fits, "{pattern} {path}");
        }
    }
}
