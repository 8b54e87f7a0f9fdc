//! One pass over a JSON text that makes Python objects and nothing in between.

use std::sync::Mutex;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyList, PyString};

use crate::runtime::lock;

/// Strings up to this length are looked up before they are made: they repeat in what engines answer.
const SHORT: usize = 48;
/// Names of members that are remembered for the process, each at a place given by its bytes. A power of two.
const NAMES: usize = 1024;
/// Other strings that are remembered for one document, at most. A power of two.
const STRINGS: usize = 512;
/// Deeper documents are not parsed here.
const DEPTH: usize = 128;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The value of a whole document; `None` for what only `json.loads` can answer, good or bad.
pub(crate) fn parse<'py>(py: Python<'py>, bytes: &[u8]) -> Option<Bound<'py, PyAny>> {
    let text = std::str::from_utf8(bytes).ok()?;
    // A finalizer that runs meanwhile and decodes something finds no table and starts another.
    let names = lock(&KNOWN_NAMES).take();
    let places = (bytes.len() / 32).next_power_of_two().min(STRINGS);
    let mut parser = Parser {
        py,
        text,
        bytes,
        at: 0,
        depth: 0,
        items: Vec::new(),
        names: names.unwrap_or_else(|| std::iter::repeat_with(|| None).take(NAMES).collect()),
        strings: std::iter::repeat_with(|| None).take(places).collect(),
    };
    let value = parser.value();
    let whole = parser.next_byte().is_none();
    *lock(&KNOWN_NAMES) = Some(parser.names);
    value.filter(|_| whole)
}

/// A name of a member and the object for it, whose hash is known after its first use.
struct Name {
    length: u8,
    bytes: [u8; SHORT],
    made: Py<PyString>,
}

static KNOWN_NAMES: Mutex<Option<Vec<Option<Name>>>> = Mutex::new(None);

struct Parser<'a, 'py> {
    py: Python<'py>,
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    /// Items of the lists that are being read.
    items: Vec<Bound<'py, PyAny>>,
    names: Vec<Option<Name>>,
    /// Strings of this document that were made already.
    strings: Vec<Option<(&'a str, Bound<'py, PyString>)>>,
}

impl<'a, 'py> Parser<'a, 'py> {
    /// The next byte that is no white space, left where it is.
    #[inline]
    fn next_byte(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            if byte > b' ' {
                return Some(byte);
            }
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    fn value(&mut self) -> Option<Bound<'py, PyAny>> {
        match self.next_byte()? {
            b'"' => {
                self.at += 1;
                self.string()
            }
            b'{' => self.nested(Self::members),
            b'[' => self.nested(Self::list),
            b't' => self.literal("true", |py| PyBool::new(py, true).to_owned().into_any()),
            b'f' => self.literal("false", |py| PyBool::new(py, false).to_owned().into_any()),
            b'n' => self.literal("null", |py| py.None().into_bound(py)),
            _ => self.number(),
        }
    }

