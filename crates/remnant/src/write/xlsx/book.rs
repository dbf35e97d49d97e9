//! The package of a workbook (ECMA-376, parts 1 and 2): a zip of XML parts, written as a stream.

use std::io::{self, Write};
use std::ops::Range;

use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::sheet::{Place, Style, push_attribute, push_cell, push_column};
use super::words::Words;
use crate::write::cell::{Cell, push_whole};
use crate::write::{Halt, Sink, Stop};

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

/// When every workbook was made, for all that its properties tell: the same report gives the same bytes.
const MADE: &str = "2000-01-01T00:00:00Z";

/// Rows that are made while those before them are packed: about a millisecond of work, for which it pays to wake another
/// thread.
const PART: usize = 1024;

/// A sheet that is to come.
pub(super) struct Part {
    /// Its name.
    pub(super) name: String,
    /// Its columns and its rows, header included, where it has filters.
    pub(super) filter: Option<(usize, usize)>,
}

/// A workbook that is being written.
pub(super) struct Book<'a, 'b> {
    /// `None` once something failed: what goes out then would only be noise.
    zip: Option<ZipWriter<StreamWriter<&'a mut Sink<'b>>>>,
    filters: Vec<Option<(usize, usize)>>,
    stop: Stop<'b>,
    /// The number of the sheet that is being written, from 1.
    sheet: usize,
    /// What is not yet packed of it.
    rows: Rows,
}

impl<'a, 'b> Book<'a, 'b> {
    /// Begins a workbook with these sheets, which are to be written in this order.
    pub(super) fn begin(sink: &'a mut Sink<'b>, parts: &[Part]) -> Result<Self, Halt> {
        let stop = sink.stop;
        let mut book = Self {
            stop,
            zip: Some(ZipWriter::new_stream(sink)),
            filters: parts.iter().map(|part| part.filter).collect(),
            sheet: 0,
            rows: Rows::default(),
        };
        book.part("[Content_Types].xml", &content_types(parts.len()))?;
        book.part("_rels/.rels", &package_relations())?;
        book.part("docProps/core.xml", &core_properties())?;
        book.part("xl/workbook.xml", &workbook(parts))?;
        book.part("xl/_rels/workbook.xml.rels", &workbook_relations(parts.len()))?;
        book.part("xl/styles.xml", &styles())?;
        Ok(book)
    }

    /// Begins the next sheet: the widths of its columns, how many rows stay in sight, and whether it may need more than
    /// 4 GiB before it is packed.
    pub(super) fn begin_sheet(&mut self, widths: &[u32], frozen: usize, large: bool) -> Result<(), Halt> {
        self.sheet += 1;
        self.rows = Rows::of(widths.len(), std::mem::take(&mut self.rows.words));
        self.start(&format!("xl/worksheets/sheet{}.xml", self.sheet), large)?;
        let text = &mut self.rows.text;
        text.push_str(&format!("{DECLARATION}<worksheet xmlns=\"{MAIN}\"><sheetPr/><sheetViews>"));
        let active = if self.sheet == 1 { " tabSelected=\"1\"" } else { "" };
        text.push_str(&format!("<sheetView workbookViewId=\"0\"{active}>"));
        if frozen > 0 {
            text.push_str(&format!(
                "<pane ySplit=\"{frozen}\" topLeftCell=\"A{}\" activePane=\"bottomLeft\" state=\"frozen\"/>",
                frozen + 1
            ));
        }
        text.push_str("</sheetView></sheetViews><sheetFormatPr defaultRowHeight=\"15\"/><cols>");
        for (number, width) in (1..).zip(widths) {
            text.push_str(&format!("<col min=\"{number}\" max=\"{number}\" width=\"{width}\" customWidth=\"1\"/>"));
        }
        text.push_str("</cols><sheetData>");
        Ok(())
    }

