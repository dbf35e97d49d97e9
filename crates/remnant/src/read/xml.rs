//! XML as the readers need it: text in its declared encoding, elements with their names, and nothing fetched or
//! expanded.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::text::Codec;

/// How deep elements may lie in one another.
pub(super) const DEEPEST: usize = 200;

/// A fault after which nobody knows what is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken {
    /// The byte of the text at which it stops making sense.
    pub(super) at: usize,
    /// What is wrong there.
    pub(super) why: String,
}

impl Broken {
    /// What is wrong and where, as an editor counts lines.
    pub(super) fn place_in(&self, text: &str) -> String {
        let before = text.as_bytes().get(..self.at).unwrap_or(text.as_bytes());
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        format!("line {line}: {}; what is missing from there on can't be known", self.why)
    }
}

/// Whether a file begins as an XML document whose root is called one of `roots`, whatever its prefix.
pub(super) fn begins_with_root(head: &[u8], roots: &[&str]) -> bool {
    let text = match utf_16(head) {
        Some(encoding) => encoding.decode(head).0,
        None => String::from_utf8_lossy(head),
    };
    let mut rest = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    loop {
        let end = if rest.starts_with("<!--") {
            rest.find("-->").map(|at| at + 3)
        } else if rest.starts_with("<?") || rest.starts_with("<!") {
            rest.find('>').map(|at| at + 1)
        } else {
            break;
        };
        let Some(end) = end else { return false };
        rest = rest.get(end..).unwrap_or_default().trim_start();
    }
    let Some(name) = rest.strip_prefix('<') else { return false };
    let ends = |c: char| c.is_whitespace() || matches!(c, '>' | '/');
    // A name that the head cuts off is no name.
    let name = name.find(ends).and_then(|end| name.get(..end)).unwrap_or_default();
    let local = name.split_once(':').map_or(name, |(_, local)| local);
    roots.contains(&local)
}

fn utf_16(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    match bytes {
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => Some(encoding_rs::UTF_16LE),
        [0xFE, 0xFF, ..] | [0, b'<', ..] => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

/// The text of a document: by its mark, else as it declares, else `given`, else UTF-8. The error says why it is none.
pub(super) fn decode(bytes: Vec<u8>, given: Option<&Codec>, notes: &mut Vec<String>) -> Result<String, String> {
    if let [0, 0, 0xFE, 0xFF, ..] | [0xFF, 0xFE, 0, 0, ..] = *bytes {
        return Err("it is in UTF-32, which is not read".into());
    }
    if let Some(encoding) = utf_16(&bytes) {
        let (text, _, replaced) = encoding.decode(&bytes);
        if replaced {
            return Err("it is in UTF-16 and not all of it is valid, or it ends within a character".into());
        }
        return Ok(text.into_owned());
    }
    let marked = bytes.starts_with(&[0xEF, 0xBB, 0xBF]);
    let declared = declared(&bytes).filter(|_| !marked);
    let codec = declared.as_deref().and_then(Codec::named);
    if let Some(codec) = codec.filter(|c| c.name() != "utf-8") {
        let (text, replaced) = codec.decode(&bytes);
        if replaced {
            notes.push(format!("the text is not all valid {}; what is not was replaced", codec.name()));
        }
        return Ok(text);
    }
    let error = match String::from_utf8(bytes) {
        Ok(mut text) => {
            if marked {
                text.drain(..3);
            }
            return Ok(text);
        }
        Err(error) => error,
    };
    let bytes = error.as_bytes().get(if marked { 3 } else { 0 }..).unwrap_or_default();
    let (codec, why) = match given {
        Some(codec) if !marked && declared.is_none() => (codec, "it is read in the encoding that was given"),
        _ => (&Codec::UTF_8, "what is not valid was replaced"),
    };
    notes.push(format!("the text should be UTF-8 and is not all valid; {why}"));
    Ok(codec.decode(bytes).0)
}

/// The encoding that the declaration of a document names.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(400)).unwrap_or_default()).into_owned();
    let head = head.trim_start_matches('\u{feff}').trim_start();
    let declaration = head.strip_prefix("<?xml")?.split("?>").next()?;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.get(1..)?.split(quote).next().map(str::to_owned)
}

/// What comes next in a document.
#[derive(Debug)]
pub(super) enum Node<'a> {
    /// An element begins.
    Open(Tag<'a>),
    /// The innermost open element ends.
    Close,
    /// Text between elements, character references and CDATA resolved.
    Text(Cow<'a, str>),
    /// The text ends, with all elements closed.
    End,
}

/// The beginning of an element.
#[derive(Debug)]
pub(super) struct Tag<'a>(BytesStart<'a>);

impl Tag<'_> {
    /// Its name without the prefix.
    pub(super) fn local(&self) -> String {
        self.0.name().local_name().into_inner().to_owned()
    }

    /// Its prefix, empty where there is none.
    pub(super) fn prefix(&self) -> String {
        self.0.name().prefix().map_or_else(String::new, |p| p.into_inner().to_owned())
    }

    /// An attribute by its name without prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let found = attributes.with_checks(false).flatten().find(|a| a.key.local_name().into_inner() == name)?;
        // A reference that XML does not know stays as it is written.
        let value = found.normalized_value(XmlVersion::Implicit1_0).unwrap_or(found.value.clone());
        Some(value.into_owned())
    }

    /// The namespaces that it declares: prefix (empty for the default one) and name.
    pub(super) fn namespaces(&self) -> Vec<(String, String)> {
        let mut attributes = self.0.attributes();
        let declared = attributes.with_checks(false).flatten().filter_map(|a| {
            let key = a.key.into_inner();
            let prefix = if key == "xmlns" { "" } else { key.strip_prefix("xmlns:")? };
            Some((prefix.to_owned(), a.value.trim().to_owned()))
        });
        declared.collect()
    }
}

