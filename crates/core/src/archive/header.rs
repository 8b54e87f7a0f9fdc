//! Headers of tar archives: ustar blocks, and pax records before them for what does not fit.

use std::fmt::Write as _;

pub(super) const BLOCK: usize = 512;

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(unix),
    expect(dead_code, reason = "pipes and devices are files on Unix alone")
)]
pub(super) enum Kind {
    File,
    HardLink,
    SymbolicLink,
    Folder,
    Pipe,
    /// Numbers of a character device.
    Characters(u32, u32),
    /// Numbers of a block device.
    Blocks(u32, u32),
    /// Records about the member behind.
    Records,
}

impl Kind {
    fn letter(self) -> u8 {
        match self {
            Self::File => b'0',
            Self::HardLink => b'1',
            Self::SymbolicLink => b'2',
            Self::Characters(..) => b'3',
            Self::Blocks(..) => b'4',
            Self::Folder => b'5',
            Self::Pipe => b'6',
            Self::Records => b'x',
        }
    }
}

/// A time: what fits the header, and the exact value where that says less.
#[derive(Clone, Debug, Default)]
pub(super) struct Time {
    pub(super) whole: i64,
    pub(super) exact: Option<String>,
}

/// One member, without its contents.
#[derive(Clone, Debug)]
pub(super) struct Header {
    pub(super) kind: Kind,
    pub(super) name: Vec<u8>,
    pub(super) link: Vec<u8>,
    pub(super) mode: u32,
    pub(super) user: u32,
    pub(super) group: u32,
    pub(super) user_name: String,
    pub(super) group_name: String,
    pub(super) size: u64,
    pub(super) time: Time,
}

/// The largest number of an octal field with so many bytes, one of them its end.
const fn most(bytes: u32) -> u64 {
    8_u64.pow(bytes - 1) - 1
}

impl Header {
    /// A file with this name and size, of nobody in particular.
    pub(super) fn plain(name: Vec<u8>, size: u64) -> Self {
        Self {
            kind: Kind::File,
            name,
            link: Vec::new(),
            mode: 0o644,
            user: 0,
            group: 0,
            user_name: String::new(),
            group_name: String::new(),
            size,
            time: Time::default(),
        }
    }

    /// Appends the blocks of this header.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let records = self.records();
        if !records.is_empty() {
            let mut about = Self::plain(b"././@PaxHeader".to_vec(), records.len() as u64);
            about.kind = Kind::Records;
            about.mode = 0;
            about.block(out);
            out.extend_from_slice(&records);
            pad(out, records.len() as u64);
        }
        self.block(out);
    }

    fn records(&self) -> Vec<u8> {
        let texts: [(&str, &[u8], usize); 4] = [
            ("path", &self.name, 100),
            ("linkpath", &self.link, 100),
            ("uname", self.user_name.as_bytes(), 32),
            ("gname", self.group_name.as_bytes(), 32),
        ];
        let long = texts
            .into_iter()
            .filter(|(_, text, room)| text.len() > *room || !text.is_ascii());
        let mut records = Vec::new();
        if long
            .clone()
            .any(|(_, text, _)| std::str::from_utf8(text).is_err())
        {
            records.extend_from_slice(b"21 hdrcharset=BINARY\n");
        }
        for (key, text, _) in long {
            record(&mut records, key, text);
        }
        let numbers = [
            ("uid", u64::from(self.user), 8),
            ("gid", u64::from(self.group), 8),
            ("size", self.size, 12),
        ];
        for (key, number, room) in numbers {
            if number > most(room) {
                record(&mut records, key, number.to_string().as_bytes());
            }
        }
        if let Some(exact) = &self.time.exact {
            record(&mut records, "mtime", exact.as_bytes());
        }
        records
    }

    fn block(&self, out: &mut Vec<u8>) {
        let start = out.len();
        let time = u64::try_from(self.time.whole).unwrap_or_default();
        text(out, &self.name, 100);
        octal(out, u64::from(self.mode & 0o7777), 8);
        octal(out, u64::from(self.user), 8);
        octal(out, u64::from(self.group), 8);
        octal(out, self.size, 12);
        octal(out, time, 12);
        // The sum of all bytes goes here; while it is made, there are blanks.
        let sum = out.len();
        out.extend_from_slice(b"        ");
        out.push(self.kind.letter());
        text(out, &self.link, 100);
        out.extend_from_slice(b"ustar\x0000");
        text(out, self.user_name.as_bytes(), 32);
        text(out, self.group_name.as_bytes(), 32);
        if let Kind::Characters(major, minor) | Kind::Blocks(major, minor) = self.kind {
            octal(out, u64::from(major), 8);
            octal(out, u64::from(minor), 8);
        }
        out.resize(start + BLOCK, 0);
        let total: u32 = out.iter().skip(start).map(|byte| u32::from(*byte)).sum();
        let digits = format!("{total:06o}\0");
        if let Some(room) = out.get_mut(sum..sum + digits.len()) {
            room.copy_from_slice(digits.as_bytes());
        }
    }
}

