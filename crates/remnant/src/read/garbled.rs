//! Text that was decoded by the wrong table: found by what its letters stand beside.
//!
//! Two marks. *Twice encoded*: the bytes that the text has in a code page are UTF-8, as in `AÄŸdam`; hardly any real
//! word has that form. *Wrong table*: most of its letters stand beside signs, letters of another script or of the wrong
//! case, as in `Àãäàì` or `аЗЕРБ`, and in another table they do not.

use super::text::Codec;

/// Encodings in which UTF-8 is often read by mistake.
const READ_AS: [&str; 9] =
    ["windows-1252", "windows-1254", "windows-1250", "windows-1251", "koi8-r", "ibm866", "cp437", "cp850", "cp852"];

/// Encodings that text in a wrong table may really be in, in the order in which equals are taken.
const MEANT: [&str; 13] = [
    "windows-1251",
    "ibm866",
    "koi8-r",
    "windows-1254",
    "windows-1250",
    "windows-1252",
    "cp852",
    "cp850",
    "iso-8859-5",
    "windows-1253",
    "windows-1256",
    "gb18030",
    "windows-1258",
];

/// Texts by which the likely encoding is judged.
const JUDGED: usize = 500;

/// Letters that are frequent in names, in the scripts of the tables above.
const FREQUENT: &str = "оаеинтсрлвкОАЕИНТСРЛВКéèáíóúüöäçşğıəčšžćđαοιετσνρκλاليمنوترب";

/// What is wrong with the texts of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Garbled {
    /// A text as it was read.
    pub sample: String,
    /// How many texts are like that.
    pub count: u64,
    /// How many texts hold letters beyond ASCII.
    pub of: u64,
    /// The encoding that the texts are probably in, and the one in which they were read.
    pub likely: Option<(String, String)>,
    /// The sample in the likely encoding.
    pub mended: Option<String>,
}

impl Garbled {
    /// All of it in a sentence about a field.
    pub fn told(&self, field: &str) -> String {
        let what = match (&self.likely, &self.mended) {
            (Some((is, read_as)), Some(mended)) => {
                format!(
                    "looks like {is} read as {read_as} and is probably \"{mended}\"; state the encoding {is}, in its .cpg where it has one"
                )
            }
            _ if self.sample.contains(char::REPLACEMENT_CHARACTER) => {
                "had bytes that mean nothing in the encoding in which it was read; state the right encoding".to_owned()
            }
            _ => "seems to have been read in the wrong encoding; state the right one".to_owned(),
        };
        format!("field {field}: \"{}\" {what} ({} of {} texts beyond ASCII)", self.sample, self.count, self.of)
    }
}

/// What is wrong with the texts of one field, if anything is.
pub fn garbled<'a>(texts: impl Iterator<Item = &'a str>) -> Option<Garbled> {
    let texts: Vec<&str> = texts.filter(|text| !text.is_ascii()).collect();
    if texts.is_empty() {
        return None;
    }
    replaced(&texts).or_else(|| twice_encoded(&texts)).or_else(|| wrong_table(&texts))
}

/// Bytes without a meaning were replaced.
fn replaced(texts: &[&str]) -> Option<Garbled> {
    let has = |text: &&&str| text.contains(char::REPLACEMENT_CHARACTER);
    let sample = texts.iter().find(has)?;
    let count = texts.iter().filter(has).count() as u64;
    Some(Garbled { sample: shown(sample), count, of: texts.len() as u64, likely: None, mended: None })
}

fn twice_encoded(texts: &[&str]) -> Option<Garbled> {
    let mut best: Option<Garbled> = None;
    for label in READ_AS {
        let Some(codec) = Codec::named(label) else { continue };
        let mut hits = texts.iter().filter_map(|text| Some((text, decoded_again(text, &codec, label)?)));
        let Some((sample, mended)) = hits.next() else { continue };
        let count = 1 + hits.count() as u64;
        if best.as_ref().is_none_or(|best| count > best.count) {
            let likely = Some(("utf-8".to_owned(), codec.name()));
            let (sample, mended) = (shown(sample), Some(shown(&mended)));
            best = Some(Garbled { sample, count, of: texts.len() as u64, likely, mended });
        }
    }
    // One in a thousand may be a word of its own.
    best.filter(|best| best.count * 20 >= best.of)
}