    /// Where the next rows of the sheet go.
    pub(super) fn rows(&mut self) -> &mut Rows {
        &mut self.rows
    }

    /// Writes rows of data, which `make` makes in parts: while one of them is packed, the next one is made.
    pub(super) fn data(
        &mut self,
        rows: Range<usize>,
        make: impl Fn(Range<usize>, &mut Rows) -> Result<(), Halt> + Sync,
    ) -> Result<(), Halt> {
        let mut next = self.rows.after();
        let mut first = rows.start;
        while first < rows.end || !self.rows.text.is_empty() {
            if (self.stop)() {
                return Err(Halt::Stopped);
            }
            let part = first..rows.end.min(first + PART);
            first = part.end;
            next.number = self.rows.number;
            next.words = std::mem::take(&mut self.rows.words);
            let (mut made, mut packed) = (Ok(()), Ok(()));
            rayon::in_place_scope(|scope| {
                scope.spawn(|_| made = make(part, &mut next));
                packed = self.pack();
            });
            packed.and(made)?;
            std::mem::swap(&mut self.rows, &mut next);
        }
        Ok(())
    }

    /// Packs what was gathered.
    fn pack(&mut self) -> Result<(), Halt> {
        let mut text = std::mem::take(&mut self.rows.text);
        let done = self.put(text.as_bytes());
        text.clear();
        self.rows.text = text;
        done
    }

    /// Ends the sheet.
    pub(super) fn end_sheet(&mut self) -> Result<(), Halt> {
        let text = &mut self.rows.text;
        text.push_str("</sheetData>");
        if let Some((columns, rows)) = self.filters.get(self.sheet - 1).copied().flatten() {
            text.push_str("<autoFilter ref=\"");
            push_range(text, columns, rows, "");
            text.push_str("\"/>");
        }
        text.push_str(
            "<pageMargins left=\"0.5\" right=\"0.5\" top=\"0.75\" bottom=\"0.75\" header=\"0.3\" footer=\"0.3\"/>\
             <pageSetup orientation=\"landscape\"/></worksheet>",
        );
        self.pack()
    }

    /// Writes the texts that cells name by number, and the directory of the package.
    pub(super) fn finish(mut self) -> Result<(), Halt> {
        let (count, words) = self.rows.words.all();
        let words = format!("{DECLARATION}<sst xmlns=\"{MAIN}\" uniqueCount=\"{count}\">{words}</sst>");
        self.part("xl/sharedStrings.xml", &words)?;
        match self.zip.take() {
            Some(zip) => zip.finish().map(|_| ()).map_err(|e| Halt::Io(e.into())),
            None => Err(Halt::Io(io::Error::other("the workbook was not finished"))),
        }
    }

    fn part(&mut self, name: &str, text: &str) -> Result<(), Halt> {
        self.start(name, false)?;
        self.put(text.as_bytes())
    }

    fn start(&mut self, name: &str, large: bool) -> Result<(), Halt> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            // Tables of a million rows are a gigabyte of tags: packed quickly, they are hardly larger.
            .compression_level(Some(1))
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644)
            .large_file(large);
        let done = match &mut self.zip {
            Some(zip) => zip.start_file(name, options).map_err(io::Error::from),
            None => Err(io::Error::other("the workbook was given up")),
        };
        self.settle(done)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Halt> {
        let done = match &mut self.zip {
            Some(zip) => zip.write_all(bytes),
            None => Err(io::Error::other("the workbook was given up")),
        };
        self.settle(done)
    }

    fn settle(&mut self, done: io::Result<()>) -> Result<(), Halt> {
        if done.is_err() {
            self.abandon();
        }
        Ok(done?)
    }

    /// Leaves the package unfinished. Dropped, it would try to go on, and say on standard error that it can't.
    fn abandon(&mut self) {
        if let Some(zip) = self.zip.take() {
            std::mem::forget(zip);
        }
    }
}

