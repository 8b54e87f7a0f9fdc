//! Engine paths written down in Python and TypeScript sources.

use std::path::{Path, PathBuf};

use crate::api::Outcome;
use crate::output::files_below;
use crate::python::tokens::{Kind, Token, content, tokenize};

/// A path in a source file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Use {
    /// The file, from the root of the repository.
    pub(crate) file: String,
    /// The line, from 1.
    pub(crate) line: usize,
    /// The method, where the source shows it.
    pub(crate) method: Option<String>,
    /// The path with `{}` for every parameter; `None` when it is not a literal.
    pub(crate) path: Option<String>,
}

/// Every `_url(...)` of the Python API modules. A missing folder has none.
pub(crate) fn python(root: &Path) -> Outcome<Vec<Use>> {
    let mut uses = Vec::new();
    for (file, source) in sources(root, "python/dockline/aio/api", "py")? {
        let tokens = tokenize(&source).map_err(|error| format!("{file}: {error}"))?;
        uses.extend(in_python(&file, &tokens));
    }
    Ok(uses)
}

/// Every literal path of the Node sources: a `path:`, or a literal whose first part is one of `firsts`.
pub(crate) fn node(root: &Path, firsts: &[&str]) -> Outcome<Vec<Use>> {
    let mut uses = Vec::new();
    for (file, source) in sources(root, "node/src", "ts")? {
        uses.extend(in_typescript(&file, &source, firsts));
    }
    Ok(uses)
}

fn sources(root: &Path, folder: &str, extension: &str) -> Outcome<Vec<(String, String)>> {
    if !root.join(folder).is_dir() {
        return Ok(Vec::new());
    }
    let files = files_below(root, &PathBuf::from(folder))?;
    let wanted = files
        .into_iter()
        .filter(|file| file.extension().is_some_and(|found| found == extension));
    wanted
        .map(|file| {
            let source = std::fs::read_to_string(root.join(&file))
                .map_err(|error| format!("{}: {error}", file.display()))?;
            Ok((file.to_string_lossy().replace('\\', "/"), source))
        })
        .collect()
}

fn in_python(file: &str, tokens: &[Token<'_>]) -> Vec<Use> {
    let tokens: Vec<&Token<'_>> = tokens
        .iter()
        .filter(|token| !matches!(token.kind, Kind::Space | Kind::Newline | Kind::Comment))
        .collect();
    let mut uses = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let called = token.is("_url") && tokens.get(at + 1).is_some_and(|next| next.is("("));
        if !called || (at > 0 && tokens[at - 1].is("def")) {
            continue;
        }
        let literal = tokens
            .get(at + 2)
            .filter(|first| first.kind == Kind::Text)
            .and_then(|first| content(first.text));
        let alone = tokens
            .get(at + 3)
            .is_some_and(|after| after.is(",") || after.is(")"));
        let path = literal.filter(|_| alone).map(parameters);
        uses.push(Use {
            file: file.to_owned(),
            line: token.line,
            method: python_method(&tokens[..at]),
            path,
        });
    }
    uses
}

/// The method of `self._get(self._url(`, from what stands before `_url`.
fn python_method(before: &[&Token<'_>]) -> Option<String> {
    let [.., name, open, _owner, dot] = before else {
        return None;
    };
    if !(open.is("(") && dot.is(".")) {
        return None;
    }
    let method = match name.text.trim_start_matches('_') {
        "get" => "GET",
        "post" | "post_json" => "POST",
        "put" => "PUT",
        "delete" => "DELETE",
        "head" => "HEAD",
        _ => return None,
    };
    Some(method.to_owned())
}

fn in_typescript(file: &str, source: &str, firsts: &[&str]) -> Vec<Use> {
    let literals = typescript_literals(source);
    let mut uses = Vec::new();
    for literal in &literals {
        let path = parameters(literal.text);
        let first = path
            .strip_prefix('/')
            .and_then(|path| path.split('/').next())
            .unwrap_or_default();
        let is_path = source
            .get(..literal.start)
            .is_some_and(|before| before.trim_end().ends_with("path:"));
        if !(firsts.contains(&first) || (is_path && path.starts_with('/'))) {
            continue;
        }
        let method = object_around(source, literal.start).and_then(typescript_method);
        uses.push(Use {
            file: file.to_owned(),
            line: 1 + source[..literal.start].matches('\n').count(),
            method,
            path: Some(path),
        });
    }
    uses
}

struct Literal<'a> {
    start: usize,
    text: &'a str,
}