/// A walk over a document or over one element of it.
pub(super) struct Walker<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
    /// Entities that the document itself would have to define; they are never expanded.
    pub(super) unknown_entity: Option<String>,
    /// Whether there is a document type declaration.
    pub(super) doctype: bool,
}

impl<'a> Walker<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        Self { reader, depth: 0, unknown_entity: None, doctype: false }
    }

    /// The byte at which the next event begins.
    pub(super) fn at(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    pub(super) fn broken(&self, why: impl Into<String>) -> Broken {
        Broken { at: self.at(), why: why.into() }
    }

    /// The next event that matters.
    pub(super) fn next(&mut self) -> Result<Node<'a>, Broken> {
        loop {
            let event = self.reader.read_event().map_err(|e| {
                let at = usize::try_from(self.reader.error_position()).unwrap_or(usize::MAX);
                Broken { at, why: format!("the XML is not well-formed: {e}") }
            })?;
            match event {
                Event::Start(tag) => {
                    if self.depth == DEEPEST {
                        return Err(self.broken(format!("elements lie in one another more than {DEEPEST} levels deep")));
                    }
                    self.depth += 1;
                    return Ok(Node::Open(Tag(tag)));
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Node::Close);
                }
                Event::Text(text) => return Ok(Node::Text(text.xml10_content())),
                Event::CData(text) => return Ok(Node::Text(text.xml10_content())),
                Event::GeneralRef(reference) => return Ok(Node::Text(self.resolve(&reference).into())),
                Event::DocType(_) => self.doctype = true,
                Event::Eof if self.depth > 0 => {
                    return Err(self.broken("the file ends in the middle of its content"));
                }
                Event::Eof => return Ok(Node::End),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    fn resolve(&mut self, reference: &BytesRef<'_>) -> String {
        if let Ok(Some(c)) = reference.resolve_char_ref() {
            return c.to_string();
        }
        let name = reference.xml10_content();
        match &*name {
            "amp" => "&".into(),
            "lt" => "<".into(),
            "gt" => ">".into(),
            "quot" => "\"".into(),
            "apos" => "'".into(),
            _ => {
                self.unknown_entity.get_or_insert_with(|| name.chars().take(40).collect());
                format!("&{name};")
            }
        }
    }

    /// Goes over the rest of the innermost open element.
    pub(super) fn skip(&mut self) -> Result<(), Broken> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            if let Node::End = self.next()? {
                break;
            }
        }
        Ok(())
    }

    /// The text in the rest of the innermost open element, that of elements in it included.
    pub(super) fn text(&mut self) -> Result<String, Broken> {
        let outside = self.depth.saturating_sub(1);
        let mut all = String::new();
        while self.depth > outside {
            match self.next()? {
                Node::Text(text) => all.push_str(&text),
                Node::End => break,
                Node::Open(_) | Node::Close => {}
            }
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> (Result<String, String>, Vec<String>) {
        let mut notes = Vec::new();
        (decode(bytes.to_vec(), None, &mut notes), notes)
    }

    #[test]
    fn text_is_decoded_as_it_is_marked_or_declared() {
        let plain = "<a>Физули</a>";
        let utf_16: Vec<u8> = plain.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked: Vec<u8> = [0xFE, 0xFF].into_iter().chain(plain.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        for bytes in [plain.as_bytes(), &[b"\xEF\xBB\xBF", plain.as_bytes()].concat(), &utf_16] {
            assert_eq!(decoded(bytes), (Ok(plain.into()), vec![]));
        }
        assert_eq!(decoded(&marked).0.map(|t| t.trim_start_matches('\u{feff}').to_owned()), Ok(plain.into()));
        let declared = format!("<?xml version='1.0' encoding = 'windows-1251'?>{plain}");
        assert_eq!(decoded(&encoding_rs::WINDOWS_1251.encode(&declared).0), (Ok(declared.clone()), vec![]));
        let (text, notes) = decoded(b"<a>\xC0</a>");
        assert!(text.is_ok_and(|t| t.contains('\u{fffd}')) && notes.len() == 1);
        let codec = Codec::named("windows-1251");
        assert_eq!(decode(b"<a>\xC0</a>".to_vec(), codec.as_ref(), &mut Vec::new()), Ok("<a>А</a>".into()));
        assert!(decoded(&[0xFF, 0xFE, b'<', 0, b'a']).0.is_err());
        assert!(decoded(&[0xFF, 0xFE, 0, 0, b'<', 0, 0, 0]).0.is_err());
    }

    #[test]
    fn roots_are_told_from_the_head() {
        for (head, is) in [
            ("<kml>", true),
            ("\u{feff}<?xml version=\"1.0\"?>\n<!-- <x> -->\n<!DOCTYPE kml>\n<kml:kml xmlns:kml='x'>", true),
            ("<kmlx>", false),
            ("<html><kml>", false),
            ("<kml", false),
            ("kml", false),
            ("<!-- ", false),
        ] {
            assert_eq!(begins_with_root(head.as_bytes(), &["kml"]), is, "{head}");
        }
    }

    #[test]
    fn entities_are_never_expanded() {
        let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;\"><!ENTITY d SYSTEM \"file:///etc/passwd\">]>\
                    <a>&amp;&#x41;&c;&d; & x</a>";
        let mut walker = Walker::new(bomb);
        while !matches!(walker.next(), Ok(Node::Open(_)) | Err(_)) {}
        assert_eq!(walker.text(), Ok("&A&c;&d; & x".into()));
        assert!(walker.doctype && walker.unknown_entity.is_some());
    }

    #[test]
    fn what_is_open_at_the_end_is_told() {
        for bad in ["<a><b></a>", "<a>", "<a", "<a></a></a>", "<a><!-- ", &"<a>".repeat(DEEPEST + 1)] {
            let mut walker = Walker::new(bad);
            let error = loop {
                match walker.next() {
                    Ok(Node::End) => break None,
                    Ok(_) => {}
                    Err(error) => break Some(error),
                }
            };
            assert!(error.is_some(), "{bad}");
        }
    }
}
