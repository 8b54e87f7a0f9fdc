//! Translates one asynchronous Python module into its synchronous twin, token by token.
//!
//! `async def`, `async for`, `async with` and `await` lose their keyword; `AsyncFoo` becomes `Foo`, and so do the protocol's own names
//! (`__aiter__`, `StopAsyncIteration`, ...); `dockline.aio` becomes `dockline`, and a relative import that reaches out of `aio` loses a dot.
//! A line that ends in `# async-only` goes, `code  # sync: other` becomes `other`, and `# sync-only: code` on its own becomes `code`.
//! In strings and comments only names change, and in `>>>` examples the keywords, too.

use super::tokens::{Kind, Token, tokenize};

const NAMES: &[(&str, &str)] = &[
    ("__aiter__", "__iter__"),
    ("__anext__", "__next__"),
    ("__aenter__", "__enter__"),
    ("__aexit__", "__exit__"),
    ("StopAsyncIteration", "StopIteration"),
    ("asynccontextmanager", "contextmanager"),
];

/// Translates `source`, a module `depth` packages below `dockline` (1 for `aio/client.py`, 2 for `aio/api/image.py`).
pub(crate) fn translate(source: &str, depth: usize) -> Result<String, String> {
    let tokens = tokenize(source)?;
    let mut out = String::with_capacity(source.len());
    for line in tokens.split_inclusive(|token| token.kind == Kind::Newline) {
        match directive(line)? {
            Directive::None => code(line, depth, &mut out)?,
            Directive::Drop => {}
            Directive::Replace(code) => {
                out.push_str(indentation(line));
                out.push_str(code);
                out.push('\n');
            }
        }
    }
    Ok(out)
}

/// What a comment at the end of a line asks for.
enum Directive<'a> {
    None,
    Drop,
    Replace(&'a str),
}

fn directive<'a>(line: &[Token<'a>]) -> Result<Directive<'a>, String> {
    let Some(comment) = line.iter().find(|token| token.kind == Kind::Comment) else {
        return Ok(Directive::None);
    };
    let alone = line
        .iter()
        .all(|token| matches!(token.kind, Kind::Space | Kind::Comment | Kind::Newline));
    let words = comment.text.trim_start_matches('#').trim();
    if words == "async-only" {
        return Ok(Directive::Drop);
    }
    let replacement = ["sync:", "sync-only:"]
        .iter()
        .find_map(|prefix| words.strip_prefix(prefix));
    match replacement.map(str::trim) {
        None => Ok(Directive::None),
        Some("") => Err(format!(
            "line {}: {:?} has no code",
            comment.line, comment.text
        )),
        Some(_) if words.starts_with("sync-only:") && !alone => Err(format!(
            "line {}: `# sync-only:` stands on a line of its own; use `# sync:` to replace code",
            comment.line
        )),
        Some(code) => Ok(Directive::Replace(code)),
    }
}

fn indentation<'a>(line: &[Token<'a>]) -> &'a str {
    line.first()
        .filter(|token| token.kind == Kind::Space)
        .map_or("", |token| token.text)
}

