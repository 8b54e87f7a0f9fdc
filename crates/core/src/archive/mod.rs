//! Tar archives of local files, made piece by piece while they are sent: no temporary file, no file in memory as a whole.
//!
//! Which files go in is decided before; contexts of builds are listed by the bindings, whose originals have rules of their own.
//! Reading blocks, so pieces are asked for in a thread that may wait.

mod facts;
mod header;

use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::pieces::Pieces;
use header::{BLOCK, Header, Kind, pad};

/// The largest piece.
const PIECE: usize = 256 * 1024;
/// Compressed pieces are at least this large, the last one aside.
const PACKED: usize = 64 * 1024;

/// Who owns a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// A user by number.
    User(u32),
    /// A group by number.
    Group(u32),
}

/// Gives the name of an owner; asked once for each.
pub type OwnerNames = Box<dyn FnMut(Owner) -> Option<String> + Send>;

/// How files are told in an archive.
#[derive(Default)]
pub struct Telling {
    /// Names of owners, next to their numbers.
    pub owners: Option<OwnerNames>,
    /// Times with their fraction.
    pub exact_times: bool,
    /// A second name of a file becomes a link to the first.
    pub hard_links: bool,
    /// Pipes and devices go in, too. Sockets never do.
    pub special_files: bool,
    /// The archive is filled up to a multiple of this many bytes.
    pub record: usize,
}

impl fmt::Debug for Telling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telling").finish_non_exhaustive()
    }
}

/// Why an archive cannot go on.
#[derive(Debug)]
pub struct ArchiveError {
    /// The file.
    pub path: PathBuf,
    /// Whether its contents could not be read; otherwise nothing could be learned about it.
    pub reading: bool,
    /// What the system said.
    pub cause: io::Error,
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be read: {}", self.path.display(), self.cause)
    }
}

impl std::error::Error for ArchiveError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

/// A file that is being read.
struct Open {
    file: File,
    path: PathBuf,
    size: u64,
    left: u64,
}

/// A tar archive that is being made.
pub struct Archive {
    root: PathBuf,
    names: std::vec::IntoIter<OsString>,
    texts: std::vec::IntoIter<(String, Bytes)>,
    telling: Telling,
    owners: HashMap<Owner, String>,
    /// Files with several names, and the first of them.
    links: HashMap<(u64, u64), Vec<u8>>,
    open: Option<Open>,
    /// Headers and padding that go before what is read next.
    pending: Vec<u8>,
    taken: usize,
    written: u64,
    ended: bool,
    packer: Option<GzEncoder<Vec<u8>>>,
    scratch: Vec<u8>,
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive")
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

impl Archive {
    /// An archive of the files called `names` below `root`; nothing is read yet.
    #[must_use]
    pub fn new(root: PathBuf, names: Vec<OsString>, telling: Telling) -> Self {
        Self {
            root,
            names: names.into_iter(),
            texts: Vec::new().into_iter(),
            telling,
            owners: HashMap::new(),
            links: HashMap::new(),
            open: None,
            pending: Vec::new(),
            taken: 0,
            written: 0,
            ended: false,
            packer: None,
            scratch: Vec::new(),
        }
    }

    /// With files that exist only here, behind the others: name and contents.
    #[must_use]
    pub fn with_texts(mut self, texts: Vec<(String, Bytes)>) -> Self {
        self.texts = texts.into_iter();
        self
    }

    /// Compressed with gzip, from 0 for not at all to 9 for as small as can be.
    #[must_use]
    pub fn packed(mut self, level: u32) -> Self {
        self.packer = Some(GzEncoder::new(Vec::new(), Compression::new(level)));
        self
    }

    /// The next piece, at most about 256 KiB; `None` at the end. Blocks while files are read.
    ///
    /// # Errors
    /// A file is not there, cannot be read, or became shorter meanwhile. One that grew is cut.
    pub fn next_piece(&mut self) -> Result<Option<Bytes>, ArchiveError> {
        if self.packer.is_some() {
            return self.next_packed();
        }
        let mut piece = Vec::new();
        self.fill(&mut piece)?;
        Ok((!piece.is_empty()).then(|| piece.into()))
    }

    fn next_packed(&mut self) -> Result<Option<Bytes>, ArchiveError> {
        let mut scratch = std::mem::take(&mut self.scratch);
        while let Some(mut packer) = self.packer.take() {
            scratch.clear();
            self.fill(&mut scratch)?;
            let packed = if scratch.is_empty() {
                packer.finish()
            } else {
                packer.write_all(&scratch).map(|()| {
                    let packed = if packer.get_ref().len() >= PACKED {
                        std::mem::take(packer.get_mut())
                    } else {
                        Vec::new()
                    };
                    self.packer = Some(packer);
                    packed
                })
            };
            // Writing to memory does not fail.
            let packed = packed.map_err(|error| failed(&self.root, false, error))?;
            if !packed.is_empty() {
                self.scratch = scratch;
                return Ok(Some(packed.into()));
            }
        }
        Ok(None)
    }

