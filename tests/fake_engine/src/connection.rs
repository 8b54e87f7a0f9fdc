//! One connection: requests in, answers out, until someone ends it.

use crate::control;
use crate::engine::Shared;
use crate::faults::{CutHow, RequestBody};
use crate::play::Chosen;
use crate::request::{Delimiter, Head, read_body};
use crate::scenario::AcceptHow;
use crate::sink::{End, Outlet, Sink};
use crate::socket::{Reader, look, wait};
use crate::upgrade;
use socket2::Socket;
use std::io;
use std::net::Shutdown;
use std::time::Duration;

/// How a connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Close {
    Fin,
    Reset,
}

/// What comes after an answer.
enum Next {
    Request,
    Close(Close),
}

/// Serves a connection to its end.
pub(crate) fn serve(shared: &Shared, socket: &Socket, id: u64) -> Close {
    let mut reader = Reader::new(socket, true);
    let how = match shared.play().accept() {
        AcceptHow::Serve => requests(shared, socket, &mut reader, id),
        AcceptHow::Close => Close::Fin,
        AcceptHow::Stall => {
            wait(socket, None, true);
            Close::Fin
        }
        AcceptHow::Reset => match reader.available() {
            Ok(_) => Close::Reset,
            Err(_) => Close::Fin,
        },
    };
    if how == Close::Fin {
        reader.settle();
    }
    how
}

fn requests(shared: &Shared, socket: &Socket, reader: &mut Reader<'_>, id: u64) -> Close {
    loop {
        let play = shared.play();
        reader.set_careful(play.record || play.careful);
        drop(play);
        match Head::read(reader) {
            Ok(Some(head)) => {
                let next = if head.target.starts_with(control::PREFIX) {
                    control_request(shared, socket, reader, id, &head)
                } else {
                    Exchange {
                        shared,
                        socket,
                        connection: id,
                        head: &head,
                    }
                    .run(reader)
                };
                match next {
                    Ok(Next::Request) => look(socket, shared.play().look),
                    Ok(Next::Close(how)) => return how,
                    Err(_) => return Close::Fin,
                }
            }
            Ok(None) | Err(_) => return Close::Fin,
        }
    }
}

fn control_request(
    shared: &Shared,
    socket: &Socket,
    reader: &mut Reader<'_>,
    id: u64,
    head: &Head,
) -> io::Result<Next> {
    shared.is_control(id);
    let mut body = Vec::new();
    if !read_body(reader, head.delimiter(), &mut |bytes| {
        body.extend_from_slice(bytes);
    })? {
        return Ok(Next::Close(Close::Fin));
    }
    control::answer(shared, socket, head, &body)?;
    Ok(if head.wants_close() {
        Next::Close(Close::Fin)
    } else {
        Next::Request
    })
}

/// One request and its answer.
struct Exchange<'a> {
    shared: &'a Shared,
    socket: &'a Socket,
    connection: u64,
    head: &'a Head,
}

impl Exchange<'_> {
    fn run(&self, reader: &mut Reader<'_>) -> io::Result<Next> {
        let chosen = self.shared.play().choose(self.head);
        let reply = chosen.reply();
        reader.set_careful(reply.resets());
        let record = chosen
            .play()
            .record
            .then(|| self.shared.log.begin(self.head.record(self.connection)));
        let outlet = Outlet {
            socket: self.socket,
            written: &self.shared.written,
        };
        let body = reply.faults.request_body;
        if body == RequestBody::Read {
            if self.head.expects_continue()
                && !reply.faults.no_continue
                && self.head.delimiter() != Delimiter::None
            {
                outlet.write(b"HTTP/1.1 100 Continue\r\n\r\n")?;
            }
            if !self.take_body(reader, record)? {
                return Ok(Next::Close(Close::Fin));
            }
        }
        let mut sink = Sink::new(&outlet, reply, chosen.play());
        let written = sink.answer(reply.has_body(&self.head.method));
        let upgraded = reply.upgrade.is_some();
        if let Err(end) = written {
            return Ok(Next::Close(self.ended(reader, end, upgraded)));
        }
        if upgraded {
            upgrade::run(self.shared, &chosen, &outlet, reader, record);
            return Ok(Next::Close(Close::Fin));
        }
        if body == RequestBody::Early && !self.take_body(reader, record)? {
            return Ok(Next::Close(Close::Fin));
        }
        Ok(if self.closes(&chosen) {
            Next::Close(Close::Fin)
        } else {
            Next::Request
        })
    }

    fn closes(&self, chosen: &Chosen) -> bool {
        let reply = chosen.reply();
        reply.closes || self.head.wants_close() || reply.faults.request_body == RequestBody::Ignore
    }

    /// Reads and records the request's body. False when the peer left in the middle.
    fn take_body(&self, reader: &mut Reader<'_>, record: Option<u64>) -> io::Result<bool> {
        let Some(id) = record else {
            return read_body(reader, self.head.delimiter(), &mut |_| ());
        };
        let mut kept = crate::record::Record::default();
        let whole = read_body(reader, self.head.delimiter(), &mut |bytes| {
            kept.add_body(bytes);
        });
        self.shared.log.update(id, |record| {
            record.body = kept.body;
            record.body_length = kept.body_length;
            record.body_ended();
        });
        let whole = whole?;
        if whole {
            self.shared.log.end(id);
        }
        Ok(whole)
    }

    /// Does what a cut says; how the connection is closed then.
    fn ended(&self, reader: &mut Reader<'_>, end: End, upgraded: bool) -> Close {
        match end {
            End::Gone | End::Cut(CutHow::Fin) => Close::Fin,
            End::Cut(CutHow::Reset) => Close::Reset,
            End::Cut(CutHow::Stall) => {
                wait(self.socket, None, !upgraded);
                Close::Fin
            }
            End::Cut(CutHow::HalfClose) => {
                drop(self.socket.shutdown(Shutdown::Write));
                while reader.available().is_ok_and(|bytes| !bytes.is_empty()) {
                    reader.skip();
                }
                Close::Fin
            }
        }
    }
}

/// Makes a close a reset, where the transport has one.
pub(crate) fn prepare_reset(socket: &Socket) {
    drop(socket.set_linger(Some(Duration::ZERO)));
}
