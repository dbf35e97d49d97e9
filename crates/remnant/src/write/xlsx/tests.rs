//! The workbook, read back by a reader of zip and XML that knows nothing of its writer.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::Event;

use super::write_with;
use crate::report::{RecordRow, Report};
use crate::write::sample::{self, HOSTILE};
use crate::write::{Halt, OUTPUTS, Sink};

/// A cell as the file has it.
#[derive(Debug, Clone, PartialEq, Default)]
struct Found {
    kind: String,
    style: usize,
    text: String,
}

type Rows = BTreeMap<usize, BTreeMap<String, Found>>;

fn bytes(report: &Report, most_rows: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_with(report, &mut Sink::new(&mut bytes, &|| false), most_rows).expect("memory does not fail");
    bytes
}

fn parts(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    (0..zip.len())
        .map(|i| {
            let mut file = zip.by_index(i).expect("a part");
            let name = file.name().expect("a name").into_owned();
            let mut text = String::new();
            file.read_to_string(&mut text).expect("UTF-8");
            (name, text)
        })
        .collect()
}

/// The names of the sheets with their cells.
fn sheets(bytes: &[u8]) -> Vec<(String, Rows)> {
    let parts = parts(bytes);
    let names: Vec<String> = parts["xl/workbook.xml"]
        .split("<sheet name=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
        .collect();
    let words = words(&parts["xl/sharedStrings.xml"]);
    let with_words = |mut rows: Rows| {
        for cell in rows.values_mut().flat_map(BTreeMap::values_mut).filter(|cell| cell.kind == "s") {
            let number: usize = cell.text.parse().expect("the number of a text");
            *cell = Found { kind: "inlineStr".to_owned(), text: words[number].clone(), ..*cell };
        }
        rows
    };
    let sheet = |n: usize| with_words(rows(&parts[&format!("xl/worksheets/sheet{n}.xml")]));
    (1..).zip(names).map(|(n, name)| (name, sheet(n))).collect()
}

/// The texts that cells name by number: in a sheet they would be a row of cells.
fn words(xml: &str) -> Vec<String> {
    let (told, list) = xml.split_once("uniqueCount=\"").and_then(|(_, rest)| rest.split_once("\">")).expect("a list");
    let cells = list.trim_end_matches("</sst>").split("<si>").skip(1).enumerate();
    let cells: String =
        cells.map(|(n, item)| format!("<c r=\"A{n}\">{}</c>", item.trim_end_matches("</si>"))).collect();
    let words: Vec<String> = rows(&cells).into_values().map(|mut row| row.remove("A").expect("a cell").text).collect();
    assert_eq!(words.len().to_string(), told);
    words
}

fn rows(xml: &str) -> Rows {
    let mut reader = Reader::from_str(xml);
    let (mut rows, mut at, mut cell) = (Rows::new(), String::new(), Found::default());
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(tag) if tag.name().as_ref() == "c" => {
                cell = Found::default();
                for attribute in tag.attributes() {
                    let attribute = attribute.expect("an attribute");
                    let value = attribute.value.into_owned();
                    match attribute.key.as_ref() {
                        "r" => at = value,
                        "s" => cell.style = value.parse().expect("a number"),
                        _ => cell.kind = value,
                    }
                }
            }
            Event::Text(text) => cell.text.push_str(&text),
            Event::GeneralRef(name) => cell.text.push_str(match name.as_ref() {
                "amp" => "&",
                "lt" => "<",
                "gt" => ">",
                other => panic!("{other:?}"),
            }),
            Event::End(tag) if tag.name().as_ref() == "c" => {
                let split = at.find(|c: char| c.is_ascii_digit()).expect("a row");
                let row = at[split..].parse().expect("a row");
                rows.entry(row).or_default().insert(at[..split].to_owned(), std::mem::take(&mut cell));
            }
            Event::Eof => return rows,
            _ => {}
        }
    }
}

/// What a spreadsheet shows for a text of the file (ECMA-376, part 1, 22.9.2.19).
fn shown(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 6).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        match code.and_then(char::from_u32).filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_')) {
            Some(c) => {
                out.push_str(&rest[..at]);
                out.push(c);
                rest = &rest[at + 7..];
            }
            None => {
                out.push_str(&rest[..at + 2]);
                rest = &rest[at + 2..];
            }
        }
    }
    out + rest
}

fn csv(name: &str, report: &Report) -> Vec<Vec<String>> {
    let output = OUTPUTS.iter().find(|o| o.name == name).expect("an output of this name");
    let mut bytes = Vec::new();
    (output.write)(report, &mut Sink::new(&mut bytes, &|| false)).expect("memory does not fail");
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[..]);
    reader.records().map(|r| r.expect("a row").iter().map(str::to_owned).collect()).collect()
}