    fn nested(
        &mut self,
        inner: fn(&mut Self) -> Option<Bound<'py, PyAny>>,
    ) -> Option<Bound<'py, PyAny>> {
        if self.depth == DEPTH {
            return None;
        }
        self.depth += 1;
        self.at += 1;
        let value = inner(self);
        self.depth -= 1;
        value
    }

    fn literal(
        &mut self,
        word: &str,
        value: fn(Python<'py>) -> Bound<'py, PyAny>,
    ) -> Option<Bound<'py, PyAny>> {
        let rest = self.bytes.get(self.at..)?;
        if !rest.starts_with(word.as_bytes()) {
            return None;
        }
        self.at += word.len();
        Some(value(self.py))
    }

    /// The members behind a brace.
    fn members(&mut self) -> Option<Bound<'py, PyAny>> {
        let dict = PyDict::new(self.py);
        if self.next_byte()? == b'}' {
            self.at += 1;
            return Some(dict.into_any());
        }
        loop {
            if self.next_byte()? != b'"' {
                return None;
            }
            self.at += 1;
            let name = self.name()?;
            if self.next_byte()? != b':' {
                return None;
            }
            self.at += 1;
            let value = self.value()?;
            dict.set_item(&name, &value).ok()?;
            let next = self.next_byte()?;
            self.at += 1;
            match next {
                b',' => {}
                b'}' => return Some(dict.into_any()),
                _ => return None,
            }
        }
    }

    /// The items behind a bracket.
    fn list(&mut self) -> Option<Bound<'py, PyAny>> {
        let before = self.items.len();
        if self.next_byte()? == b']' {
            self.at += 1;
            return Some(PyList::empty(self.py).into_any());
        }
        loop {
            let value = self.value()?;
            self.items.push(value);
            let next = self.next_byte()?;
            self.at += 1;
            match next {
                b',' => {}
                b']' => break,
                _ => return None,
            }
        }
        let list = PyList::new(self.py, self.items.drain(before..)).ok()?;
        Some(list.into_any())
    }

    /// What is left of a string that holds no escapes, or `Err` with what stands before the first.
    #[inline]
    fn plain(&mut self) -> Option<Result<&'a str, &'a str>> {
        let start = self.at;
        let end = special(self.bytes, start)?;
        let text = self.text.get(start..end)?;
        self.at = end + 1;
        match self.bytes.get(end)? {
            b'"' => Some(Ok(text)),
            b'\\' => Some(Err(text)),
            _ => None,
        }
    }

    fn string(&mut self) -> Option<Bound<'py, PyAny>> {
        let text = match self.plain()? {
            Ok(text) => text,
            Err(begun) => {
                let text = self.escaped(begun)?;
                return Some(PyString::new(self.py, &text).into_any());
            }
        };
        if text.len() > SHORT {
            return Some(PyString::new(self.py, text).into_any());
        }
        let place = place(text.as_bytes(), self.strings.len());
        let Some(place) = self.strings.get_mut(place) else {
            return Some(PyString::new(self.py, text).into_any());
        };
        if let Some((known, made)) = place
            && *known == text
        {
            return Some(made.clone().into_any());
        }
        let made = PyString::new(self.py, text);
        *place = Some((text, made.clone()));
        Some(made.into_any())
    }

    fn name(&mut self) -> Option<Bound<'py, PyString>> {
        let text = match self.plain()? {
            Ok(text) => text,
            Err(begun) => return Some(PyString::new(self.py, &self.escaped(begun)?)),
        };
        let made = |py| PyString::new(py, text);
        let index = place(text.as_bytes(), NAMES);
        let (Ok(length), Some(place)) = (u8::try_from(text.len()), self.names.get_mut(index))
        else {
            return Some(made(self.py));
        };
        if let Some(known) = place
            && known.length == length
            && known.bytes.get(..text.len()) == Some(text.as_bytes())
        {
            return Some(known.made.bind(self.py).clone());
        }
        let made = made(self.py);
        let mut bytes = [0; SHORT];
        if let Some(room) = bytes.get_mut(..text.len()) {
            room.copy_from_slice(text.as_bytes());
            let made = made.clone().unbind();
            *place = Some(Name {
                length,
                bytes,
                made,
            });
        }
        Some(made)
    }

    /// A string with escapes; the first backslash is behind.
    fn escaped(&mut self, begun: &str) -> Option<String> {
        let mut text = begun.to_owned();
        loop {
            let kind = *self.bytes.get(self.at)?;
            self.at += 1;
            text.push(match kind {
                b'"' | b'\\' | b'/' => char::from(kind),
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                b'n' => '\n',
                b'r' => '\r',
                b't' => '\t',
                b'u' => self.unicode()?,
                _ => return None,
            });
            match self.plain()? {
                Ok(rest) => {
                    text.push_str(rest);
                    return Some(text);
                }
                Err(part) => text.push_str(part),
            }
        }
    }

    /// The character behind `\u`; half of one is for `json.loads`.
    fn unicode(&mut self) -> Option<char> {
        let unit = self.four_digits()?;
        if !(0xd800..0xdc00).contains(&unit) {
            return char::from_u32(unit);
        }
        if self.bytes.get(self.at..self.at + 2)? != br"\u" {
            return None;
        }
        self.at += 2;
        let low = self.four_digits()?;
        if !(0xdc00..0xe000).contains(&low) {
            return None;
        }
        char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00))
    }

    fn four_digits(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    fn digits(&mut self) -> usize {
        let from = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        self.at - from
    }

    fn number(&mut self) -> Option<Bound<'py, PyAny>> {
        let start = self.at;
        self.at += usize::from(self.bytes.get(self.at) == Some(&b'-'));
        let zero = self.bytes.get(self.at) == Some(&b'0');
        let digits = self.digits();
        if digits == 0 || (zero && digits > 1) {
            return None;
        }
        if matches!(self.bytes.get(self.at), Some(b'.' | b'e' | b'E')) {
            return self.float(start);
        }
        let text = self.text.get(start..self.at)?;
        if let Ok(number) = text.parse::<i64>() {
            let Ok(number) = number.into_pyobject(self.py);
            return Some(number.into_any());
        }
        let Ok(number) = text.parse::<u64>().ok()?.into_pyobject(self.py);
        Some(number.into_any())
    }

    /// The rest of a number that is none of the integers.
    fn float(&mut self, start: usize) -> Option<Bound<'py, PyAny>> {
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return None;
            }
        }
        if matches!(self.bytes.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.bytes.get(self.at), Some(b'+' | b'-')));
            if self.digits() == 0 {
                return None;
            }
        }
        let number = self.text.get(start..self.at)?.parse::<f64>().ok()?;
        Some(PyFloat::new(self.py, number).into_any())
    }
}

/// Where the first quote, backslash or control character is.
#[inline]
fn special(bytes: &[u8], mut at: usize) -> Option<usize> {
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let word = u64::from_le_bytes(*eight);
        let quote = word ^ (ONES * u64::from(b'"'));
        let slash = word ^ (ONES * u64::from(b'\\'));
        let found = (quote.wrapping_sub(ONES) & !quote)
            | (slash.wrapping_sub(ONES) & !slash)
            | (word.wrapping_sub(ONES * 0x20) & !word);
        let found = found & HIGH;
        if found != 0 {
            return Some(at + (found.trailing_zeros() / 8) as usize);
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    let found = rest
        .iter()
        .position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))?;
    Some(at + found)
}

/// Where a string is looked up among `places`, a power of two: by its length, its first and its last bytes.
#[inline]
fn place(bytes: &[u8], places: usize) -> usize {
    let mixed = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(first), Some(last)) => {
            u64::from_le_bytes(*first) ^ u64::from_le_bytes(*last).rotate_left(23)
        }
        _ => match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
            (Some(first), Some(last)) => {
                let last = u64::from(u32::from_le_bytes(*last));
                u64::from(u32::from_le_bytes(*first)) | last << 32
            }
            _ => bytes
                .iter()
                .fold(0, |word, byte| word << 8 | u64::from(*byte)),
        },
    };
    let mixed = (mixed ^ bytes.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    usize::try_from(mixed).unwrap_or(0) & places.saturating_sub(1)
}
