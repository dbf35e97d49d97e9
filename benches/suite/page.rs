//! Tables in Markdown, and the page that holds the last ones.

use std::fmt::Write;
use std::fs;
use std::path::Path;

/// A table.
#[derive(Debug, Clone, Default)]
pub struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns.
    pub fn new(head: &[&str]) -> Self {
        Self { head: head.iter().map(|&h| h.to_owned()).collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table in Markdown.
    pub fn text(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let mut text = line(&self.head);
        text += &format!("|{}\n", "---|".repeat(self.head.len()));
        for row in &self.rows {
            text += &line(row);
        }
        text
    }
}

/// Seconds with three digits that count.
pub fn seconds(value: f64) -> String {
    match value {
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v if v >= 1.0 => format!("{v:.2}"),
        v => format!("{v:.3}"),
    }
}

/// A ratio.
pub fn times(value: f64) -> String {
    if !value.is_finite() {
        String::new()
    } else if value >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

/// The machine and the day.
pub fn machine(threads: usize) -> String {
    let first = |path: &str, name: &str| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let line = text.lines().find(|l| l.starts_with(name)).map(str::to_owned);
        line.and_then(|l| l.split_once(':').map(|(_, v)| v.trim().to_owned())).unwrap_or_else(|| "?".to_owned())
    };
    let kilobytes: f64 =
        first("/proc/meminfo", "MemTotal").split(' ').next().and_then(|v| v.parse().ok()).unwrap_or(0.0);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let mut text = String::new();
    let day = jiff::Timestamp::now().to_string();
    let _ = write!(
        text,
        "{}; {} ({} cores), {:.0} GiB; {threads} threads; load before: {}; remnant {}.",
        day.split('T').next().unwrap_or_default(),
        first("/proc/cpuinfo", "model name"),
        std::thread::available_parallelism().map_or(1, usize::from),
        kilobytes / (1 << 20) as f64,
        load.split(' ').next().unwrap_or("?"),
        env!("CARGO_PKG_VERSION"),
    );
    text
}

/// Puts a text between the marks of a part: `<!-- NAME -->` and `<!-- /NAME -->`.
pub fn replace(page: &Path, name: &str, text: &str) -> Result<(), String> {
    let told = |e: std::io::Error| format!("{}: {e}", page.display());
    let old = fs::read_to_string(page).map_err(told)?;
    let (from, to) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let begin = old.find(&from).map(|at| at + from.len());
    let (Some(begin), Some(end)) = (begin, old.find(&to)) else {
        return Err(format!("{}: no marks of {name}", page.display()));
    };
    let new = format!("{}{text}{}", old.get(..begin).unwrap_or_default(), old.get(end..).unwrap_or_default());
    fs::write(page, new).map_err(told)
}
