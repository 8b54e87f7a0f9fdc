//! Splits Python source into tokens, keeping every byte. It knows as much of the language as a translation word by word needs:
//! names, strings with their prefixes, comments, line ends. It never fails on valid Python.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier or a keyword.
    Name,
    /// A string literal with prefix and quotes; may span lines.
    Text,
    /// From `#` to the end of its line.
    Comment,
    /// Blanks and tabs, and a backslash that joins lines.
    Space,
    /// One line end.
    Newline,
    /// Numbers and operators.
    Other,
}

/// A piece of source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    /// The line it begins on, from 1.
    pub(crate) line: usize,
}

impl Token<'_> {
    /// Whether this is the name or operator `text`.
    pub(crate) fn is(&self, text: &str) -> bool {
        matches!(self.kind, Kind::Name | Kind::Other) && self.text == text
    }
}

/// Splits `source`; an error names the line of a string that does not end.
pub(crate) fn tokenize(source: &str) -> Result<Vec<Token<'_>>, String> {
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        let (kind, length) =
            next(rest).ok_or_else(|| format!("line {line}: a string without end"))?;
        let text = &rest[..length];
        tokens.push(Token { kind, text, line });
        line += text.matches('\n').count();
        at += length;
    }
    Ok(tokens)
}

/// Kind and length of the first token.
fn next(rest: &str) -> Option<(Kind, usize)> {
    let first = rest.chars().next()?;
    let run = |accepts: fn(char) -> bool| rest.find(|c| !accepts(c)).unwrap_or(rest.len());
    Some(match first {
        '\n' => (Kind::Newline, 1),
        '\r' if rest.starts_with("\r\n") => (Kind::Newline, 2),
        '#' => (Kind::Comment, rest.find(['\r', '\n']).unwrap_or(rest.len())),
        '\\' if rest.starts_with("\\\n") => (Kind::Space, 2),
        '"' | '\'' => (Kind::Text, string(rest)?),
        _ if is_name(first) => {
            let length = run(|c| is_name(c) || c.is_ascii_digit());
            if is_prefix(&rest[..length]) && rest[length..].starts_with(['"', '\'']) {
                (Kind::Text, length + string(&rest[length..])?)
            } else {
                (Kind::Name, length)
            }
        }
        _ if first.is_ascii_digit() => (
            Kind::Other,
            run(|c| c.is_alphanumeric() || c == '_' || c == '.'),
        ),
        _ if is_blank(first) => (Kind::Space, run(is_blank)),
        _ => (Kind::Other, first.len_utf8()),
    })
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\x0c')
}

fn is_name(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

fn is_prefix(word: &str) -> bool {
    matches!(
        word.to_ascii_lowercase().as_str(),
        "r" | "b" | "u" | "f" | "rb" | "br" | "rf" | "fr"
    )
}

/// The length of the string literal that `rest` begins with (at its quote).
fn string(rest: &str) -> Option<usize> {
    let quote = rest
        .get(..3)
        .filter(|three| *three == "\"\"\"" || *three == "'''")
        .or_else(|| rest.get(..1))?;
    let mut at = quote.len();
    loop {
        let tail = rest.get(at..)?;
        if tail.starts_with(quote) {
            return Some(at + quote.len());
        }
        let first = tail.chars().next()?;
        if quote.len() == 1 && first == '\n' {
            return None;
        }
        at += first.len_utf8();
        if first == '\\' {
            at += rest.get(at..)?.chars().next()?.len_utf8();
        }
    }
}

/// What is between the quotes of a plain string literal; `None` for byte strings.
pub(crate) fn content(literal: &str) -> Option<&str> {
    let start = literal.find(['"', '\''])?;
    if literal[..start].to_ascii_lowercase().contains('b') {
        return None;
    }
    let quoted = &literal[start..];
    ["\"\"\"", "'''", "\"", "'"]
        .iter()
        .find_map(|quote| quoted.strip_prefix(quote)?.strip_suffix(quote))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_and_lines_are_counted() {
        let source = "x = f'a{b}' + rb\"\\\"q\" # c'omment\n\"\"\"doc\n'''\"\"\"\ny = 0x1F_a.real \\\n  + é\r\n";
        let tokens = tokenize(source).unwrap();
        assert_eq!(
            tokens.iter().map(|token| token.text).collect::<String>(),
            source
        );
        let texts: Vec<&str> = tokens
            .iter()
            .filter(|token| token.kind == Kind::Text)
            .map(|token| token.text)
            .collect();
        assert_eq!(texts, ["f'a{b}'", "rb\"\\\"q\"", "\"\"\"doc\n'''\"\"\""]);
        let y = tokens.iter().find(|token| token.is("y")).unwrap();
        assert_eq!(y.line, 4);
        assert!(
            tokens
                .iter()
                .any(|token| token.kind == Kind::Comment && token.text == "# c'omment")
        );
        assert!(tokens.iter().any(|token| token.is("é")));
    }

    #[test]
    fn a_string_without_end_is_an_error() {
        assert_eq!(
            tokenize("a\nb = 'x\n'"),
            Err("line 2: a string without end".to_owned())
        );
        assert!(tokenize("'''x").is_err());
    }

    #[test]
    fn content_of_literals() {
        assert_eq!(content("\"/a/{0}\""), Some("/a/{0}"));
        assert_eq!(content("f'''x'''"), Some("x"));
        assert_eq!(content("b'x'"), None);
        assert_eq!(content("''"), Some(""));
    }
}