/// A text field; what is not ASCII is told by a record.
fn text(out: &mut Vec<u8>, text: &[u8], room: usize) {
    let start = out.len();
    if text.is_ascii() {
        out.extend_from_slice(text.get(..room).unwrap_or(text));
    } else {
        for part in text.utf8_chunks() {
            out.extend(part.valid().chars().map(|letter| {
                u8::try_from(letter)
                    .ok()
                    .filter(u8::is_ascii)
                    .unwrap_or(b'?')
            }));
            out.extend(part.invalid().iter().map(|_| b'?'));
        }
    }
    out.resize(start + room, 0);
}

/// An octal field; a number that does not fit is told by a record.
fn octal(out: &mut Vec<u8>, number: u64, room: u32) {
    let number = if number > most(room) { 0 } else { number };
    for place in (0..room - 1).rev() {
        let digit = number >> (3 * place) & 7;
        out.push(b'0' + u8::try_from(digit).unwrap_or_default());
    }
    out.push(0);
}

/// A record begins with its own length, which counts its own digits.
fn record(records: &mut Vec<u8>, key: &str, value: &[u8]) {
    let bare = key.len() + value.len() + 3;
    let mut length = bare;
    loop {
        let counted = bare + length.to_string().len();
        if counted == length {
            break;
        }
        length = counted;
    }
    let mut head = String::new();
    // Writing to a String cannot fail.
    let _ = write!(head, "{length} {key}=");
    records.extend_from_slice(head.as_bytes());
    records.extend_from_slice(value);
    records.push(b'\n');
}

/// Appends the zeros that fill contents of this size up to whole blocks.
pub(super) fn pad(out: &mut Vec<u8>, size: u64) {
    let over = usize::try_from(size % BLOCK as u64).unwrap_or_default();
    if over > 0 {
        out.resize(out.len() + BLOCK - over, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_counts_itself() {
        for length in [1, 80, 85, 86, 87, 88, 89, 980, 985, 990, 995, 1000] {
            let mut records = Vec::new();
            record(&mut records, "path", &vec![b'x'; length]);
            let (digits, _) = std::str::from_utf8(&records)
                .unwrap()
                .split_once(' ')
                .unwrap();
            assert_eq!(digits.parse::<usize>().unwrap(), records.len());
        }
    }

    #[test]
    fn what_fits_needs_one_block() {
        let mut out = Vec::new();
        Header::plain(vec![b'a'; 100], 0o77_777_777_777).write(&mut out);
        assert_eq!(out.len(), BLOCK);
        assert_eq!(&out[..100], &[b'a'; 100]);
        assert_eq!(&out[124..136], b"77777777777\0");
        let sum: u32 = out
            .iter()
            .enumerate()
            .map(|(at, byte)| match at {
                148..156 => 32,
                _ => u32::from(*byte),
            })
            .sum();
        assert_eq!(&out[148..156], format!("{sum:06o}\0 ").as_bytes());
    }

    #[test]
    fn what_does_not_fit_is_told_before() {
        let name = "größe/".repeat(20).into_bytes();
        let mut header = Header::plain(name.clone(), 0o100_000_000_000);
        header.user = 1 << 21;
        let mut out = Vec::new();
        header.write(&mut out);
        assert_eq!(out.len(), 3 * BLOCK);
        let text = String::from_utf8_lossy(&out);
        assert!(text.contains(&format!("path={}\n", String::from_utf8(name).unwrap())));
        assert!(text.contains(" size=8589934592\n") && text.contains(" uid=2097152\n"));
        assert!(out[2 * BLOCK..].starts_with(b"gr??e/") || out[2 * BLOCK..].starts_with(b"gr?"));
    }
}
