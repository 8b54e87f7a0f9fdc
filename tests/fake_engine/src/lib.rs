//! A scripted Docker engine: it plays a scenario on a unix or TCP socket, with every fault a scenario can ask for, and
//! records what it was sent. README.md documents scenarios; `fake-engine` is the same as a program.

mod body;
mod connection;
mod control;
mod engine;
mod faults;
mod play;
mod record;
mod reply;
mod request;
mod scenario;
mod sink;
mod socket;
mod upgrade;
mod wire;

pub use body::Body;
pub use engine::{Connections, FakeEngine};
pub use faults::{BadChunk, Cut, CutHow, Drip, Faults, Gate, RequestBody, Section, Split};
pub use record::Record;
pub use scenario::{Accept, AcceptHow, Framing, Identity, Reply, Route, Scenario, Upgrade};
pub use socket::Address;
