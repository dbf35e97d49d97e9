//! A walk over JSON text that never copies, never recurses and never goes beyond the text.

use std::borrow::Cow;

/// How deep values may lie in one another.
pub(super) const DEEPEST: u32 = 64;

/// A fault of syntax: after it nobody knows what is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken {
    /// The byte at which the text stops making sense.
    pub(super) at: usize,
    /// What is wrong there.
    pub(super) why: &'static str,
}

/// A string of the text between its quotes, still escaped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Raw<'a> {
    pub(super) bytes: &'a [u8],
    escaped: bool,
}

impl<'a> Raw<'a> {
    /// The bytes, where they mean themselves.
    pub(super) fn plain(&self) -> Option<&'a [u8]> {
        (!self.escaped).then_some(self.bytes)
    }

    /// The text, copied only where it has to be.
    pub(super) fn cow(&self) -> Cow<'a, str> {
        let plain = self.plain().and_then(|bytes| std::str::from_utf8(bytes).ok());
        plain.map_or_else(|| Cow::Owned(self.text().0), Cow::Borrowed)
    }

    /// The text, and whether something in it had to be replaced (invalid UTF-8, half a surrogate pair, an escape
    /// that JSON does not know).
    pub(super) fn text(&self) -> (String, bool) {
        if self.escaped { unescape(self.bytes) } else { lossy(self.bytes) }
    }
}

fn lossy(bytes: &[u8]) -> (String, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (String::from_utf8_lossy(bytes).into_owned(), true),
    }
}

fn unescape(bytes: &[u8]) -> (String, bool) {
    let mut text = String::with_capacity(bytes.len());
    let mut replaced = false;
    let mut rest = bytes;
    while let Some(backslash) = memchr::memchr(b'\\', rest) {
        let (before, from) = rest.split_at(backslash);
        let (plain, bad) = lossy(before);
        text.push_str(&plain);
        replaced |= bad;
        let (c, used) = match from.get(1) {
            Some(b'b') => (Some('\u{8}'), 2),
            Some(b'f') => (Some('\u{c}'), 2),
            Some(b'n') => (Some('\n'), 2),
            Some(b'r') => (Some('\r'), 2),
            Some(b't') => (Some('\t'), 2),
            Some(&c @ (b'"' | b'\\' | b'/')) => (Some(char::from(c)), 2),
            Some(b'u') => unit_pair(from),
            // What follows the backslash stays in the text.
            _ => (None, 1),
        };
        replaced |= c.is_none();
        text.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
        rest = from.get(used..).unwrap_or_default();
    }
    let (plain, bad) = lossy(rest);
    text.push_str(&plain);
    (text, replaced | bad)
}

/// The character of `\uXXXX` or of a surrogate pair of two such, and the number of bytes that it takes.
fn unit_pair(from: &[u8]) -> (Option<char>, usize) {
    let unit = |at: usize| {
        let digits = from.get(at..at + 6).and_then(|u| u.strip_prefix(b"\\u"))?;
        digits.iter().try_fold(0, |sum, d| Some(sum * 16 + char::from(*d).to_digit(16)?))
    };
    match unit(0) {
        Some(high @ 0xD800..=0xDBFF) => match unit(6) {
            Some(low @ 0xDC00..=0xDFFF) => (char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00)), 12),
            _ => (None, 6),
        },
        Some(code) => (char::from_u32(code), 6),
        None => (None, 2),
    }
}

