//! What the engine answered: the head, and for `call` the whole body.

use bytes::Bytes;

/// The status line and headers of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The status code.
    pub status: u16,
    /// The reason phrase, as sent.
    pub reason: String,
    /// Names and values in the order they came, names as sent.
    pub headers: Vec<(String, String)>,
}

/// A whole answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The reason phrase, as sent.
    pub reason: String,
    /// Names and values in the order they came.
    pub headers: Vec<(String, String)>,
    /// The body, decoded from its framing.
    pub body: Bytes,
}

fn lookup<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

impl Head {
    /// The first header of that name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        lookup(&self.headers, name)
    }

    pub(crate) fn with_body(self, body: Bytes) -> Reply {
        Reply {
            status: self.status,
            reason: self.reason,
            headers: self.headers,
            body,
        }
    }
}

impl Reply {
    /// The first header of that name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        lookup(&self.headers, name)
    }
}
