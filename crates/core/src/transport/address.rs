//! Host strings (`unix:///run/docker.sock`, `tcp://host:2375`, `ssh://user@host`) as data. Parsing does no I/O.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::error::{Error, ErrorKind};

/// Where an engine listens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// A unix socket.
    Unix(PathBuf),
    /// A Windows named pipe, as `//./pipe/name`.
    Npipe(String),
    /// A TCP port, in the clear or with TLS.
    Tcp {
        /// Host name or address, without brackets.
        host: String,
        /// Port.
        port: u16,
        /// Whether the host string itself asked for TLS (`https://`).
        tls: bool,
    },
    /// `docker system dial-stdio` over ssh.
    Ssh {
        /// The user, when given.
        user: Option<String>,
        /// The host, or an alias of the user's ssh configuration.
        host: String,
        /// The port, when given.
        port: Option<u16>,
        /// The engine's socket on that host, when given.
        path: Option<String>,
    },
}

#[cfg(not(windows))]
pub(crate) const DEFAULT_HOST: &str = "unix:///var/run/docker.sock";
#[cfg(windows)]
pub(crate) const DEFAULT_HOST: &str = "npipe:////./pipe/docker_engine";

const DEFAULT_SOCKET: &str = "/var/run/docker.sock";
const DEFAULT_PIPE: &str = "//./pipe/docker_engine";
const DEFAULT_TCP_PORT: u16 = 2375;
const DEFAULT_TLS_PORT: u16 = 2376;

impl Address {
    /// The value of the `Host` header.
    #[must_use]
    pub fn host_header(&self) -> String {
        match self {
            Self::Tcp { host, port, .. } => authority(host, *port),
            _ => "localhost".to_owned(),
        }
    }

    /// Whether anybody on the network could be at the other end.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        match self {
            Self::Unix(_) | Self::Npipe(_) => false,
            Self::Ssh { .. } => true,
            Self::Tcp { host, .. } => {
                let address = host.parse::<std::net::IpAddr>();
                !(host.eq_ignore_ascii_case("localhost")
                    || address.is_ok_and(|address| address.is_loopback()))
            }
        }
    }
}

fn authority(host: &str, port: u16) -> String {
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix://{}", path.display()),
            Self::Npipe(path) => write!(f, "npipe://{path}"),
            Self::Tcp { host, port, tls } => {
                let scheme = if *tls { "https" } else { "tcp" };
                write!(f, "{scheme}://{}", authority(host, *port))
            }
            Self::Ssh {
                user,
                host,
                port,
                path,
            } => {
                f.write_str("ssh://")?;
                if let Some(user) = user {
                    write!(f, "{user}@")?;
                }
                match port {
                    Some(port) => f.write_str(&authority(host, *port))?,
                    None => f.write_str(host)?,
                }
                f.write_str(path.as_deref().unwrap_or_default())
            }
        }
    }
}

impl FromStr for Address {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let Some((scheme, rest)) = text.split_once("://") else {
            return bare(text);
        };
        match scheme.to_ascii_lowercase().as_str() {
            "unix" | "http+unix" => Ok(unix(rest)),
            "npipe" => Ok(npipe(rest)),
            "tcp" | "http" => tcp(text, rest, false),
            "https" => tcp(text, rest, true),
            "ssh" => ssh(text, rest),
            _ => Err(invalid(
                text,
                "its scheme is not one of unix, npipe, tcp, http, https, ssh",
            )),
        }
    }
}

fn bare(text: &str) -> Result<Address, Error> {
    if text.is_empty() {
        return Err(invalid(text, "it is empty"));
    }
    if text.starts_with('/') {
        return Ok(unix(text));
    }
    tcp(text, text, false)
}

fn unix(rest: &str) -> Address {
    let path = if rest.is_empty() {
        DEFAULT_SOCKET
    } else {
        rest
    };
    if path.starts_with(['/', '@']) {
        Address::Unix(PathBuf::from(path))
    } else {
        Address::Unix(PathBuf::from(format!("/{path}")))
    }
}

fn npipe(rest: &str) -> Address {
    let path = if rest.is_empty() { DEFAULT_PIPE } else { rest };
    Address::Npipe(path.replace('\\', "/"))
}

