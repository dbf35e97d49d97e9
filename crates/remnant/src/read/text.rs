//! Encodings of text: their many spellings, and decoding that says when it had to replace something.

use encoding_rs::Encoding;
use oem_cp::code_table_type::TableType;

/// A way to decode text.
#[derive(Clone)]
pub(super) enum Codec {
    /// An encoding of the WHATWG list.
    Web(&'static Encoding),
    /// A code page of DOS, with its number.
    Dos(u16, &'static TableType),
}

impl Codec {
    pub(super) const UTF_8: Self = Self::Web(encoding_rs::UTF_8);
    pub(super) const WINDOWS_1252: Self = Self::Web(encoding_rs::WINDOWS_1252);

    /// The codec for a name in any of the spellings that `.cpg` files and users have for it.
    pub(super) fn named(label: &str) -> Option<Self> {
        let label = label.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{feff}');
        let plain: String = label.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
        for prefix in ["WINDOWS", "WIN", "CP", "CODEPAGE", "ANSI", "OEM", "IBM", "MSDOS", "DOS", "MS", ""] {
            if let Some(page) = plain.strip_prefix(prefix).and_then(|digits| digits.parse().ok()) {
                return Self::page(page);
            }
        }
        let whatwg = match plain.as_str() {
            "UTF8" => "utf-8".to_owned(),
            // UTF-16 is no encoding for the fields of a table; the label would be taken for one.
            "UTF16" | "UTF16LE" | "UTF16BE" => return None,
            "KOI8R" | "KOI8" => "koi8-r".into(),
            "KOI8U" => "koi8-u".into(),
            other => match other.strip_prefix("ISO8859").or_else(|| other.strip_prefix("LATIN")) {
                Some(part) if other.starts_with("LATIN") => format!("latin{part}"),
                Some(part) => format!("iso-8859-{part}"),
                None => label.to_lowercase(),
            },
        };
        Encoding::for_label(whatwg.as_bytes()).map(Self::Web)
    }

    /// The codec for the number of a code page.
    pub(super) fn page(page: u32) -> Option<Self> {
        let label = match page {
            65001 => "utf-8".into(),
            866 => "ibm866".into(),
            874 => "windows-874".into(),
            932 => "shift_jis".into(),
            936 | 54936 => "gb18030".into(),
            949 => "euc-kr".into(),
            950 => "big5".into(),
            20866 => "koi8-r".into(),
            21866 => "koi8-u".into(),
            10000 => "macintosh".into(),
            10007 => "x-mac-cyrillic".into(),
            1250..=1258 => format!("windows-{page}"),
            88591 => "iso-8859-1".into(),
            // 8859-1 to 8859-9 and 8859-10 to 8859-16 without their stroke, and Microsoft's numbers for them.
            88592..=88599 => format!("iso-8859-{}", page - 88590),
            885_910..=885_916 => format!("iso-8859-{}", page - 885_900),
            28591..=28606 => format!("iso-8859-{}", page - 28590),
            _ => {
                let page = u16::try_from(page).ok()?;
                return oem_cp::code_table::DECODING_TABLE_CP_MAP.get(&page).map(|table| Self::Dos(page, table));
            }
        };
        Encoding::for_label(label.as_bytes()).map(Self::Web)
    }

    /// The codec for the language byte of a DBF header, where that states one.
    ///
    /// 0x57 only says "the ANSI code page of whoever wrote this", and files in UTF-8 carry it: it states nothing.
    pub(super) fn language(byte: u8) -> Option<Self> {
        let page = match byte {
            0x01 | 0x09 | 0x0B | 0x0D | 0x0F | 0x11 | 0x15 | 0x18 | 0x19 | 0x1B => 437,
            0x02 | 0x0A | 0x0E | 0x10 | 0x12 | 0x14 | 0x16 | 0x1A | 0x1D | 0x25 | 0x37 => 850,
            0x03 | 0x58 | 0x59 => 1252,
            0x08 | 0x17 | 0x66 => 865,
            0x13 | 0x7B => 932,
            0x1C | 0x6C => 863,
            0x1F | 0x22 | 0x23 | 0x40 | 0x64 | 0x87 => 852,
            0x24 => 860,
            0x26 | 0x65 => 866,
            0x4D | 0x7A => 936,
            0x4E | 0x79 => 949,
            0x4F | 0x78 => 950,
            0x50 | 0x7C => 874,
            0x67 => 861,
            0x6A | 0x86 => 737,
            0x6B | 0x88 => 857,
            0x96 => 10007,
            0xC8 => 1250,
            0xC9 => 1251,
            0xCA => 1254,
            0xCB => 1253,
            0xCC => 1257,
            _ => return None,
        };
        Self::page(page)
    }

    /// A name for messages.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Web(encoding) => encoding.name().to_lowercase(),
            Self::Dos(page, _) => format!("cp{page}"),
        }
    }

