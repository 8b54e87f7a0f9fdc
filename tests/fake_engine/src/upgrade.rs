//! A connection after `101 UPGRADED`: an echo, or a listener that says a last word.

use crate::engine::Shared;
use crate::play::Chosen;
use crate::sink::Outlet;
use crate::socket::Reader;
use std::net::Shutdown;
use std::sync::atomic::Ordering;

/// Plays an upgraded connection to its end; head and body are out.
pub(crate) fn run(
    shared: &Shared,
    chosen: &Chosen,
    outlet: &Outlet<'_>,
    reader: &mut Reader<'_>,
    record: Option<u64>,
) {
    let reply = chosen.reply();
    let Some(upgrade) = &reply.upgrade else {
        return;
    };
    if upgrade.close_after_body {
        finish(shared, outlet, record);
        return;
    }
    loop {
        let arrived = match reader.available() {
            Ok(bytes) if !bytes.is_empty() => bytes,
            _ => break,
        };
        if let Some(id) = record {
            shared.log.update(id, |record| record.add_upgraded(arrived));
        }
        shared
            .upgraded
            .fetch_add(arrived.len() as u64, Ordering::Relaxed);
        if upgrade.echo && outlet.write(arrived).is_err() {
            break;
        }
        reader.skip();
    }
    drop(reply.after_eof.visit(&mut |bytes| outlet.write(bytes)));
    finish(shared, outlet, record);
}

fn finish(shared: &Shared, outlet: &Outlet<'_>, record: Option<u64>) {
    drop(outlet.socket.shutdown(Shutdown::Write));
    if let Some(id) = record {
        shared.log.end(id);
    }
}