    /// Appends what comes next, up to the size of a piece; nothing at the end.
    fn fill(&mut self, out: &mut Vec<u8>) -> Result<(), ArchiveError> {
        while out.len() < PIECE {
            if self.taken < self.pending.len() {
                let rest = self.pending.get(self.taken..).unwrap_or_default();
                let take = rest.len().min(PIECE - out.len());
                out.extend_from_slice(rest.get(..take).unwrap_or_default());
                self.taken += take;
                continue;
            }
            self.pending.clear();
            self.taken = 0;
            if let Some(open) = &mut self.open {
                read(open, out)?;
                if open.left == 0 {
                    pad(&mut self.pending, open.size);
                    self.open = None;
                }
            } else if let Some(name) = self.names.next() {
                self.begin(&name)?;
            } else if let Some((name, contents)) = self.texts.next() {
                Header::plain(name.into_bytes(), contents.len() as u64).write(&mut self.pending);
                self.pending.extend_from_slice(&contents);
                pad(&mut self.pending, contents.len() as u64);
            } else if self.ended {
                break;
            } else {
                self.ended = true;
                self.finish(out.len());
            }
        }
        self.written += out.len() as u64;
        Ok(())
    }

    /// The end of the archive, when so much of the current piece is filled.
    fn finish(&mut self, filled: usize) {
        self.pending.resize(2 * BLOCK, 0);
        let whole = self.written + (filled + self.pending.len()) as u64;
        let record = self.telling.record.max(BLOCK) as u64;
        let missing = usize::try_from(whole.next_multiple_of(record) - whole).unwrap_or_default();
        self.pending.resize(2 * BLOCK + missing, 0);
    }

    /// Puts the header of a file down, and opens it if it has contents.
    fn begin(&mut self, name: &OsString) -> Result<(), ArchiveError> {
        let path = self.root.join(name);
        let found =
            std::fs::symlink_metadata(&path).map_err(|error| failed(&path, false, error))?;
        let Some(kind) = facts::kind(&found, self.telling.special_files) else {
            return Ok(());
        };
        let mut header = Header::plain(facts::name_inside(name), 0);
        header.kind = kind;
        self.describe(&mut header, &found);
        match kind {
            Kind::File => {
                if self.telling.hard_links
                    && let Some(first) = self.first_name(&found, &header.name)
                {
                    header.kind = Kind::HardLink;
                    header.link = first;
                } else {
                    header.size = found.len();
                    let file = File::open(&path).map_err(|error| failed(&path, true, error))?;
                    let (size, left) = (header.size, header.size);
                    self.open = Some(Open {
                        file,
                        path,
                        size,
                        left,
                    });
                }
            }
            Kind::SymbolicLink => {
                let target =
                    std::fs::read_link(&path).map_err(|error| failed(&path, false, error))?;
                header.link = facts::bytes(target.as_os_str());
            }
            Kind::Folder if !header.name.ends_with(b"/") => header.name.push(b'/'),
            _ => {}
        }
        header.write(&mut self.pending);
        Ok(())
    }

    fn describe(&mut self, header: &mut Header, found: &Metadata) {
        header.mode = facts::mode(found);
        header.time = facts::time(found, self.telling.exact_times);
        (header.user, header.group) = facts::owner(found);
        header.user_name = self.owner_name(Owner::User(header.user));
        header.group_name = self.owner_name(Owner::Group(header.group));
    }

    fn owner_name(&mut self, owner: Owner) -> String {
        let Some(ask) = &mut self.telling.owners else {
            return String::new();
        };
        let known = self.owners.entry(owner);
        known
            .or_insert_with(|| ask(owner).unwrap_or_default())
            .clone()
    }

    /// The name under which this file is in the archive already.
    fn first_name(&mut self, found: &Metadata, name: &[u8]) -> Option<Vec<u8>> {
        let id = facts::several_names(found)?;
        let first = self.links.entry(id).or_insert_with(|| name.to_vec());
        (first != name).then(|| first.clone())
    }
}

fn failed(path: &Path, reading: bool, cause: io::Error) -> ArchiveError {
    ArchiveError {
        path: path.to_owned(),
        reading,
        cause,
    }
}

/// Appends what fits into the piece.
fn read(open: &mut Open, out: &mut Vec<u8>) -> Result<(), ArchiveError> {
    let want = open.left.min((PIECE - out.len()) as u64);
    out.reserve(usize::try_from(want).unwrap_or(PIECE));
    let read = (&mut open.file).take(want).read_to_end(out);
    let read = read.map_err(|error| failed(&open.path, true, error))? as u64;
    open.left -= read;
    if read < want {
        let error = io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "the file became shorter while it was read",
        );
        return Err(failed(&open.path, true, error));
    }
    Ok(())
}

impl Pieces for Archive {
    type Error = ArchiveError;

    fn next_piece(&mut self) -> Result<Option<Bytes>, ArchiveError> {
        Self::next_piece(self)
    }
}

#[cfg(test)]
mod tests;
