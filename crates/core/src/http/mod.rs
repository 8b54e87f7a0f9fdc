//! HTTP/1.1: hyper with a pool for whole answers, our own exchange for streams, uploads and upgrades.

mod call;
mod counted;
mod exchange;
mod head;
mod hyper_error;
mod outgoing;
mod pool;
mod self_wake;
mod timer;
mod upgrade;
mod write_head;

pub(crate) use call::{Caller, call, takes};
pub(crate) use exchange::{Exchange, Opened, open};
pub(crate) use head::BodyKind;
pub(crate) use outgoing::{Outgoing, SendError};
pub(crate) use pool::Pool;
pub(crate) use timer::{Timer, guarded};
pub(crate) use upgrade::{UpgradeReply, upgrade};
pub(crate) use write_head::{RequestHead, check_header};
