//! Rows and fields: quotes, line breaks within them, and files that are cut in the middle of one.

use std::borrow::Cow;

/// Where a row stands, without its line break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Quotes that do not pair: from there on nobody knows where rows begin.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unpaired {
    pub(super) at: usize,
    pub(super) why: &'static str,
}

/// The separator of a header: the candidate that stands in it most often, outside quotes.
pub(crate) fn separator(text: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [(b'\t', 0_usize), (b';', 0), (b',', 0), (b'|', 0)];
    for byte in text {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => counts.iter_mut().filter(|(c, _)| c == byte).for_each(|(_, n)| *n += 1),
        }
    }
    // The last of equals would win; the order above is of preference.
    counts.iter().rev().max_by_key(|(_, n)| *n).filter(|(_, n)| *n > 0).map_or(b',', |(c, _)| *c)
}

/// Finds the rows from `start` on; lines with nothing on them are none.
pub(super) fn rows(text: &[u8], start: usize, separator: u8) -> Result<Vec<Span>, Unpaired> {
    let mut rows = Vec::new();
    let (mut begin, mut at) = (start, start);
    while let Some(found) = text.get(at..).and_then(|rest| memchr::memchr3(b'"', b'\n', b'\r', rest)) {
        at += found;
        if text.get(at) == Some(&b'"') {
            let before = text.get(begin..at).unwrap_or_default();
            let field = before.iter().rposition(|b| *b != b' ').and_then(|last| before.get(last));
            at = match field {
                // A quote within a field that does not begin with one is a character like others.
                Some(byte) if *byte != separator => at + 1,
                _ => quoted(text, at, separator)?,
            };
            continue;
        }
        if at > begin {
            rows.push(Span { start: begin, end: at });
        }
        at += 1;
        begin = at;
    }
    if text.len() > begin {
        rows.push(Span { start: begin, end: text.len() });
    }
    Ok(rows)
}

/// The place after a quoted field that begins at `start`.
fn quoted(text: &[u8], start: usize, separator: u8) -> Result<usize, Unpaired> {
    let mut at = start + 1;
    loop {
        let Some(found) = text.get(at..).and_then(|rest| memchr::memchr(b'"', rest)) else {
            return Err(Unpaired { at: start, why: "a quoted field begins here and does not end" });
        };
        at += found + 1;
        if text.get(at) == Some(&b'"') {
            at += 1;
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        return match rest.iter().find(|b| **b != b' ') {
            None | Some(b'\n' | b'\r') => Ok(at),
            Some(byte) if *byte == separator => Ok(at),
            _ => {
                Err(Unpaired { at, why: "a quoted field ends here, and neither a separator nor a line break follows" })
            }
        };
    }
}

/// The fields of a row, without their quotes.
pub(super) fn fields(row: &str, separator: u8) -> Vec<String> {
    first_fields(row, separator, usize::MAX).0
}

/// The first fields of a row, `most` at most, and how many it has: a row of nothing but separators is not kept as so many
/// texts.
pub(super) fn first_fields(row: &str, separator: u8, most: usize) -> (Vec<String>, usize) {
    let separator = char::from(separator);
    let (mut fields, mut count) = (Vec::new(), 0);
    let mut keep = |text: Cow<'_, str>| {
        count += 1;
        if fields.len() < most {
            fields.push(text.into_owned());
        }
    };
    let mut rest = row;
    loop {
        let field = rest.trim_start_matches(' ');
        if let Some(inner) = field.strip_prefix('"') {
            let (text, after) = unquote(inner);
            keep(text.into());
            match after.find(separator) {
                Some(at) => rest = after.get(at + 1..).unwrap_or_default(),
                None => break,
            }
        } else {
            match rest.split_once(separator) {
                Some((field, after)) => {
                    keep(field.into());
                    rest = after;
                }
                None => {
                    keep(rest.into());
                    break;
                }
            }
        }
    }
    (fields, count)
}

/// The text of a quoted field after its first quote, and what follows its last.
fn unquote(inner: &str) -> (String, &str) {
    let mut text = String::new();
    let mut rest = inner;
    while let Some((piece, after)) = rest.split_once('"') {
        text.push_str(piece);
        match after.strip_prefix('"') {
            Some(more) => {
                text.push('"');
                rest = more;
            }
            None => return (text, after),
        }
    }
    text.push_str(rest);
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Result<Vec<Vec<String>>, Unpaired> {
        let separator = separator(text.as_bytes());
        let rows = rows(text.as_bytes(), 0, separator)?;
        Ok(rows.iter().map(|r| fields(text.get(r.start..r.end).unwrap_or("?"), separator)).collect())
    }

    #[test]
    fn of_a_row_of_separators_no_more_is_kept_than_is_asked_for() {
        assert_eq!(first_fields("a,\"b,c\",d,,", b',', 2), (vec!["a".to_owned(), "b,c".to_owned()], 5));
        assert_eq!(first_fields("a", b',', 0), (Vec::new(), 1));
    }

    #[test]
    fn rows_and_fields_are_found() {
        for (text, expected) in [
            ("a,b\n1,2\n", vec![vec!["a", "b"], vec!["1", "2"]]),
            ("a;b,c\r\n1;2\r\n\r\n3;", vec![vec!["a", "b,c"], vec!["1", "2"], vec!["3", ""]]),
            ("a\tb\r1\t2", vec![vec!["a", "b"], vec!["1", "2"]]),
            ("a|b\n\"x|\"\"y\"\"\n\"|2\n", vec![vec!["a", "b"], vec!["x|\"y\"\n", "2"]]),
            ("a,b\n5\" pipe, \"q,r\" \n", vec![vec!["a", "b"], vec!["5\" pipe", "q,r"]]),
            ("a,b\n\"\",\"\"\n", vec![vec!["a", "b"], vec!["", ""]]),
            ("wkt\nx\n", vec![vec!["wkt"], vec!["x"]]),
        ] {
            let expected: Vec<Vec<String>> =
                expected.into_iter().map(|row| row.into_iter().map(str::to_owned).collect()).collect();
            assert_eq!(table(text), Ok(expected), "{text}");
        }
        for bad in ["a,b\n\"1,2\n3,4\n", "a,b\n\"1\"x,2\n", "a,b\n1,\"2\n3,\"4\"\n"] {
            assert!(table(bad).is_err(), "{bad}");
        }
    }
}
