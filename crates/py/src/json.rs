//! JSON straight to Python objects. No value of any other kind is built in between.
//!
//! What `json.loads` accepts and this does not (floats, integers beyond 64 bits, lone surrogates, NaN), and everything that is
//! wrong, is left to `json.loads`: its results and its errors are the rule.

use std::cell::RefCell;
use std::fmt;
use std::sync::{Mutex, MutexGuard};

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyDict, PyList, PyString};
use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};

/// From this size on Python's garbage collector pauses: it would walk the growing tree again and again.
const LARGE: usize = 32 * 1024;
/// Short strings repeat in what engines answer; so many at most are remembered, each at a place given by its bytes.
const PLACES: usize = 512;
const SHORT: usize = 48;

static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// `json.loads`.
pub(crate) fn standard(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    LOADS.import(py, "json", "loads")
}

/// What `json.loads` is given when it is needed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Otherwise {
    /// The bytes, whose encoding it finds out.
    Bytes,
    /// Text, if it is UTF-8.
    Text,
}

/// Decodes one JSON document.
pub(crate) fn decode<'py>(
    py: Python<'py>,
    bytes: &[u8],
    otherwise: Otherwise,
) -> PyResult<Bound<'py, PyAny>> {
    let paused = if bytes.len() >= LARGE {
        Paused::new(py)?
    } else {
        None
    };
    let found = parse(py, bytes);
    drop(paused);
    match found {
        Ok(value) => Ok(value),
        Err(_) => match std::str::from_utf8(bytes) {
            Ok(text) if otherwise == Otherwise::Text => standard(py)?.call1((text,)),
            _ => standard(py)?.call1((PyBytes::new(py, bytes),)),
        },
    }
}

fn parse<'py>(py: Python<'py>, bytes: &[u8]) -> serde_json::Result<Bound<'py, PyAny>> {
    let mut source = serde_json::Deserializer::from_slice(bytes);
    let count = (bytes.len() / 32).next_power_of_two().min(PLACES);
    let places = std::iter::repeat_with(|| None).take(count).collect();
    // Taken already when a finalizer that runs meanwhile decodes something.
    let names = NAMES.try_lock().ok();
    let known = Known {
        py,
        names: RefCell::new(names),
        places: RefCell::new(places),
    };
    let value = Builder(&known).deserialize(&mut source)?;
    source.end()?;
    Ok(value)
}

/// Decodes one JSON document; the same as `json.loads`, faster.
#[pyo3::pyfunction]
pub(crate) fn decode_json<'py>(data: &Bound<'py, PyBytes>) -> PyResult<Bound<'py, PyAny>> {
    decode(data.py(), data.as_bytes(), Otherwise::Bytes)
}

/// The garbage collector does not run while this lives.
struct Paused<'py>(Bound<'py, PyModule>);

impl<'py> Paused<'py> {
    fn new(py: Python<'py>) -> PyResult<Option<Self>> {
        let collector = py.import("gc")?;
        if !collector.call_method0("isenabled")?.is_truthy()? {
            return Ok(None);
        }
        collector.call_method0("disable")?;
        Ok(Some(Self(collector)))
    }
}

impl Drop for Paused<'_> {
    fn drop(&mut self) {
        // `gc.enable` takes nothing and cannot fail.
        drop(self.0.call_method0("enable"));
    }
}

/// Names of members, which are the same in one document after the other: each is made, and hashed, once.
static NAMES: Mutex<Vec<Option<MadeName>>> = Mutex::new(Vec::new());
const NAMES_KEPT: usize = 1024;

type MadeName = (Box<str>, Py<PyString>);
type Names = MutexGuard<'static, Vec<Option<MadeName>>>;
type Place<'py, 'de> = Option<(&'de str, Bound<'py, PyString>)>;

/// Strings that were made already.
struct Known<'py, 'de> {
    py: Python<'py>,
    names: RefCell<Option<Names>>,
    /// Values of this document.
    places: RefCell<Vec<Place<'py, 'de>>>,
}

fn place<'a, T>(places: &'a mut [T], text: &str) -> Option<&'a mut T> {
    let at = hash(text.as_bytes()) % places.len().max(1) as u64;
    places.get_mut(usize::try_from(at).ok()?)
}

impl<'py, 'de> Known<'py, 'de> {
    /// A value.
    fn string(&self, text: &'de str) -> Bound<'py, PyString> {
        let create = || PyString::new(self.py, text);
        let mut places = self.places.borrow_mut();
        match place(&mut places, text).filter(|_| text.len() <= SHORT) {
            Some(Some((known, made))) if *known == text => made.clone(),
            Some(place) => {
                let made = create();
                *place = Some((text, made.clone()));
                made
            }
            None => create(),
        }
    }

    /// A member's name.
    fn name(&self, text: &str) -> Bound<'py, PyString> {
        let create = || PyString::new(self.py, text);
        let mut names = self.names.borrow_mut();
        let Some(names) = names.as_mut().filter(|_| text.len() <= SHORT) else {
            return create();
        };
        names.resize_with(NAMES_KEPT, || None);
        match place(names, text) {
            Some(Some((known, made))) if **known == *text => made.bind(self.py).clone(),
            Some(place) => {
                let made = create();
                *place = Some((text.into(), made.clone().unbind()));
                made
            }
            None => create(),
        }
    }
}

/// What a string is looked up by: its length, its first and its last bytes.
fn hash(bytes: &[u8]) -> u64 {
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
    (mixed ^ bytes.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32
}

/// Builds the value that comes next.
struct Builder<'a, 'py, 'de>(&'a Known<'py, 'de>);

impl<'py, 'de> DeserializeSeed<'de> for Builder<'_, 'py, 'de> {
    type Value = Bound<'py, PyAny>;

    fn deserialize<D: de::Deserializer<'de>>(self, source: D) -> Result<Self::Value, D::Error> {
        source.deserialize_any(self)
    }
}

fn failed<E: de::Error>(error: PyErr) -> E {
    E::custom(error)
}

impl<'py, 'de> Visitor<'de> for Builder<'_, 'py, 'de> {
    type Value = Bound<'py, PyAny>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(self.0.py.None().into_bound(self.0.py))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(PyBool::new(self.0.py, value).to_owned().into_any())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        let Ok(number) = value.into_pyobject(self.0.py);
        Ok(number.into_any())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        let Ok(number) = value.into_pyobject(self.0.py);
        Ok(number.into_any())
    }

    fn visit_borrowed_str<E: de::Error>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(self.0.string(value).into_any())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(PyString::new(self.0.py, value).into_any())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let list = PyList::empty(self.0.py);
        while let Some(item) = items.next_element_seed(Builder(self.0))? {
            list.append(item).map_err(failed)?;
        }
        Ok(list.into_any())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let dict = PyDict::new(self.0.py);
        while let Some(name) = members.next_key_seed(Name(self.0))? {
            let value = members.next_value_seed(Builder(self.0))?;
            dict.set_item(name, value).map_err(failed)?;
        }
        Ok(dict.into_any())
    }
}

/// Builds the name of a member.
struct Name<'a, 'py, 'de>(&'a Known<'py, 'de>);

impl<'py, 'de> DeserializeSeed<'de> for Name<'_, 'py, 'de> {
    type Value = Bound<'py, PyString>;

    fn deserialize<D: de::Deserializer<'de>>(self, source: D) -> Result<Self::Value, D::Error> {
        source.deserialize_str(self)
    }
}

impl<'py, 'de> Visitor<'de> for Name<'_, 'py, 'de> {
    type Value = Bound<'py, PyString>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E: de::Error>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(self.0.name(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(self.0.name(value))
    }
}
