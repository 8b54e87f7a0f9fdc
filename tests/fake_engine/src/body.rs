//! What an answer's body is made of, as a scenario writes it.
//!
//! A body is a tree of elements: leaves of bytes, sequences, and repeats that are only unrolled while they are
//! written. An element is what `framing: "chunked"` puts into one HTTP chunk. Nothing here does I/O.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

/// A body: elements in order, repeated ones kept folded.
#[derive(Debug, Clone)]
pub enum Body {
    /// One element.
    Leaf(Arc<[u8]>),
    /// Elements one after another.
    Many(Vec<Body>),
    /// The same elements again and again.
    Repeat {
        /// What is repeated.
        of: Box<Body>,
        /// How often.
        count: u64,
    },
}

impl Default for Body {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl Body {
    /// One element holding these bytes.
    #[must_use]
    pub fn bytes(bytes: impl AsRef<[u8]>) -> Self {
        Self::Leaf(Arc::from(bytes.as_ref()))
    }

    /// How many bytes the body has when written out.
    #[must_use]
    pub fn len(&self) -> u64 {
        match self {
            Self::Leaf(bytes) => bytes.len() as u64,
            Self::Many(parts) => parts.iter().map(Self::len).sum(),
            Self::Repeat { of, count } => of.len().saturating_mul(*count),
        }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The body in memory. Only for bodies known to be small, such as the payload of a frame.
    #[must_use]
    pub fn unrolled(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.append_to(&mut out);
        out
    }

    fn append_to(&self, out: &mut Vec<u8>) {
        match self {
            Self::Leaf(bytes) => out.extend_from_slice(bytes),
            Self::Many(parts) => parts.iter().for_each(|part| part.append_to(out)),
            Self::Repeat { of, count } => (0..*count).for_each(|_| of.append_to(out)),
        }
    }

    /// Reads the JSON form of a body (see README.md).
    ///
    /// # Errors
    /// A sentence naming the form that was not understood.
    pub fn from_json(value: &Value) -> Result<Self, String> {
        match value {
            Value::Null => Ok(Self::default()),
            Value::String(text) => Ok(Self::bytes(text)),
            Value::Array(parts) => concat(parts),
            Value::Object(form) => {
                let (name, inner) = match (form.get("repeat"), form.len()) {
                    (Some(_), _) => return repeat(value),
                    (None, 1) => form.iter().next().ok_or("an empty body object")?,
                    _ => return Err(format!("a body has exactly one form, got {value}")),
                };
                from_form(name, inner)
            }
            _ => Err(format!("not a body: {value}")),
        }
    }

    /// The `Content-Type` a body form stands for, where it stands for one.
    #[must_use]
    pub fn content_type(value: &Value) -> Option<&'static str> {
        let form = value.as_object()?;
        match form.keys().next().map(String::as_str) {
            Some("json" | "json_lines") => Some("application/json"),
            Some("frames") => Some("application/vnd.docker.multiplexed-stream"),
            Some("repeat") => {
                Self::content_type(form.get("repeat")?.get("body").or(form.get("repeat"))?)
            }
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::from_json(&value).map_err(serde::de::Error::custom)
    }
}

fn from_form(name: &str, inner: &Value) -> Result<Body, String> {
    match name {
        "text" => Ok(Body::bytes(inner.as_str().ok_or("text wants a string")?)),
        "base64" => {
            let text = inner.as_str().ok_or("base64 wants a string")?;
            STANDARD
                .decode(text)
                .map(Body::bytes)
                .map_err(|error| format!("base64: {error}"))
        }
        "hex" => Ok(Body::bytes(hex(inner)?)),
        "json" => Ok(Body::bytes(inner.to_string())),
        "json_lines" => {
            let lines = inner.as_array().ok_or("json_lines wants an array")?;
            Ok(Body::Many(
                lines
                    .iter()
                    .map(|line| Body::bytes(format!("{line}\r\n")))
                    .collect(),
            ))
        }
        "concat" => concat(inner.as_array().ok_or("concat wants an array")?),
        "frames" => {
            let frames = inner.as_array().ok_or("frames wants an array")?;
            frames
                .iter()
                .map(frame)
                .collect::<Result<_, _>>()
                .map(Body::Many)
        }
        other => Err(format!("unknown body form {other:?}")),
    }
}

fn concat(parts: &[Value]) -> Result<Body, String> {
    parts
        .iter()
        .map(Body::from_json)
        .collect::<Result<_, _>>()
        .map(Body::Many)
}

/// `{"repeat": {"body": …, "count": n}}`, or the flat `{"repeat": …, "count": n}`.
fn repeat(value: &Value) -> Result<Body, String> {
    let inner = &value["repeat"];
    let (body, count) = match value.get("count") {
        Some(count) => (inner, count),
        None => (&inner["body"], &inner["count"]),
    };
    let count = count.as_u64().ok_or("repeat wants a count")?;
    Ok(Body::Repeat {
        of: Box::new(Body::from_json(body)?),
        count,
    })
}

/// `[kind, payload]`, or `{"header_hex": "…", "body": payload}` for a header that lies.
fn frame(value: &Value) -> Result<Body, String> {
    if let Some([kind, payload]) = value.as_array().map(Vec::as_slice) {
        let kind = kind
            .as_u64()
            .and_then(|kind| u8::try_from(kind).ok())
            .ok_or("a frame's kind is a number below 256")?;
        let payload = Body::from_json(payload)?.unrolled();
        let length = u32::try_from(payload.len()).map_err(|_| "a frame's payload is too large")?;
        let mut bytes = vec![kind, 0, 0, 0];
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&payload);
        return Ok(Body::bytes(bytes));
    }
    let Some(header) = value.get("header_hex") else {
        return Err(format!(
            "a frame is [kind, payload] or {{header_hex, body}}, got {value}"
        ));
    };
    let mut bytes = hex(header)?;
    if let Some(body) = value.get("body") {
        bytes.extend_from_slice(&Body::from_json(body)?.unrolled());
    }
    Ok(Body::bytes(bytes))
}

fn hex(value: &Value) -> Result<Vec<u8>, String> {
    let text = value.as_str().ok_or("hex wants a string")?;
    let digits: Vec<u32> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16))
        .collect::<Option<_>>()
        .ok_or("not hex")?;
    if !digits.len().is_multiple_of(2) {
        return Err("hex wants pairs of digits".to_owned());
    }
    digits
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).map_err(|error| error.to_string()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_form_gives_its_bytes() {
        let cases = [
            (json!("a"), b"a".to_vec()),
            (json!({"text": "a"}), b"a".to_vec()),
            (json!({"base64": "AAE="}), vec![0, 1]),
            (json!({"hex": "00 ff"}), vec![0, 255]),
            (
                json!({"json": {"b": 1, "a": []}}),
                br#"{"b":1,"a":[]}"#.to_vec(),
            ),
            (json!({"json_lines": [1, "x"]}), b"1\r\n\"x\"\r\n".to_vec()),
            (
                json!({"frames": [[1, "hi"]]}),
                b"\x01\0\0\0\0\0\0\x02hi".to_vec(),
            ),
            (
                json!({"frames": [{"header_hex": "0100", "body": "x"}]}),
                b"\x01\0x".to_vec(),
            ),
            (
                json!({"repeat": {"body": "ab", "count": 2}}),
                b"abab".to_vec(),
            ),
            (json!({"repeat": "ab", "count": 2}), b"abab".to_vec()),
            (json!({"concat": ["a", {"text": "b"}]}), b"ab".to_vec()),
        ];
        for (form, bytes) in cases {
            let body = Body::from_json(&form).expect("a known form");
            assert_eq!(body.unrolled(), bytes, "{form}");
            assert_eq!(body.len(), bytes.len() as u64, "{form}");
        }
    }

    #[test]
    fn a_wrong_form_is_named() {
        assert!(
            Body::from_json(&json!({"tekst": "a"}))
                .expect_err("unknown")
                .contains("tekst")
        );
        assert!(Body::from_json(&json!({"text": "a", "hex": "00"})).is_err());
    }
}
