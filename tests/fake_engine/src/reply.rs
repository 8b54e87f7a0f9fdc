//! A reply made ready: its head and its body as bytes, its faults as offsets into them.

use crate::body::Body;
use crate::faults::{Cut, CutHow, Drip, Faults, Section};
use crate::scenario::{Framing, Reply, Scenario, Upgrade};
use crate::wire::{Encoding, Wire};

/// A reply that only has to be written.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) head: Vec<u8>,
    pub(crate) body: Wire,
    /// What an upgraded connection sends after the peer's end.
    pub(crate) after_eof: Wire,
    pub(crate) upgrade: Option<Upgrade>,
    pub(crate) status: u16,
    /// Whether the connection cannot be used after it.
    pub(crate) closes: bool,
    pub(crate) faults: Faults,
    /// Where it goes wrong, in order of offset.
    pub(crate) stops: Vec<Stop>,
    pub(crate) drip: Option<Drip>,
}

/// Something that happens when so many bytes of the answer (head included) are out.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    pub(crate) at: u64,
    pub(crate) what: What,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    Gate(String),
    Cut(CutHow),
}

impl Prepared {
    pub(crate) fn new(reply: &Reply) -> Self {
        let faults = reply.faults.clone();
        let head = head(reply);
        let offset = |section: Section, at: u64| section.base(head.len() as u64) + at;
        let mut stops = Vec::new();
        if let Some(gate) = &faults.gate {
            stops.push(Stop {
                at: offset(gate.section, gate.after),
                what: What::Gate(gate.name.clone()),
            });
        }
        if let Some(Cut {
            after,
            section,
            how,
        }) = faults.cut
        {
            stops.push(Stop {
                at: offset(section, after),
                what: What::Cut(how),
            });
        }
        stops.sort_by_key(|stop| stop.at);
        let closes = matches!(reply.framing, Framing::Eof | Framing::None)
            || faults.content_length.is_some()
            || faults.bad_chunk.is_some()
            || faults.close_after;
        let encoding = match (reply.framing, reply.chunk_size) {
            _ if reply.upgrade.is_some() => Encoding::Plain,
            (Framing::Chunked, Some(size)) => Encoding::Fixed(size),
            (Framing::Chunked, None) => Encoding::PerElement {
                bad: faults
                    .bad_chunk
                    .as_ref()
                    .map(|bad| (bad.at, bad.size.clone())),
            },
            _ => Encoding::Plain,
        };
        let after_eof = reply
            .upgrade
            .as_ref()
            .map_or_else(Body::default, |upgrade| upgrade.after_eof.clone());
        Self {
            body: Wire::new(&reply.body, &encoding),
            after_eof: Wire::new(&after_eof, &Encoding::Plain),
            upgrade: reply.upgrade.clone(),
            status: reply.status,
            drip: faults.drip,
            head,
            closes,
            stops,
            faults,
        }
    }

    /// Whether the answer to this method has a body at all.
    pub(crate) fn has_body(&self, method: &str) -> bool {
        self.upgrade.is_some() || (method != "HEAD" && !matches!(self.status, 100..200 | 204 | 304))
    }

    /// Whether it ends in a reset.
    pub(crate) fn resets(&self) -> bool {
        self.stops
            .iter()
            .any(|stop| matches!(stop.what, What::Cut(CutHow::Reset)))
    }
}

fn head(reply: &Reply) -> Vec<u8> {
    if reply.framing == Framing::None {
        return Vec::new();
    }
    let reason = reply
        .reason
        .as_deref()
        .unwrap_or_else(|| usual_reason(reply.status, reply.upgrade.is_some()));
    let mut head = format!("HTTP/1.1 {} {reason}\r\n", reply.status);
    let mut add = |name: &str, value: &str| {
        if !reply
            .headers
            .iter()
            .any(|(have, _)| have.eq_ignore_ascii_case(name))
        {
            head.extend([name, ": ", value, "\r\n"]);
        }
    };
    if reply.upgrade.is_some() {
        add("Content-Type", "application/vnd.docker.raw-stream");
        if reply.status == 101 {
            add("Connection", "Upgrade");
            add("Upgrade", "tcp");
        }
    } else {
        if let Some(kind) = &reply.content_type {
            add("Content-Type", kind);
        }
        match (reply.framing, reply.faults.content_length) {
            (_, Some(length)) => add("Content-Length", &length.to_string()),
            (Framing::Chunked, _) => add("Transfer-Encoding", "chunked"),
            (Framing::Length, _) if !matches!(reply.status, 100..200 | 204 | 304) => {
                add("Content-Length", &reply.body.len().to_string());
            }
            _ => {}
        }
    }
    for (name, value) in &reply.headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head.push_str("\r\n");
    head.into_bytes()
}

fn usual_reason(status: u16, upgrade: bool) -> &'static str {
    match status {
        101 if upgrade => "UPGRADED",
        101 => "Switching Protocols",
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        301 => "Moved Permanently",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        406 => "Not Acceptable",
        409 => "Conflict",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        _ => "Status",
    }
}

/// The rows every engine has: `/_ping` and `/version`, and what answers a request nothing else matches.
pub(crate) struct BuiltIn {
    pub(crate) ping: Prepared,
    pub(crate) version: Prepared,
    pub(crate) default: Prepared,
}

impl BuiltIn {
    pub(crate) fn new(scenario: &Scenario) -> Result<Self, String> {
        let reply = |value| {
            serde_json::from_value::<Reply>(value)
                .map_err(|error| format!("a built-in reply: {error}"))
        };
        let engine = &scenario.engine;
        let (api, minimum) = (&engine.api_version, &engine.min_api_version);
        let headers = if engine.bare_ping {
            serde_json::json!({"Content-Type": "text/plain; charset=utf-8"})
        } else {
            serde_json::json!({
                "Api-Version": api,
                "Builder-Version": "2",
                "Cache-Control": "no-cache, no-store, must-revalidate",
                "Content-Type": "text/plain; charset=utf-8",
                "Docker-Experimental": "false",
                "Ostype": "linux",
                "Pragma": "no-cache",
                "Server": format!("Docker/{} (linux)", engine.version),
                "Swarm": "inactive",
            })
        };
        let version = serde_json::json!({
            "Platform": {"Name": "fake engine"},
            "Components": [{"Name": "Engine", "Version": engine.version, "Details": {
                "ApiVersion": api, "MinAPIVersion": minimum, "Os": "linux", "Arch": "amd64", "Experimental": "false",
            }}],
            "Version": engine.version,
            "ApiVersion": api,
            "MinAPIVersion": minimum,
            "GitCommit": "fake",
            "GoVersion": "none",
            "Os": "linux",
            "Arch": "amd64",
            "KernelVersion": "6.1.0",
            "BuildTime": "2024-01-01T00:00:00.000000000+00:00",
        });
        let default = match &scenario.default {
            Some(default) => default.clone(),
            None => reply(
                serde_json::json!({"status": 404, "body": {"json": {"message": "page not found"}}}),
            )?,
        };
        Ok(Self {
            ping: Prepared::new(&reply(
                serde_json::json!({"headers": headers, "body": "OK"}),
            )?),
            version: Prepared::new(&reply(serde_json::json!({"body": {"json": version}}))?),
            default: Prepared::new(&default),
        })
    }
}