fn tcp(text: &str, rest: &str, tls: bool) -> Result<Address, Error> {
    let authority = rest.split('/').next().unwrap_or_default();
    if authority.contains('@') {
        return Err(invalid(
            "tcp://…",
            "user names and passwords have no place in it",
        ));
    }
    let (host, port) = host_and_port(text, authority)?;
    let default = if tls {
        DEFAULT_TLS_PORT
    } else {
        DEFAULT_TCP_PORT
    };
    Ok(Address::Tcp {
        host: if host.is_empty() {
            "127.0.0.1".to_owned()
        } else {
            host
        },
        port: port.unwrap_or(default),
        tls,
    })
}

fn ssh(text: &str, rest: &str) -> Result<Address, Error> {
    let (authority, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let (user, authority) = match authority.rsplit_once('@') {
        Some((user, authority)) => (Some(user), authority),
        None => (None, authority),
    };
    if user.is_some_and(|user| user.contains(':')) {
        return Err(invalid(
            "ssh://…",
            "a password has no place in it; use a key or an agent",
        ));
    }
    let (host, port) = host_and_port(text, authority)?;
    // A leading dash would be read as an option by the ssh program.
    if host.is_empty() || host.starts_with('-') || user.is_some_and(|user| user.starts_with('-')) {
        return Err(invalid(
            text,
            "the ssh host is missing or begins with a dash",
        ));
    }
    Ok(Address::Ssh {
        user: user.filter(|user| !user.is_empty()).map(str::to_owned),
        host,
        port,
        path: (path.len() > 1).then(|| path.to_owned()),
    })
}

fn host_and_port(text: &str, authority: &str) -> Result<(String, Option<u16>), Error> {
    let (host, port) = if let Some(rest) = authority.strip_prefix('[') {
        let (host, tail) = rest
            .split_once(']')
            .ok_or_else(|| invalid(text, "a bracket is not closed"))?;
        (
            host,
            tail.strip_prefix(':').or((!tail.is_empty()).then_some("?")),
        )
    } else {
        match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        }
    };
    if host.contains(char::is_whitespace) {
        return Err(invalid(text, "the host holds a blank"));
    }
    let port = match port {
        None | Some("") => None,
        Some(port) => Some(
            port.parse::<u16>()
                .map_err(|_| invalid(text, "the port is not a number below 65536"))?,
        ),
    };
    Ok((host.to_owned(), port))
}

fn invalid(text: &str, why: &str) -> Error {
    Error::new(
        ErrorKind::Config,
        format!("{text:?} is not an engine address: {why}"),
    )
    .with_hint(format!(
        "write it like {DEFAULT_HOST}, tcp://host:2375 or ssh://user@host"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_scheme() {
        for (text, shown) in [
            ("unix:///run/docker.sock", "unix:///run/docker.sock"),
            ("unix://", "unix:///var/run/docker.sock"),
            ("unix://run/x.sock", "unix:///run/x.sock"),
            ("http+unix:///a b.sock", "unix:///a b.sock"),
            ("/run/docker.sock", "unix:///run/docker.sock"),
            (
                "npipe:////./pipe/docker_engine",
                "npipe:////./pipe/docker_engine",
            ),
            ("npipe://", "npipe:////./pipe/docker_engine"),
            ("tcp://1.2.3.4", "tcp://1.2.3.4:2375"),
            ("tcp://:2375", "tcp://127.0.0.1:2375"),
            ("tcp://[::1]:99/x", "tcp://[::1]:99"),
            ("HTTP://host:80/", "tcp://host:80"),
            ("https://host", "https://host:2376"),
            ("host:1234", "tcp://host:1234"),
            (
                "ssh://me@box:2222/run/d.sock",
                "ssh://me@box:2222/run/d.sock",
            ),
            ("ssh://box", "ssh://box"),
        ] {
            assert_eq!(
                text.parse::<Address>().unwrap().to_string(),
                shown,
                "{text}"
            );
        }
    }

    #[test]
    fn refuses_the_rest() {
        for text in [
            "",
            "fd://",
            "ftp://x",
            "tcp://h:99999",
            "tcp://[::1",
            "ssh://-oProxyCommand=x",
            "ssh://u:p@h",
            "tcp://u:p@h",
        ] {
            let error = text.parse::<Address>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{text}");
        }
        assert!(
            !"ssh://u:secret@h"
                .parse::<Address>()
                .unwrap_err()
                .to_string()
                .contains("secret")
        );
    }

    #[test]
    fn knows_who_may_listen() {
        assert!(!"tcp://127.0.0.1".parse::<Address>().unwrap().is_remote());
        assert!("tcp://10.0.0.1".parse::<Address>().unwrap().is_remote());
        assert_eq!(
            "tcp://[::1]:9".parse::<Address>().unwrap().host_header(),
            "[::1]:9"
        );
    }
}