fn letters(column: usize) -> String {
    let mut out = String::new();
    super::sheet::push_column(&mut out, column);
    out
}

/// A cell of the workbook in the words of the CSV file.
fn as_csv(cell: Option<&Found>) -> String {
    let Some(cell) = cell else { return String::new() };
    match (cell.kind.as_str(), cell.style) {
        ("inlineStr", _) => shown(&cell.text),
        ("b", _) => if cell.text == "1" { "true" } else { "false" }.to_owned(),
        (_, style) if style == super::Style::Date as usize => {
            let days: i64 = cell.text.parse().expect("days");
            (jiff::civil::date(1899, 12, 30) + jiff::Span::new().days(days)).to_string()
        }
        (_, style) if style == super::Style::Area as usize => {
            let (whole, rest) = cell.text.split_once('.').unwrap_or((&cell.text, ""));
            format!("{whole}.{rest:0<4}")
        }
        _ => cell.text.clone(),
    }
}

#[test]
fn every_cell_is_that_of_the_csv_file() {
    let mut report = sample::report();
    report.account.records.change(|rows| rows[0].id = "a_x0041_b & <c> \u{1}".to_owned());
    let sheets: BTreeMap<String, Rows> = sheets(&bytes(&report, super::MOST_ROWS)).into_iter().collect();
    let mut cells = 0;
    for name in ["districts", "balance", "zones", "records", "findings"] {
        let (table, sheet) = (csv(&format!("{name}.csv"), &report), &sheets[name]);
        assert_eq!(sheet.keys().next_back(), Some(&(table.len() + 1)), "{name}");
        for (number, row) in table.iter().enumerate() {
            // The second row of a sheet says what the columns mean.
            let found = sheet.get(&if number == 0 { 1 } else { number + 2 });
            for (column, wanted) in row.iter().enumerate() {
                let cell = found.and_then(|row| row.get(&letters(column)));
                let got = as_csv(cell);
                // The CSV file leads texts in by a quote that a spreadsheet would run; a workbook needs no such thing.
                let is_text = cell.is_some_and(|c| c.kind == "inlineStr");
                let bare = wanted.strip_prefix('\'').filter(|_| is_text).unwrap_or(wanted).replace("; '", "; ");
                assert_eq!(got, bare, "{name}, row {number}, column {column}");
                cells += 1;
            }
        }
    }
    assert!(cells > 400, "{cells}");
}

#[test]
fn text_stays_text() {
    let report = sample::report();
    let sheets: BTreeMap<String, Rows> = sheets(&bytes(&report, super::MOST_ROWS)).into_iter().collect();
    for (row, name) in (3..).zip(HOSTILE) {
        let cell = sheets["districts"][&row].get("B");
        if name.is_empty() {
            assert_eq!(cell, None);
            continue;
        }
        let cell = cell.unwrap_or_else(|| panic!("{name:?}"));
        assert_eq!((cell.kind.as_str(), cell.style), ("inlineStr", super::Style::Text as usize));
        assert_eq!(shown(&cell.text), name);
    }
    for (name, xml) in parts(&bytes(&report, super::MOST_ROWS)) {
        assert!(!xml.contains("<f>") && !xml.contains("<f "), "{name} holds a formula");
        assert!(!xml.chars().any(|c| c < ' ' && c != '\n' && c != '\t'), "{name} holds a control character");
    }
}

#[test]
fn texts_that_come_again_are_kept_once() {
    let mut report = sample::report();
    let row = report.account.records.get(0).expect("a record");
    let named = |n: usize| RecordRow { id: format!(" {n} "), ..row.clone() };
    report.account.records = (0..1000).map(named).collect::<Vec<_>>().into();
    let parts = parts(&bytes(&report, super::MOST_ROWS));
    let (number, _) = parts["xl/workbook.xml"]
        .split("<sheet name=\"")
        .enumerate()
        .find(|s| s.1.starts_with("records"))
        .expect("a sheet");
    let sheet = rows(&parts[&format!("xl/worksheets/sheet{number}.xml")]);
    let kinds = |column: &str| sheet.range(3..).filter(|row| row.1[column].kind == "s").count();
    // The layer, the id and what it is: ids never come again, so no more are taken in than tell that.
    let ids = kinds("D");
    assert!(kinds("A") == 1000 && kinds("E") == 1000 && ids > 250 && ids <= 256, "{ids}");
    let words = words(&parts["xl/sharedStrings.xml"]);
    assert_eq!(words.iter().filter(|word| *word == "hazard").count(), 1);
    // White space at the ends is kept wherever the text stands.
    assert_eq!(words.iter().filter(|word| word.starts_with(' ')).count(), ids);
    assert!(words.contains(&" 0 ".to_owned()) && sheet[&1002]["D"].text == " 999 ");
    assert!(parts.values().all(|xml| !xml.contains("<t> ")));
}

