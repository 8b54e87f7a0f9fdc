//! hyper's errors as ours.

use std::error::Error as _;
use std::io;

use super::exchange::no_answer;
use super::head;
use crate::error::{Error, ErrorKind};

/// An error while an answer was awaited (`began` says whether bytes of it had come) or read.
pub(crate) fn read(error: hyper::Error, began: bool, received: u64, start: &[u8]) -> Error {
    let io = find_io(&error);
    let eof = io.is_some_and(|io| io.kind() == io::ErrorKind::UnexpectedEof);
    if error.is_parse_too_large() {
        return Error::new(ErrorKind::TooLarge, "the head of the answer is too long")
            .with_source(error);
    }
    if error.is_parse() && !error.is_incomplete_message() {
        if let Err(seen) = head::find_end(start, 0) {
            return seen.with_source(error);
        }
        let message = format!("the answer is not HTTP: {error}");
        return Error::new(ErrorKind::Protocol, message)
            .with_hint("check that an engine listens there")
            .with_source(error);
    }
    if let Some((kind, cause, hint)) = io.and_then(crate::transport::meaning) {
        return Error::new(kind, cause).with_hint(hint).with_source(error);
    }
    if !began {
        // What closing a connection that is gone says is no cause.
        let cause = io.filter(|io| io.kind() != io::ErrorKind::NotConnected);
        let code = cause.and_then(io::Error::raw_os_error);
        return no_answer(None).with_os_code(code).with_source(error);
    }
    if error.is_incomplete_message() || eof {
        let message = format!("the answer was cut short after {received} bytes of its body");
        return Error::new(ErrorKind::Truncated, message)
            .with_received(received)
            .with_source(error);
    }
    if let Some(io) = io.filter(|io| io.raw_os_error().is_some()) {
        let copy = io::Error::new(io.kind(), io.to_string());
        let code = io.raw_os_error();
        return Error::from_io("the connection failed within the answer", copy)
            .with_os_code(code)
            .with_received(received);
    }
    let message = match error.source() {
        Some(cause) => format!("the answer cannot be read: {cause}"),
        None => format!("the answer cannot be read: {error}"),
    };
    Error::new(ErrorKind::Protocol, message)
        .with_received(received)
        .with_source(error)
}

fn find_io(error: &hyper::Error) -> Option<&io::Error> {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref() {
            return Some(io);
        }
        source = cause.source();
    }
    None
}