/// The text that a text stands for, if its bytes in a code page are UTF-8 of a script in use.
fn decoded_again(text: &str, codec: &Codec, label: &str) -> Option<String> {
    let again = String::from_utf8(codec.encode(text)?).ok()?;
    let western = matches!(label, "windows-1252" | "windows-1254" | "windows-1250");
    let in_use = |c: char| match u32::from(c) {
        0..=0x7F => true,
        // Letters with marks, of Vietnamese too; ə; Greek, Cyrillic, Armenian, Hebrew, Arabic; dashes and quotes.
        0xA0..=0x17F | 0x18F | 0x1A0..=0x1A1 | 0x1AF..=0x1B0 | 0x218..=0x21B | 0x259 => true,
        0x370..=0x52F | 0x530..=0x6FF | 0x1E00..=0x1EFF | 0x2010..=0x2026 => true,
        // Georgian, Khmer, Thai: three bytes that are ordinary letters in the Cyrillic tables.
        0x10A0..=0x10FF | 0x1780..=0x17FF | 0xE00..=0xE7F => western,
        _ => false,
    };
    let beyond = || again.chars().filter(|c| !c.is_ascii());
    // A single pair of Cyrillic letters may well be a word; among Latin letters it is none.
    let long = western || beyond().count() > 1 || text.contains(|c: char| c.is_ascii_alphabetic());
    (long && beyond().any(char::is_alphabetic) && again.chars().all(in_use)).then_some(again)
}

