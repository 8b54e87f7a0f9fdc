//! A cursor over JSON bytes that skips what nobody asks about. It builds no values, allocates only for names with escapes,
//! does not recurse, and returns `None` as soon as the text is not JSON.

use std::borrow::Cow;

use memchr::memchr2;

/// A position in JSON text.
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// A string as it stands between its quotes.
#[derive(Clone, Copy)]
pub(super) struct Raw<'a> {
    bytes: &'a [u8],
    escaped: bool,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next byte that is not white space; it stays.
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// Takes `byte` if it comes next.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Takes a string.
    pub(super) fn string(&mut self) -> Option<Raw<'a>> {
        if !self.eat(b'"') {
            return None;
        }
        let start = self.at;
        // Most strings are short: looking at eight bytes at once is cheaper there than starting a search.
        for _ in 0..4 {
            let Some(word) = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk) else {
                break;
            };
            if let Some(stop) = first_stop(*word) {
                self.at += stop;
                break;
            }
            self.at += 8;
        }
        self.string_end(start)
    }

    fn string_end(&mut self, start: usize) -> Option<Raw<'a>> {
        let mut escaped = false;
        loop {
            let rest = self.bytes.get(self.at..)?;
            let stop = if matches!(rest.first(), Some(b'"' | b'\\')) {
                0
            } else {
                memchr2(b'"', b'\\', rest)?
            };
            self.at += stop + 1;
            if rest[stop] == b'"' {
                return Some(Raw {
                    bytes: &self.bytes[start..self.at - 1],
                    escaped,
                });
            }
            escaped = true;
            self.at += 1;
        }
    }

    /// Takes a whole value, whatever it is.
    pub(super) fn skip(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.string().map(|_| ()),
            b'{' | b'[' => self.skip_nested(),
            b'}' | b']' | b',' | b':' => None,
            _ => {
                let rest = &self.bytes[self.at..];
                let end =
                    |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r');
                self.at += rest.iter().position(end).unwrap_or(rest.len());
                Some(())
            }
        }
    }

    fn skip_nested(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.bytes.get(self.at)? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// Takes `null` if it comes next.
    pub(super) fn null(&mut self) -> bool {
        let found = self.peek() == Some(b'n') && self.bytes[self.at..].starts_with(b"null");
        self.at += if found { 4 } else { 0 };
        found
    }

    /// After a member or an element: whether another follows. `close` ends the object or list.
    pub(super) fn another(&mut self, close: u8) -> Option<bool> {
        if self.eat(b',') {
            return Some(true);
        }
        if self.eat(close) { Some(false) } else { None }
    }
}

/// Where the first quote or backslash is among eight bytes.
fn first_stop(bytes: [u8; 8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let word = u64::from_le_bytes(bytes);
    // A byte that becomes zero borrows into its high bit; the lowest such bit is always a true one.
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let found = zero(word ^ (ONES * u64::from(b'"'))) | zero(word ^ (ONES * u64::from(b'\\')));
    (found != 0).then_some(found.trailing_zeros() as usize / 8)
}

impl<'a> Raw<'a> {
    /// The name for looking up: escapes resolved, and the two letters that fold to ASCII for the daemon's JSON decoder folded.
    pub(super) fn name(self) -> Cow<'a, [u8]> {
        if !self.escaped && self.bytes.is_ascii() {
            return Cow::Borrowed(self.bytes);
        }
        let folded = self.text().replace('\u{17f}', "s").replace('\u{212a}', "k");
        Cow::Owned(folded.into_bytes())
    }

    /// The text: escapes resolved, broken UTF-8 replaced.
    pub(super) fn text(self) -> Cow<'a, str> {
        let text = String::from_utf8_lossy(self.bytes);
        if !self.escaped {
            return text;
        }
        let quoted = format!("\"{text}\"");
        serde_json::from_str::<String>(&quoted).map_or(text, Cow::Owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skips(text: &str) -> Option<usize> {
        let mut cursor = Cursor::new(text.as_bytes());
        cursor.skip().map(|()| cursor.at)
    }

    #[test]
    fn skips_whole_values() {
        for value in [
            "null",
            "-1.5e3",
            "\"a\\\"]}\"",
            "{\"a\":[{}, \"}\"]}",
            "[[[]],[{\"x\":\"[\"}]]",
            "\"\\\\\"",
        ] {
            assert_eq!(skips(value), Some(value.len()), "{value}");
            assert_eq!(
                skips(&format!(" {value} ,1")),
                Some(value.len() + 1),
                "{value}"
            );
        }
        let deep = "[".repeat(200_000) + &"]".repeat(200_000);
        assert_eq!(skips(&deep), Some(deep.len()));
    }

    #[test]
    fn stops_at_what_is_not_json() {
        for text in ["", "  ", "{", "[1", "\"a", "\"a\\", "{\"a\":\"}", "}", ","] {
            assert_eq!(skips(text), None, "{text}");
        }
    }

    #[test]
    fn names_are_unescaped_and_folded() {
        let name = |text: &str| {
            Cursor::new(text.as_bytes())
                .string()
                .map(|raw| String::from_utf8_lossy(&raw.name()).into_owned())
        };
        assert_eq!(name("\"Host\\u0043onfig\"").as_deref(), Some("HostConfig"));
        assert_eq!(name("\"Mountſ\"").as_deref(), Some("Mounts"));
        assert_eq!(
            name("\"\u{212a}ernelMemory\"").as_deref(),
            Some("kernelMemory")
        );
        assert_eq!(name("\"netz-ü\"").as_deref(), Some("netz-ü"));
        assert_eq!(name("\"\\ud800\"").as_deref(), Some("\\ud800"));
    }
}