/// Strings and templates outside comments.
fn typescript_literals(source: &str) -> Vec<Literal<'_>> {
    let mut literals = Vec::new();
    let mut at = 0;
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with(['\'', '"', '`']) {
            let length = quoted(rest);
            literals.push(Literal {
                start: at,
                text: rest.get(1..length.saturating_sub(1)).unwrap_or_default(),
            });
            length
        } else {
            rest.chars().next().map_or(1, char::len_utf8)
        };
        at += length;
    }
    literals
}

/// The length of a literal with its quotes.
fn quoted(rest: &str) -> usize {
    let quote = rest.chars().next();
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if !escaped && (Some(c) == quote || (c == '\n' && quote != Some('`'))) {
            return at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    rest.len()
}

/// The text of the object literal a position is directly in.
fn object_around(source: &str, at: usize) -> Option<&str> {
    let mut depth = 0_i32;
    let start = source[..at].char_indices().rev().find(|(_, c)| {
        depth += i32::from(*c == '}') - i32::from(*c == '{');
        depth < 0
    });
    let (start, _) = start?;
    depth = 0;
    let end = source[start..].char_indices().find(|(_, c)| {
        depth += i32::from(*c == '{') - i32::from(*c == '}');
        depth == 0
    });
    let object = &source[start..=start + end?.0];
    (object.contains("path:")).then_some(object)
}

/// `verb: 'GET'` or `method: 'GET'`, if there is exactly one.
fn typescript_method(object: &str) -> Option<String> {
    let mut found = ["verb: '", "method: '"]
        .iter()
        .flat_map(|word| object.split(word).skip(1));
    let method = found.next()?.split('\'').next()?;
    found.next().is_none().then(|| method.to_owned())
}

/// The path without its query, every `{...}` and `${...}` in it become `{}`.
fn parameters(path: &str) -> String {
    let mut out = String::new();
    let mut rest = path.split('?').next().unwrap_or_default();
    while let Some((before, inside)) = rest.split_once('{') {
        out.push_str(before.strip_suffix('$').unwrap_or(before));
        out.push_str("{}");
        rest = inside.split_once('}').map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_python(source: &str) -> Vec<(Option<String>, Option<String>)> {
        in_python("x.py", &tokenize(source).unwrap())
            .into_iter()
            .map(|found| (found.method, found.path))
            .collect()
    }

    fn of_typescript(source: &str) -> Vec<(usize, Option<String>, Option<String>)> {
        in_typescript("x.ts", source, &["containers", "info"])
            .into_iter()
            .map(|found| (found.line, found.method, found.path))
            .collect()
    }

    #[test]
    fn python_urls() {
        assert_eq!(
            of_python("await self._get(\n    self._url('/containers/{0}/json', id))"),
            [(
                Some("GET".to_owned()),
                Some("/containers/{}/json".to_owned())
            )]
        );
        assert_eq!(
            of_python("u = self._url(f\"/images/{name}/tag?a={b}\")"),
            [(None, Some("/images/{}/tag".to_owned()))]
        );
        assert_eq!(
            of_python("self._post_json(self._url('/a', x), data=d)"),
            [(Some("POST".to_owned()), Some("/a".to_owned()))]
        );
        assert_eq!(
            of_python("self._url('/a' + b), self._url(path)"),
            [(None, None), (None, None)]
        );
        assert_eq!(
            of_python("def _url(self, path): ...\n# self._url('/x')\n'self._url(\"/y\")'"),
            []
        );
    }

    #[test]
    fn typescript_paths() {
        let source = "// '/containers/no'\nconst a = { verb: 'POST', path: '/containers/{}/start?' };\nget('/info');\n/* '/info/x' */ f('/var/run', \"/containers/json\");";
        assert_eq!(
            of_typescript(source),
            [
                (
                    2,
                    Some("POST".to_owned()),
                    Some("/containers/{}/start".to_owned())
                ),
                (3, None, Some("/info".to_owned())),
                (4, None, Some("/containers/json".to_owned()))
            ]
        );
        assert_eq!(
            of_typescript("x({ path: '/rockets/{}/start', verb: 'POST' })"),
            [(
                1,
                Some("POST".to_owned()),
                Some("/rockets/{}/start".to_owned())
            )]
        );
        assert_eq!(
            of_typescript(
                "x({ path: `/containers/${this.id}/top`, method: 'GET', o: { verb: 'PUT' } })"
            ),
            [(1, None, Some("/containers/{}/top".to_owned()))]
        );
    }
}