fn wrong_table(texts: &[&str]) -> Option<Garbled> {
    let judged = &texts[..texts.len().min(JUDGED)];
    let (bad, pairs) = judged.iter().map(|text| strange_pairs(text)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    // Single letters and short words prove nothing.
    if pairs < 4 || bad * 2 < pairs {
        return None;
    }
    let mut best: Option<(f64, Codec, Codec)> = None;
    for read_as in READ_AS.iter().filter_map(|label| Codec::named(label)) {
        let bytes: Option<Vec<Vec<u8>>> = judged.iter().map(|text| read_as.encode(text)).collect();
        let Some(bytes) = bytes else { continue };
        for meant in MEANT.iter().filter_map(|label| Codec::named(label)) {
            let Some(score) = strangeness(&bytes, &meant) else { continue };
            if best.as_ref().is_none_or(|(least, ..)| score < *least) {
                best = Some((score, read_as.clone(), meant));
            }
        }
    }
    let sample = *judged.iter().max_by_key(|text| strange_pairs(text).0)?;
    let mended = best.as_ref().and_then(|(_, read_as, meant)| Some(meant.decode(&read_as.encode(sample)?).0));
    let likely = best.map(|(_, read_as, meant)| (meant.name(), read_as.name()));
    let count = texts.iter().filter(|text| strange_pairs(text).0 > 0).count() as u64;
    let (sample, mended) = (shown(sample), mended.map(|mended| shown(&mended)));
    Some(Garbled { sample, count, of: texts.len() as u64, likely, mended })
}

/// How strange texts look in an encoding, less is better; `None` where they can't be in it or look no better.
fn strangeness(texts: &[Vec<u8>], codec: &Codec) -> Option<f64> {
    let (mut bad, mut pairs, mut frequent, mut letters) = (0, 0, 0_u32, 0_u32);
    for bytes in texts {
        let (text, replaced) = codec.decode(bytes);
        if replaced {
            return None;
        }
        let own = strange_pairs(&text);
        (bad, pairs) = (bad + own.0, pairs + own.1);
        for letter in text.chars().filter(|c| !c.is_ascii() && c.is_alphabetic()) {
            letters += 1;
            frequent += u32::from(FREQUENT.contains(letter));
        }
    }
    if pairs == 0 || bad * 10 > pairs {
        return None;
    }
    Some(f64::from(bad) / f64::from(pairs) - f64::from(frequent) / f64::from(letters.max(1)))
}

/// How many neighbours of a text look strange, of those of which one is beyond ASCII.
fn strange_pairs(text: &str) -> (u32, u32) {
    let (mut bad, mut pairs) = (0, 0);
    let mut before: Option<char> = None;
    // Whether the word began with a small letter: a capital in it is strange then.
    let mut small = false;
    for c in text.chars() {
        if let Some(b) = before
            && !(b.is_ascii() && c.is_ascii())
            && !b.is_whitespace()
            && !c.is_whitespace()
        {
            pairs += 1;
            let letters = b.is_alphabetic() && c.is_alphabetic();
            let mixed = letters && script(b) != script(c) && script(b).min(script(c)) == 0;
            let accents = letters && [b, c].iter().all(|c| (0xC0..=0xFF).contains(&u32::from(*c)));
            bad += u32::from(odd(b) || odd(c) || mixed || accents || (letters && small && c.is_uppercase()));
        }
        if !(c.is_alphabetic() && before.is_some_and(char::is_alphabetic)) {
            small = c.is_lowercase();
        }
        before = Some(c);
    }
    (bad, pairs)
}

/// The script of a letter, roughly: Latin is 0.
fn script(c: char) -> u8 {
    match u32::from(c) {
        0..=0x36F | 0x1E00..=0x1EFF => 0,
        0x370..=0x3FF => 1,
        0x400..=0x52F => 2,
        0x590..=0x6FF => 3,
        _ => 4,
    }
}

/// Signs that stand in code pages where others have letters, and that names seldom hold.
fn odd(c: char) -> bool {
    matches!(u32::from(c), 0x80..=0x9F | 0xAD | 0x2200..=0x22FF | 0x2310..=0x2321 | 0x2500..=0x25FF)
        || "¢£¤¥¦¨©¬®¯±²³µ¶¸¹¼½¾×÷€‚ƒ†‡ˆ‰˜™•".contains(c)
}

/// The beginning of a text.
fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::fixture;
    use super::*;

    fn reading(texts: &[&str], really: &str, read_as: &str) -> Option<Garbled> {
        let (really, read_as) = (Codec::named(really).expect("known"), Codec::named(read_as).expect("known"));
        let read = |text: &&str| Some(read_as.decode(&really.encode(text)?).0);
        let texts: Vec<String> = texts.iter().filter_map(read).collect();
        assert!(!texts.is_empty());
        garbled(texts.iter().map(String::as_str))
    }

    const AZERBAIJANI: [&str; 4] = ["Ağdam", "Füzuli", "Qubadlı", "Şuşa"];
    const RUSSIAN: [&str; 5] = ["Агдам", "Физули", "Губадлы", "Закатальский район", "Джебраил"];

    #[test]
    fn utf_8_in_another_table_is_recognised_and_named() {
        for (texts, read_as) in [
            (&AZERBAIJANI[..], "windows-1252"),
            (&AZERBAIJANI, "windows-1254"),
            (&AZERBAIJANI, "windows-1251"),
            (&RUSSIAN, "windows-1251"),
            (&RUSSIAN, "windows-1252"),
            (&RUSSIAN, "koi8-r"),
            (&RUSSIAN, "ibm866"),
            (&["Višegrad", "Čapljina"], "windows-1250"),
            (&["Hương Hóa", "Đakrông", "Vĩnh Linh"], "windows-1252"),
            (&["Köprüalan"], "cp437"),
            (&["ភ្នំពេញ"], "windows-1252"),
        ] {
            let found = reading(texts, "utf-8", read_as).unwrap_or_else(|| panic!("{texts:?} as {read_as}"));
            assert_eq!(found.likely.map(|(is, _)| is).as_deref(), Some("utf-8"), "{texts:?} as {read_as}");
            assert_eq!(found.mended.as_deref(), Some(texts[0]), "{read_as}");
        }
    }

    #[test]
    fn a_cyrillic_table_taken_for_another_is_recognised_and_named() {
        for (really, read_as) in [
            ("windows-1251", "windows-1252"),
            ("windows-1251", "windows-1254"),
            ("ibm866", "windows-1252"),
            ("koi8-r", "windows-1251"),
            ("windows-1251", "koi8-r"),
            ("koi8-r", "windows-1252"),
            ("windows-1251", "cp437"),
        ] {
            let found = reading(&RUSSIAN, really, read_as).unwrap_or_else(|| panic!("{really} as {read_as}"));
            let likely = found.likely.map(|(is, _)| is);
            assert_eq!(likely.as_deref(), Some(really), "{really} as {read_as}: {:?} {:?}", found.sample, found.mended);
        }
    }

    #[test]
    fn bytes_without_a_meaning_are_recognised() {
        let found = garbled(["A\u{fffd}dam", "Füzuli"].into_iter()).expect("garbled");
        assert_eq!((found.count, found.of, found.sample.as_str()), (1, 2, "A\u{fffd}dam"));
    }

    #[test]
    fn real_names_raise_no_alarm() {
        for real in [
            &AZERBAIJANI[..],
            &RUSSIAN,
            &["Višegrad", "Čapljina", "Široki Brijeg", "Goražde", "Šćit", "Đurđevik"],
            &["Évêché", "Île-de-Noirmoutier", "l’Haÿ-les-Roses", "Œuilly", "Cœuvres", "garçon « âgé »"],
            &["Peñón de Vélez", "¿Dónde?", "Nariño", "Úrsulo Galván", "Año 2018", "San José del Guaviare"],
            &["Hương Hóa", "Đakrông", "Vĩnh Linh", "Thừa Thiên–Huế", "Phường Điện Bàn", "Ô Môn", "Ý Yên"],
            &["ភ្នំពេញ", "បាត់ដំបង", "សៀមរាប"],
            &["بغداد", "الموصل", "کابل", "پل خمری", "قندهار"],
            &["Ñ", "É", "ı", "№ 5", "5 °C", "Mine n° 3"],
            &["Ґоринь", "Київ", "Ёлкино", "Сёла", "ЗАКАТАЛЫ", "Ві", "Лівія"],
            &["CAFÉ—BAR", "É”", "Škoda™", "50 m²", "£ 20", "Größe × Höhe", "Ærø", "Öåker", "Þórshöfn"],
            &["Αθήνα", "Ιωάννινα", "Երևան", "თბილისი", "北京", "Đồng Hới"],
        ] {
            assert_eq!(garbled(real.iter().copied()), None, "{real:?}");
            for text in real {
                assert!(garbled([*text].into_iter()).is_none_or(|g| g.likely.is_none()), "{text}");
            }
        }
    }

    #[test]
    fn the_names_of_two_countries_in_many_languages_raise_no_alarm() {
        // Names and alternative names of places: Latin, Cyrillic, Arabic, Armenian, Georgian, Chinese and more.
        let places = String::from_utf8_lossy(&fixture("azerbaijan/source/AZ.txt")).into_owned();
        let column = |at: usize| places.lines().filter_map(move |line| line.split('\t').nth(at));
        assert!(column(3).filter(|names| !names.is_ascii()).count() > 100);
        assert_eq!(garbled(column(1)), None);
        assert_eq!(garbled(column(3)), None);
        for name in column(3).flat_map(|names| names.split(',')) {
            assert_eq!(garbled([name].into_iter()), None, "{name}");
        }
        let districts = fixture("azerbaijan/source/aze_ne10m_v5.geojson");
        let districts: serde_json::Value = serde_json::from_slice(&districts).expect("JSON");
        let features = districts["features"].as_array().expect("features");
        let names: std::collections::BTreeSet<&String> =
            features.iter().filter_map(|f| f["properties"].as_object()).flat_map(|p| p.keys()).collect();
        for name in names {
            let texts = features.iter().filter_map(|f| f["properties"][name].as_str());
            assert_eq!(garbled(texts), None, "{name}");
        }
    }
}
