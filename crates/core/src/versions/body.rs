//! Walks a JSON request body along its table. Bytes are read once; parts the table says nothing about are skipped.

use std::fmt::Write as _;

use super::ApiVersion;
use super::finding::{Finding, FindingKind, Location};
use super::scan::{Cursor, Raw};
use super::suggest;
use crate::endpoint::{Entry, Row, Shape, Type, at};

/// Finds what `version` does not know in a body; with `unknown`, also the names no version knows. A body that is not JSON
/// is left to the engine to refuse: what was found up to there counts.
pub(super) fn check(
    row: &'static Row,
    version: ApiVersion,
    body: &[u8],
    unknown: bool,
    findings: &mut Vec<Finding>,
) {
    let Some(root) = row.body else { return };
    let mut walk = Walk {
        cursor: Cursor::new(body),
        row,
        root,
        version,
        unknown,
        findings,
    };
    if root.kind == Type::Object
        && !walk.cursor.null()
        && walk.cursor.peek().is_some()
        && !walk.report(root, &Step::ROOT)
    {
        let _ = walk.shaped(root, root.shape, &Step::ROOT);
    }
}

/// One step of the way from the root; kept on the stack, made text only for a finding.
struct Step<'a> {
    parent: Option<&'a Step<'a>>,
    part: Part<'a>,
}

enum Part<'a> {
    Root,
    Member(&'static str),
    Other(Raw<'a>),
    Index(usize),
}

impl Step<'_> {
    const ROOT: Step<'static> = Step {
        parent: None,
        part: Part::Root,
    };

    fn path(&self) -> String {
        let mut out = self.parent.map(Step::path).unwrap_or_default();
        let dot = if out.is_empty() { "" } else { "." };
        let _ = match self.part {
            Part::Root => Ok(()),
            Part::Member(name) => write!(out, "{dot}{name}"),
            Part::Other(key) => write!(out, "{dot}{}", key.text()),
            Part::Index(index) => write!(out, "[{index}]"),
        };
        out
    }
}

struct Walk<'a, 'f> {
    cursor: Cursor<'a>,
    row: &'static Row,
    root: &'static Entry,
    version: ApiVersion,
    unknown: bool,
    findings: &'f mut Vec<Finding>,
}

impl Walk<'_, '_> {
    fn shaped(&mut self, entry: &'static Entry, shape: Shape, step: &Step<'_>) -> Option<()> {
        if entry.members.is_empty() && entry.values.is_empty() {
            return self.cursor.skip();
        }
        match shape {
            Shape::One => self.one(entry, step),
            Shape::List => self.list(entry, Shape::One, step),
            Shape::ListOfLists => self.list(entry, Shape::List, step),
            Shape::Map => self.map(entry, Shape::One, step),
            Shape::MapOfLists => self.map(entry, Shape::List, step),
        }
    }

    fn one(&mut self, entry: &'static Entry, step: &Step<'_>) -> Option<()> {
        match self.cursor.peek()? {
            b'"' if !entry.values.is_empty() => {
                let given = self.cursor.string()?;
                self.value(entry, given, step);
                Some(())
            }
            b'{' if entry.kind == Type::Object => self.object(entry, step),
            _ => self.cursor.skip(),
        }
    }

    fn list(&mut self, entry: &'static Entry, inner: Shape, step: &Step<'_>) -> Option<()> {
        if !self.cursor.eat(b'[') {
            return self.cursor.skip();
        }
        if self.cursor.eat(b']') {
            return Some(());
        }
        let mut index = 0;
        loop {
            self.shaped(
                entry,
                inner,
                &Step {
                    parent: Some(step),
                    part: Part::Index(index),
                },
            )?;
            if !self.cursor.another(b']')? {
                return Some(());
            }
            index += 1;
        }
    }

    fn map(&mut self, entry: &'static Entry, inner: Shape, step: &Step<'_>) -> Option<()> {
        if self.cursor.peek()? != b'{' {
            return self.cursor.skip();
        }
        self.members(|walk, key| {
            walk.shaped(
                entry,
                inner,
                &Step {
                    parent: Some(step),
                    part: Part::Other(key),
                },
            )
        })
    }

    fn object(&mut self, entry: &'static Entry, step: &Step<'_>) -> Option<()> {
        self.members(|walk, key| walk.member(entry, key, step))
    }

    /// Calls `each` at every member's value; `each` takes the value.
    fn members(&mut self, mut each: impl FnMut(&mut Self, Raw<'_>) -> Option<()>) -> Option<()> {
        if !self.cursor.eat(b'{') {
            return None;
        }
        if self.cursor.eat(b'}') {
            return Some(());
        }
        loop {
            let key = self.cursor.string()?;
            if !self.cursor.eat(b':') {
                return None;
            }
            if !self.cursor.null() {
                each(self, key)?;
            }
            if !self.cursor.another(b'}')? {
                return Some(());
            }
        }
    }

    fn member(&mut self, parent: &'static Entry, key: Raw<'_>, step: &Step<'_>) -> Option<()> {
        let name = key.name();
        let Some(entry) = parent.member(&name) else {
            self.unknown(parent, key, step);
            return self.cursor.skip();
        };
        let step = Step {
            parent: Some(step),
            part: Part::Member(entry.name),
        };
        if self.report(entry, &step) {
            return self.cursor.skip();
        }
        self.shaped(entry, entry.shape, &step)
    }

    /// Reports the entry if the version does not know it. True also for what is unknown but not worth a word.
    fn report(&mut self, entry: &Entry, step: &Step<'_>) -> bool {
        let Some(bound) = super::check::bound(entry, self.version) else {
            return false;
        };
        if let Some(finding) = bound.finding(entry, Location::Body, || step.path()) {
            self.push(finding);
        }
        true
    }

    fn value(&mut self, entry: &Entry, given: Raw<'_>, step: &Step<'_>) {
        let given = given.text();
        let newer = entry
            .values
            .iter()
            .find(|value| value.name == given && self.version < at(value.since));
        if let Some(value) = newer {
            let mut finding = Finding::new(FindingKind::Value, Location::Body, step.path());
            finding.version = Some(at(value.since));
            finding.value = Some(value.name.to_owned());
            finding.gate = value.gate;
            self.push(finding);
        }
    }

    fn unknown(&mut self, parent: &'static Entry, key: Raw<'_>, step: &Step<'_>) {
        if !self.unknown {
            return;
        }
        let text = key.text();
        let is_root = matches!(step.part, Part::Root);
        if is_root && (self.row.query(&text).is_some() || super::check::is_client_side(&text)) {
            return;
        }
        let path = Step {
            parent: Some(step),
            part: Part::Other(key),
        }
        .path();
        let mut finding = Finding::new(FindingKind::Unknown, Location::Body, path);
        let prefix = step.path();
        finding.suggestion = suggest::member(self.root, parent, &prefix, &text);
        self.push(finding);
    }

    /// A name given twice (in another case) is reported once. Looking back is bounded: a list may be long.
    fn push(&mut self, finding: Finding) {
        if !self
            .findings
            .iter()
            .rev()
            .take(64)
            .any(|earlier| *earlier == finding)
        {
            self.findings.push(finding);
        }
    }
}
