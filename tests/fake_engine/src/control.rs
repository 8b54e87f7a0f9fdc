//! The control path, for tests in other languages: `/__fake/…`. Its requests are neither recorded nor counted.

use crate::engine::Shared;
use crate::request::Head;
use crate::scenario::Scenario;
use serde_json::{Value, json};
use socket2::Socket;
use std::io::{self, Write as _};

/// Every control path starts with it.
pub(crate) const PREFIX: &str = "/__fake/";

/// Does what a control request asks and answers it.
pub(crate) fn answer(
    shared: &Shared,
    mut socket: &Socket,
    head: &Head,
    body: &[u8],
) -> io::Result<()> {
    let (status, value) = match act(shared, head, body) {
        Ok(value) => ("200 OK", value),
        Err(message) => ("400 Bad Request", json!({"message": message})),
    };
    let body = value.to_string();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    socket.write_all(&[head.as_bytes(), body.as_bytes()].concat())
}

fn act(shared: &Shared, head: &Head, body: &[u8]) -> Result<Value, String> {
    let path = head.target.split('?').next().unwrap_or_default();
    let what = path.strip_prefix(PREFIX).unwrap_or_default();
    match (head.method.as_str(), what) {
        ("GET", "requests") => {
            serde_json::to_value(shared.log.all()).map_err(|error| error.to_string())
        }
        ("DELETE", "requests") => {
            shared.log.clear();
            Ok(json!({}))
        }
        ("GET", "connections") => {
            serde_json::to_value(shared.connections()).map_err(|error| error.to_string())
        }
        ("DELETE", "connections") => {
            shared.drop_connections(false);
            Ok(json!({}))
        }
        ("POST", "scenario") => {
            let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
            shared.replace(Scenario::parse(text)?)?;
            Ok(json!({}))
        }
        ("POST", _) => match what.strip_prefix("gate/") {
            Some(name) => {
                shared.play().open_gate(name);
                Ok(json!({}))
            }
            None => Err(format!("no control path POST {path}")),
        },
        (method, _) => Err(format!("no control path {method} {path}")),
    }
}