impl Drop for Book<'_, '_> {
    fn drop(&mut self) {
        self.abandon();
    }
}

/// The XML of some rows of a sheet.
#[derive(Debug, Default)]
pub(super) struct Rows {
    text: String,
    /// What opens a cell, by its column.
    openings: Vec<String>,
    /// The number of the last row, from 1, and its digits.
    number: usize,
    digits: String,
    /// The column of the next cell, from 0.
    column: usize,
    /// The texts of the workbook that many cells have: those who make rows take them along.
    words: Words,
}

impl Rows {
    /// None of a sheet of so many columns.
    fn of(columns: usize, mut words: Words) -> Self {
        words.begin_sheet(columns);
        let opening = |column: usize| {
            let mut opening = String::from("<c r=\"");
            push_column(&mut opening, column);
            opening
        };
        Self { openings: (0..columns).map(opening).collect(), words, ..Self::default() }
    }

    /// None of the same sheet.
    fn after(&self) -> Self {
        Self { openings: self.openings.clone(), ..Self::default() }
    }

    /// Begins a row.
    pub(super) fn begin(&mut self) {
        self.begin_with("");
    }

    /// Begins a row with room for a few lines of words.
    pub(super) fn begin_tall(&mut self) {
        self.begin_with(" ht=\"90\" customHeight=\"1\"");
    }

    fn begin_with(&mut self, attributes: &str) {
        self.number += 1;
        self.column = 0;
        self.digits.clear();
        push_whole(&mut self.digits, self.number as u64);
        for part in ["<row r=\"", &self.digits, "\"", attributes, ">"] {
            self.text.push_str(part);
        }
    }

    /// Adds the next cell of the row. Rows are no longer than the widths that the sheet was begun with.
    pub(super) fn cell(&mut self, cell: &Cell<'_>, style: Style) {
        if let Some(opening) = self.openings.get(self.column) {
            let place = Place { column: self.column, opening, row: &self.digits };
            push_cell(&mut self.text, &mut self.words, place, cell, style);
        }
        self.column += 1;
    }

    /// Ends the row.
    pub(super) fn end(&mut self) {
        self.text.push_str("</row>");
    }

    /// Adds a row of texts that look alike.
    pub(super) fn texts<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>, style: Style) {
        self.begin();
        texts.into_iter().for_each(|text| self.cell(&Cell::Text(text), style));
        self.end();
    }
}

fn content_types(sheets: usize) -> String {
    let spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let mut text = format!(
        "{DECLARATION}<Types xmlns=\"{PACKAGE}/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Override PartName=\"/xl/workbook.xml\" ContentType=\"{spreadsheet}.sheet.main+xml\"/>\
         <Override PartName=\"/xl/styles.xml\" ContentType=\"{spreadsheet}.styles+xml\"/>\
         <Override PartName=\"/docProps/core.xml\" \
         ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>\
         <Override PartName=\"/xl/sharedStrings.xml\" ContentType=\"{spreadsheet}.sharedStrings+xml\"/>"
    );
    for number in 1..=sheets {
        text.push_str(&format!(
            "<Override PartName=\"/xl/worksheets/sheet{number}.xml\" ContentType=\"{spreadsheet}.worksheet+xml\"/>"
        ));
    }
    text.push_str("</Types>");
    text
}

fn package_relations() -> String {
    format!(
        "{DECLARATION}<Relationships xmlns=\"{PACKAGE}/relationships\">\
         <Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/>\
         <Relationship Id=\"rId2\" Type=\"{PACKAGE}/relationships/metadata/core-properties\" \
         Target=\"docProps/core.xml\"/></Relationships>"
    )
}

fn core_properties() -> String {
    format!(
        "{DECLARATION}<cp:coreProperties xmlns:cp=\"{PACKAGE}/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:creator>remnant</dc:creator>\
         <dcterms:created xsi:type=\"dcterms:W3CDTF\">{MADE}</dcterms:created>\
         <dcterms:modified xsi:type=\"dcterms:W3CDTF\">{MADE}</dcterms:modified></cp:coreProperties>"
    )
}