#[test]
fn a_text_that_is_too_long_is_cut_and_says_so() {
    let mut report = sample::report();
    // Two units each.
    report.account.findings[0].message = "🧨".repeat(20_000);
    let sheets: BTreeMap<String, Rows> = sheets(&bytes(&report, super::MOST_ROWS)).into_iter().collect();
    let long: Vec<&Found> =
        sheets["findings"].values().filter_map(|row| row.get("G")).filter(|c| c.text.starts_with('🧨')).collect();
    assert_eq!(long.len(), 1);
    let units = long[0].text.encode_utf16().count();
    assert!((32_766..=32_767).contains(&units), "{units}");
    assert!(long[0].text.ends_with("cut; the CSV file of the same name has it whole]"));
}

#[test]
fn rows_beyond_the_last_one_stand_on_a_further_sheet() {
    let report = sample::report();
    let all = sheets(&bytes(&report, super::MOST_ROWS));
    let cut = sheets(&bytes(&report, 6));
    let names: Vec<&str> = cut.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "about",
            "districts",
            "districts (2)",
            "districts (3)",
            "balance",
            "balance (2)",
            "balance (3)",
            "zones",
            "records",
            "credit",
            "findings",
            "findings (2)",
            "definitions"
        ]
    );
    let whole = &all.iter().find(|(name, _)| name == "districts").expect("districts").1;
    let pieces: Vec<_> = cut.iter().filter(|(name, _)| name.starts_with("districts")).map(|(_, rows)| rows).collect();
    assert!(pieces.iter().all(|rows| rows.len() <= 6 && rows[&1] == whole[&1] && rows[&2] == whole[&2]));
    let data = |rows: &Rows| rows.range(3..).map(|(_, row)| row.clone()).collect::<Vec<_>>();
    assert_eq!(pieces.iter().flat_map(|rows| data(rows)).collect::<Vec<_>>(), data(whole));
}

#[test]
fn every_sheet_has_filters_a_fixed_head_and_words_under_its_columns() {
    let bytes = bytes(&sample::report(), super::MOST_ROWS);
    let (parts, sheets) = (parts(&bytes), sheets(&bytes));
    for (number, (name, rows)) in (1..).zip(&sheets) {
        let xml = &parts[&format!("xl/worksheets/sheet{number}.xml")];
        if name == "about" || name == "definitions" {
            continue;
        }
        assert!(xml.contains("ySplit=\"2\" topLeftCell=\"A3\"") && xml.contains("state=\"frozen\""), "{name}");
        let last = rows.keys().next_back().expect("rows");
        let corner = letters(rows[&1].len() - 1);
        assert!(xml.contains(&format!("<autoFilter ref=\"A2:{corner}{last}\"/>")), "{name}");
        assert_eq!(rows[&1].len(), rows[&2].len(), "{name}: a column without words");
        assert!(rows[&2].values().all(|cell| cell.text.contains(": ")), "{name}: {:?}", rows[&2]);
    }
    let defined = sheets.last().map(|(_, rows)| rows.len() - 1);
    let columns: usize = sheets.iter().filter(|(_, rows)| rows.len() > 2).map(|(_, rows)| rows[&1].len()).sum();
    // The sheets `about` and `definitions` have columns of their own.
    assert_eq!(defined, Some(columns - 2 - 4));
}

#[test]
fn days_before_the_calendar_of_spreadsheets_are_text() {
    let mut report = sample::report();
    let days = [(1900, 2, 28), (1900, 3, 1), (2024, 2, 29)];
    report.account.records.change(|rows| {
        for (record, day) in rows.iter_mut().zip(days) {
            record.date = Some(jiff::civil::date(day.0, day.1, day.2));
        }
    });
    let sheets: BTreeMap<String, Rows> = sheets(&bytes(&report, super::MOST_ROWS)).into_iter().collect();
    let found: Vec<&str> = (3..6).map(|row| sheets["records"][&row]["G"].text.as_str()).collect();
    assert_eq!(found, ["1900-02-28", "61", "45351"]);
}

#[test]
fn it_ends_when_asked_and_when_the_disk_is_full() {
    let mut report = sample::report();
    report.account.records = vec![report.account.records.get(0).expect("a record"); 10_000].into();
    let mut kept = Vec::new();
    assert!(matches!(super::write(&report, &mut Sink::new(&mut kept, &|| true)), Err(Halt::Stopped)));
    struct Full(usize);
    impl std::io::Write for Full {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(std::io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    for room in [0, 100, 5_000, 50_000] {
        let end = super::write(&report, &mut Sink::new(&mut Full(room), &|| false));
        assert!(matches!(&end, Err(Halt::Io(e)) if e.kind() == std::io::ErrorKind::StorageFull), "{room}: {end:?}");
    }
}