fn code(line: &[Token<'_>], depth: usize, out: &mut String) -> Result<(), String> {
    let mut at = relative_import(line, depth, out);
    while let Some(token) = line.get(at) {
        at += 1;
        match token.kind {
            Kind::Name if is_keyword(line, at) => at += skipped_blanks(line, at),
            Kind::Name if token.text == "dockline" && follows(line, at, &[".", "aio"]) => {
                out.push_str("dockline");
                at += 2;
            }
            Kind::Name => out.push_str(&name(token.text)),
            Kind::Text => text(token, out)?,
            Kind::Comment => words(token.text, out),
            Kind::Space | Kind::Newline | Kind::Other => out.push_str(token.text),
        }
    }
    Ok(())
}

/// Whether the token before `at` is `await`, or `async` before `def`, `for` or `with`.
fn is_keyword(line: &[Token<'_>], at: usize) -> bool {
    let is_attribute = at >= 2 && line[at - 2].is(".");
    match line[at - 1].text {
        "await" => !is_attribute,
        "async" => {
            let next = line[at..].iter().find(|token| token.kind != Kind::Space);
            next.is_some_and(|token| ["def", "for", "with"].iter().any(|word| token.is(word)))
        }
        _ => false,
    }
}

fn skipped_blanks(line: &[Token<'_>], at: usize) -> usize {
    line[at..]
        .iter()
        .take_while(|token| token.kind == Kind::Space)
        .count()
}

fn follows(line: &[Token<'_>], at: usize, words: &[&str]) -> bool {
    words
        .iter()
        .enumerate()
        .all(|(offset, word)| line.get(at + offset).is_some_and(|token| token.is(word)))
}

/// Copies the start of `from ...x import` with a dot less when the dots reach out of `aio`; returns how many tokens are done.
fn relative_import(line: &[Token<'_>], depth: usize, out: &mut String) -> usize {
    let start = skipped_blanks(line, 0);
    if !line.get(start).is_some_and(|token| token.is("from")) {
        return 0;
    }
    let first_dot = start + 1 + skipped_blanks(line, start + 1);
    let dots = line[first_dot..]
        .iter()
        .take_while(|token| token.is("."))
        .count();
    if dots <= depth {
        return 0;
    }
    let copied: String = line[..first_dot].iter().map(|token| token.text).collect();
    out.push_str(&copied);
    out.push_str(&".".repeat(dots - 1));
    first_dot + dots
}

/// `AsyncFoo` is `Foo`, `_AsyncFoo` is `_Foo`, and the protocol's own names.
fn name(word: &str) -> String {
    if let Some((_, sync)) = NAMES.iter().find(|(name, _)| *name == word) {
        return (*sync).to_owned();
    }
    let (underscores, rest) = word.split_at(word.len() - word.trim_start_matches('_').len());
    match rest.strip_prefix("Async") {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_uppercase()) => {
            format!("{underscores}{rest}")
        }
        _ => word.to_owned(),
    }
}

/// Copies prose: only names are translated in it, and the package's.
fn words(text: &str, out: &mut String) {
    let text = text.replace("dockline.aio", "dockline");
    let mut rest = text.as_str();
    while let Some(start) = rest.find(|c: char| c == '_' || c.is_alphanumeric()) {
        out.push_str(&rest[..start]);
        let word = &rest[start..];
        let end = word
            .find(|c: char| !(c == '_' || c.is_alphanumeric()))
            .unwrap_or(word.len());
        out.push_str(&name(&word[..end]));
        rest = &word[end..];
    }
    out.push_str(rest);
}

fn text(token: &Token<'_>, out: &mut String) -> Result<(), String> {
    let prefix = token
        .text
        .split(['"', '\''])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    if prefix.contains('f') && token.text.contains("{await ") {
        return Err(format!(
            "line {}: await inside an f-string; give the value a name first",
            token.line
        ));
    }
    for line in token.text.split_inclusive('\n') {
        words(&example(line), out);
    }
    Ok(())
}

/// Code shown in a docstring (`>>>` and `...` lines) loses its keywords as code does.
fn example(line: &str) -> String {
    let code = line.trim_start();
    if !(code.starts_with(">>> ") || code.starts_with("... ")) {
        return line.to_owned();
    }
    let mut out = line.to_owned();
    for (from, to) in [
        ("await ", ""),
        ("async for ", "for "),
        ("async with ", "with "),
        ("async def ", "def "),
    ] {
        out = out.replace(from, to);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(depth: usize, source: &str) -> String {
        translate(source, depth).unwrap()
    }

    #[test]
    fn keywords_go() {
        assert_eq!(
            at(2, "async def f(self):\n    return await self._get(x)\n"),
            "def f(self):\n    return self._get(x)\n"
        );
        assert_eq!(at(2, "    async  with a as b:\n"), "    with a as b:\n");
        assert_eq!(at(2, "[x async for x in await(y)]\n"), "[x for x in (y)]\n");
        assert_eq!(at(2, "(await g()).z\n"), "(g()).z\n");
        assert_eq!(
            at(2, "x = self.await_ready + obj.await\n"),
            "x = self.await_ready + obj.await\n"
        );
        assert_eq!(
            at(2, "asynchronous = is_async\n"),
            "asynchronous = is_async\n"
        );
    }

    #[test]
    fn names_change() {
        assert_eq!(
            at(1, "class AsyncAPIClient(_AsyncBase):\n"),
            "class APIClient(_Base):\n"
        );
        assert_eq!(
            at(1, "AsyncIterator[bytes], _native.AsyncEngine\n"),
            "Iterator[bytes], _native.Engine\n"
        );
        assert_eq!(
            at(1, "Async, Asyncio, MyAsyncThing, async_x\n"),
            "Async, Asyncio, MyAsyncThing, async_x\n"
        );
        assert_eq!(
            at(1, "async def __aexit__(self): raise StopAsyncIteration\n"),
            "def __exit__(self): raise StopIteration\n"
        );
        assert_eq!(at(1, "@asynccontextmanager\n"), "@contextmanager\n");
    }

    #[test]
    fn imports_move_up() {
        assert_eq!(
            at(2, "from ...errors import X\n"),
            "from ..errors import X\n"
        );
        assert_eq!(at(2, "from ... import utils\n"), "from .. import utils\n");
        assert_eq!(
            at(2, "    from ..client import AsyncDockerClient\n"),
            "    from ..client import DockerClient\n"
        );
        assert_eq!(at(2, "from .image import x\n"), "from .image import x\n");
        assert_eq!(at(1, "from ..errors import X\n"), "from .errors import X\n");
        assert_eq!(at(1, "from .api import X\n"), "from .api import X\n");
        assert_eq!(
            at(1, "from dockline.aio.api.client import AsyncAPIClient\n"),
            "from dockline.api.client import APIClient\n"
        );
        assert_eq!(at(1, "import dockline.aio\n"), "import dockline\n");
        assert_eq!(
            at(1, "x = y[...]\nfrom_ = ...\n"),
            "x = y[...]\nfrom_ = ...\n"
        );
    }

    #[test]
    fn directives() {
        assert_eq!(
            at(1, "import asyncio  # async-only\nimport os\n"),
            "import os\n"
        );
        assert_eq!(
            at(1, "    await asyncio.sleep(1)  # sync: time.sleep(1)\n"),
            "    time.sleep(1)\n"
        );
        assert_eq!(at(1, "# sync-only: import time\n"), "import time\n");
        assert_eq!(
            at(1, "    # sync-only: time.sleep(1)\n"),
            "    time.sleep(1)\n"
        );
        assert_eq!(at(1, "# an async-only thing\n"), "# an async-only thing\n");
        assert_eq!(
            translate("x = 1  # sync-only: y\n", 1).unwrap_err(),
            "line 1: `# sync-only:` stands on a line of its own; use `# sync:` to replace code"
        );
        assert_eq!(
            translate("\n# sync:\n", 1).unwrap_err(),
            "line 2: \"# sync:\" has no code"
        );
        assert_eq!(at(1, "x = '# async-only'\n"), "x = '# async-only'\n");
    }

    #[test]
    fn prose_keeps_its_words() {
        assert_eq!(
            at(
                1,
                "'''You may await it. See `AsyncAPIClient` in dockline.aio.api.'''\n"
            ),
            "'''You may await it. See `APIClient` in dockline.api.'''\n"
        );
        assert_eq!(
            at(
                1,
                "'''\n    >>> x = await client.ping()\n    ... async for y in x:\n    await is prose\n'''\n"
            ),
            "'''\n    >>> x = client.ping()\n    ... for y in x:\n    await is prose\n'''\n"
        );
        assert_eq!(
            at(1, "__all__ = ['AsyncDockerClient']  # AsyncDockerClient\n"),
            "__all__ = ['DockerClient']  # DockerClient\n"
        );
        assert_eq!(
            translate("x = f'{await y}'\n", 1).unwrap_err(),
            "line 1: await inside an f-string; give the value a name first"
        );
    }

    #[test]
    fn a_keyword_inside_brackets_over_lines() {
        assert_eq!(
            at(2, "x = (\n    await a,\n    await b,\n)\n"),
            "x = (\n    a,\n    b,\n)\n"
        );
    }
}