fn workbook(parts: &[Part]) -> String {
    let mut text = format!(
        "{DECLARATION}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><bookViews><workbookView/></bookViews><sheets>"
    );
    for (number, part) in (1..).zip(parts) {
        text.push_str("<sheet name=\"");
        push_attribute(&mut text, &part.name);
        text.push_str(&format!("\" sheetId=\"{number}\" r:id=\"rId{number}\"/>"));
    }
    text.push_str("</sheets>");
    let filtered: Vec<_> = parts.iter().enumerate().filter_map(|(n, p)| Some((n, &p.name, p.filter?))).collect();
    if !filtered.is_empty() {
        // By name, as the format asks for; then by sheet.
        text.push_str("<definedNames>");
        for &(number, name, (columns, rows)) in &filtered {
            text.push_str(&format!(
                "<definedName name=\"_xlnm._FilterDatabase\" localSheetId=\"{number}\" hidden=\"1\">'{name}'!"
            ));
            push_range(&mut text, columns, rows, "$");
            text.push_str("</definedName>");
        }
        for &(number, name, _) in &filtered {
            text.push_str(&format!(
                "<definedName name=\"_xlnm.Print_Titles\" localSheetId=\"{number}\">'{name}'!$1:$2</definedName>"
            ));
        }
        text.push_str("</definedNames>");
    }
    text.push_str("</workbook>");
    text
}

fn workbook_relations(sheets: usize) -> String {
    let mut text = format!("{DECLARATION}<Relationships xmlns=\"{PACKAGE}/relationships\">");
    for number in 1..=sheets {
        text.push_str(&format!(
            "<Relationship Id=\"rId{number}\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
        ));
    }
    text.push_str(&format!(
        "<Relationship Id=\"rId{}\" Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/>\
         <Relationship Id=\"rId{}\" Type=\"{OFFICE}/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>",
        sheets + 1,
        sheets + 2
    ));
    text
}

/// From the row of the filters, the second one, to the last row.
fn push_range(text: &mut String, columns: usize, rows: usize, fixed: &str) {
    text.push_str(fixed);
    text.push('A');
    text.push_str(&format!("{fixed}2:{fixed}"));
    push_column(text, columns.saturating_sub(1));
    text.push_str(&format!("{fixed}{rows}"));
}

fn styles() -> String {
    let mut text = format!("{DECLARATION}<styleSheet xmlns=\"{MAIN}\"><numFmts count=\"{}\">", Style::FORMATS.len());
    for (id, format) in Style::FORMATS {
        text.push_str(&format!("<numFmt numFmtId=\"{id}\" formatCode=\"{format}\"/>"));
    }
    text.push_str(
        "</numFmts><fonts count=\"3\"><font><sz val=\"11\"/><name val=\"Calibri\"/><family val=\"2\"/></font>\
         <font><b/><sz val=\"11\"/><name val=\"Calibri\"/><family val=\"2\"/></font>\
         <font><i/><sz val=\"9\"/><name val=\"Calibri\"/><family val=\"2\"/></font></fonts>\
         <fills count=\"3\"><fill><patternFill patternType=\"none\"/></fill>\
         <fill><patternFill patternType=\"gray125\"/></fill><fill><patternFill patternType=\"solid\">\
         <fgColor rgb=\"FFE7E6E6\"/><bgColor indexed=\"64\"/></patternFill></fill></fills>\
         <borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
         <cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>",
    );
    text.push_str(&format!("<cellXfs count=\"{}\">", Style::ALL.len()));
    Style::ALL.iter().for_each(|style| text.push_str(&style.definition()));
    text.push_str(
        "</cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles>\
         <dxfs count=\"0\"/><tableStyles count=\"0\"/></styleSheet>",
    );
    text
}