/// A place in a text.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    /// The text; its end is the cursor's.
    pub(super) bytes: &'a [u8],
    /// The next byte.
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// The text from `start` to here.
    pub(super) fn since(&self, start: usize) -> &'a [u8] {
        self.bytes.get(start..self.at).unwrap_or_default()
    }

    pub(super) fn broken(&self, why: &'static str) -> Broken {
        Broken { at: self.at.min(self.bytes.len()), why }
    }

    /// Goes over white space; the byte that then comes.
    #[inline]
    pub(super) fn token(&mut self) -> Option<u8> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// Takes `byte` if it comes next.
    #[inline]
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let is = self.token() == Some(byte);
        if is {
            self.at += 1;
        }
        is
    }

    pub(super) fn expect(&mut self, byte: u8, why: &'static str) -> Result<(), Broken> {
        if self.take(byte) { Ok(()) } else { Err(self.broken(why)) }
    }

    /// A string.
    pub(super) fn string(&mut self) -> Result<Raw<'a>, Broken> {
        self.expect(b'"', "a string should begin here")?;
        let start = self.at;
        let mut escaped = false;
        loop {
            let Some(found) = memchr::memchr2(b'"', b'\\', self.rest()) else {
                return Err(Broken { at: self.bytes.len(), why: "a string does not end" });
            };
            self.at += found;
            if self.bytes.get(self.at) == Some(&b'"') {
                let raw = Raw { bytes: self.since(start), escaped };
                self.at += 1;
                return Ok(raw);
            }
            escaped = true;
            self.at += 2;
        }
    }

    /// A member's name and the colon after it.
    pub(super) fn key(&mut self) -> Result<Raw<'a>, Broken> {
        let key = self.string()?;
        self.expect(b':', "a colon should follow a member's name")?;
        Ok(key)
    }

    /// What follows a member: whether there is another one. `{` and the first member are the caller's.
    pub(super) fn more_members(&mut self) -> Result<bool, Broken> {
        match self.token() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(b'}') => {
                self.at += 1;
                Ok(false)
            }
            _ => Err(self.broken("a comma or a closing brace should follow a member")),
        }
    }

    /// What follows an element: whether there is another one.
    pub(super) fn more_elements(&mut self) -> Result<bool, Broken> {
        match self.token() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(b']') => {
                self.at += 1;
                Ok(false)
            }
            _ => Err(self.broken("a comma or a closing bracket should follow an element")),
        }
    }

    /// A number by JSON's grammar.
    pub(super) fn number(&mut self) -> Result<&'a str, Broken> {
        let start = self.at;
        if self.bytes.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        if self.bytes.get(self.at) == Some(&b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.bytes.get(self.at) {
                self.at += 1;
            }
            self.digits()?;
        }
        if let Some(b'0'..=b'9' | b'.') = self.bytes.get(self.at) {
            return Err(self.broken("a number is not written as JSON asks"));
        }
        std::str::from_utf8(self.since(start)).map_err(|_| self.broken("a number is not written as JSON asks"))
    }

    fn digits(&mut self) -> Result<(), Broken> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.bytes.get(self.at) {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err(self.broken("a digit should stand here")) }
    }

    /// A word that is a value. `NaN` and `Infinity` are no JSON, but Python writes them.
    pub(super) fn word(&mut self) -> Result<&'static str, Broken> {
        const WORDS: [&str; 6] = ["null", "true", "false", "NaN", "Infinity", "-Infinity"];
        let rest = self.rest();
        match WORDS.into_iter().find(|w| rest.starts_with(w.as_bytes())) {
            Some(word) => {
                self.at += word.len();
                Ok(word)
            }
            None => Err(self.broken("a value should stand here")),
        }
    }

    /// Goes over any value, checking its syntax. It keeps what is open as bits, so no depth costs stack.
    pub(super) fn skip(&mut self) -> Result<(), Broken> {
        let mut objects: u64 = 0;
        let mut depth: u32 = 0;
        loop {
            match self.token() {
                Some(open @ (b'{' | b'[')) => {
                    self.at += 1;
                    if depth == DEEPEST {
                        return Err(self.broken("values lie in one another more than 64 levels deep"));
                    }
                    if !self.take(open + 2) {
                        objects = (objects << 1) | u64::from(open == b'{');
                        depth += 1;
                        if open == b'{' {
                            self.key()?;
                        }
                        continue;
                    }
                }
                Some(b'"') => {
                    self.string()?;
                }
                Some(b'0'..=b'9') => {
                    self.number()?;
                }
                Some(b'-') if self.bytes.get(self.at + 1) != Some(&b'I') => {
                    self.number()?;
                }
                _ => {
                    self.word()?;
                }
            }
            loop {
                if depth == 0 {
                    return Ok(());
                }
                let object = objects & 1 == 1;
                if if object { self.more_members()? } else { self.more_elements()? } {
                    if object {
                        self.key()?;
                    }
                    break;
                }
                objects >>= 1;
                depth -= 1;
            }
        }
    }

    /// Goes over an object by its braces and strings alone: fast, for what is checked when it is decoded.
    pub(super) fn skip_object(&mut self) -> Result<(), Broken> {
        let mut depth: u32 = 0;
        loop {
            let Some(found) = memchr::memchr3(b'"', b'{', b'}', self.rest()) else {
                return Err(Broken { at: self.bytes.len(), why: "an object does not end" });
            };
            self.at += found;
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.string()?;
                }
                Some(b'{') => {
                    self.at += 1;
                    depth += 1;
                    if depth > DEEPEST {
                        return Err(self.broken("objects lie in one another more than 64 levels deep"));
                    }
                }
                _ => {
                    self.at += 1;
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Ok(());
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skips(text: &str) -> Result<usize, Broken> {
        let mut cursor = Cursor::new(text.as_bytes(), 0);
        cursor.skip().map(|()| cursor.at)
    }

    #[test]
    fn skips_what_is_json_and_nothing_else() {
        for good in [
            "{}",
            "[]",
            "[1,2.5e-3,-0,\"a\\\"]\"]",
            "{\"a\":{\"b\":[{}]},\"c\":null}",
            "NaN",
            "-Infinity",
            "-1",
            " [ true , false ] ",
        ] {
            assert_eq!(skips(good), Ok(good.trim_end().len()), "{good}");
        }
        for bad in [
            "",
            "[",
            "{",
            "[1,]",
            "{\"a\"}",
            "{\"a\":}",
            "[1 2]",
            "{\"a\":1]",
            "[1}",
            "01",
            "1.",
            "-",
            "\"a",
            "1e",
            "{a:1}",
            "\"\\",
            "nul",
            "+1",
            ".5",
        ] {
            assert!(skips(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        assert!(skips(&("[".repeat(64) + &"]".repeat(64))).is_ok());
        assert!(skips(&"[".repeat(1_000_000)).is_err());
        assert!(skips(&"{\"a\":".repeat(1_000_000)).is_err());
        assert!(Cursor::new("{\"a\":".repeat(1_000_000).as_bytes(), 0).skip_object().is_err());
    }

    #[test]
    fn strings_are_unescaped() {
        let text = |json: &[u8]| Cursor::new(json, 0).string().map(|raw| raw.text());
        assert_eq!(text(br#""a\n\"\\\/\u00e7""#), Ok(("a\n\"\\/ç".into(), false)));
        assert_eq!(text(br#""\ud83d\uDE00""#), Ok(("😀".into(), false)));
        assert_eq!(text(br#""\ud83dx""#), Ok(("\u{fffd}x".into(), true)));
        assert_eq!(text(br#""\ud83d\u0041""#), Ok(("\u{fffd}A".into(), true)));
        assert_eq!(text(br#""\udc00""#), Ok(("\u{fffd}".into(), true)));
        assert_eq!(text(br#""\q""#), Ok(("\u{fffd}q".into(), true)));
        assert_eq!(text(br#""\u12""#), Ok(("\u{fffd}12".into(), true)));
        assert_eq!(text(b"\"a\xffb\""), Ok(("a\u{fffd}b".into(), true)));
        assert_eq!(text(b"\"\xff\\n\""), Ok(("\u{fffd}\n".into(), true)));
    }
}