    /// The bytes of some text; `None` where a character has none.
    pub(super) fn encode(&self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Web(encoding) => {
                let (bytes, used, lost) = encoding.encode(text);
                (!lost && used == *encoding).then(|| bytes.into_owned())
            }
            Self::Dos(page, _) => {
                let table = oem_cp::code_table::ENCODING_TABLE_CP_MAP.get(page)?;
                oem_cp::encode_string_checked(text, table)
            }
        }
    }

    /// The text of some bytes, and whether any of them had no meaning and was replaced.
    pub(super) fn decode(&self, bytes: &[u8]) -> (String, bool) {
        match self {
            Self::Web(encoding) => {
                let (text, replaced) = encoding.decode_without_bom_handling(bytes);
                (text.into_owned(), replaced)
            }
            Self::Dos(_, table) => {
                let text = table.decode_string_lossy(bytes);
                let replaced = text.contains(char::REPLACEMENT_CHARACTER);
                (text, replaced)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_encodings_are_known() {
        for (label, name) in [
            ("UTF-8", "utf-8"),
            ("UTF8", "utf-8"),
            ("utf_8\r\n", "utf-8"),
            ("65001", "utf-8"),
            ("LATIN1", "windows-1252"),
            ("ISO-8859-1", "windows-1252"),
            ("ISO88591", "windows-1252"),
            ("88591", "windows-1252"),
            ("8859-2", "iso-8859-2"),
            ("latin2", "iso-8859-2"),
            ("ISO8859_5", "iso-8859-5"),
            ("OEM 866", "ibm866"),
            ("cp866", "ibm866"),
            ("IBM866", "ibm866"),
            ("windows-1251", "windows-1251"),
            ("1251", "windows-1251"),
            ("CP1251", "windows-1251"),
            ("ANSI 1251", "windows-1251"),
            ("ANSI 1252", "windows-1252"),
            ("Win-1254", "windows-1254"),
            ("OEM 852", "cp852"),
            ("850", "cp850"),
            ("437", "cp437"),
            ("936", "gb18030"),
            ("koi8r", "koi8-r"),
            ("Shift_JIS", "shift_jis"),
        ] {
            assert_eq!(Codec::named(label).map(|c| c.name()).as_deref(), Some(name), "{label}");
        }
        for label in ["", "ANSI", "SYSTEM", "x", "1", "UTF-16", "99999999999"] {
            assert!(Codec::named(label).is_none(), "{label}");
        }
    }

    #[test]
    fn text_is_decoded_and_replacements_are_told() {
        let decode = |label: &str, bytes: &[u8]| Codec::named(label).map(|c| c.decode(bytes));
        assert_eq!(decode("1251", b"\xc0\xe1"), Some(("Аб".into(), false)));
        assert_eq!(decode("866", b"\x80\xa1"), Some(("Аб".into(), false)));
        assert_eq!(decode("852", b"\xe6"), Some(("Š".into(), false)));
        assert_eq!(decode("utf8", b"\xc5"), Some(("\u{fffd}".into(), true)));
        assert!(Codec::language(0x57).is_none() && Codec::language(0).is_none());
        assert_eq!(Codec::language(0xC9).map(|c| c.name()).as_deref(), Some("windows-1251"));
    }
}
