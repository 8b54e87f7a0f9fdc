//! The examination of everything between a program and its engine, for `npx dockline doctor`.

use std::collections::HashMap;
use std::time::Duration;

use dockline::doctor::{Check, examine_within};
use napi_derive::napi;

use crate::settle::{Outcome, Settler};

/// One line: what was looked at, how it came out, what was found, what to do, and all of it for people.
#[napi(object, object_from_js = false)]
pub struct CheckLine {
    /// What was looked at.
    pub name: &'static str,
    /// `good`, `warning` or `bad`.
    pub outcome: &'static str,
    /// What was found.
    pub found: String,
    /// What to do.
    pub fix: Option<String>,
    /// The line as it is printed.
    pub text: String,
}

impl From<Check> for CheckLine {
    fn from(check: Check) -> Self {
        let text = check.to_string();
        Self {
            name: check.name,
            outcome: check.outcome.as_str(),
            found: check.found,
            fix: check.fix,
            text,
        }
    }
}

/// Examines the engine that `host` or the environment chooses; settles `id` with `{checks}`.
#[napi]
pub(crate) fn examine(
    settler: &Settler,
    id: u32,
    host: Option<String>,
    environment: HashMap<String, String>,
    patience: u32,
) {
    let patience = Duration::from_millis(u64::from(patience));
    let env = |name: &str| environment.get(name).cloned();
    let examining = examine_within(host.as_deref(), &env, patience);
    settler.run(id, async move {
        Outcome::Checks(examining.await.into_iter().map(CheckLine::from).collect())
    });
}
