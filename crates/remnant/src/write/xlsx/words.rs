//! Texts that stand in many cells: a workbook has each of them once, and cells name it by its number.

use rustc_hash::FxHashMap;

use super::sheet::push_string;

/// Texts of one column of a sheet that are taken in; ids are none that come again.
const OF_A_COLUMN: u32 = 256;

/// Bytes of the longest one that is taken in.
const LONGEST: usize = 64;

/// The texts of a workbook that stand in many of its cells.
#[derive(Debug, Default)]
pub(super) struct Words {
    numbers: FxHashMap<Box<str>, u32>,
    /// All of them as XML, in order.
    xml: String,
    /// How many were taken in from each column of the sheet that is being written.
    of_columns: Vec<u32>,
}

impl Words {
    /// Begins a sheet of so many columns.
    pub(super) fn begin_sheet(&mut self, columns: usize) {
        self.of_columns.clear();
        self.of_columns.resize(columns, 0);
    }

    /// The number of a text that a cell of a column holds; `None` where the cell must hold it itself.
    pub(super) fn number(&mut self, column: usize, text: &str) -> Option<u32> {
        let of_column = self.of_columns.get_mut(column).filter(|count| **count < OF_A_COLUMN)?;
        if let Some(&number) = self.numbers.get(text) {
            return Some(number);
        }
        if text.len() > LONGEST {
            return None;
        }
        *of_column += 1;
        let number = self.numbers.len() as u32;
        self.numbers.insert(text.into(), number);
        self.xml.push_str("<si>");
        push_string(&mut self.xml, text);
        self.xml.push_str("</si>");
        Some(number)
    }

    /// How many there are, and all of them as XML, in order.
    pub(super) fn all(&self) -> (usize, &str) {
        (self.numbers.len(), &self.xml)
    }
}
