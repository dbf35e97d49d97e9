//! Why the figures of two runs differ: district by district and record by record.
//!
//! Every record adds something to the remaining and to the released land of the districts in which it lies
//! (`records-by-district.csv`); the figures of a district are the sums. So the difference between two runs is the sum of
//! what each record adds in the one and not in the other, and it is told record by record, with nothing estimated. What
//! is left is the rounding of each, in the line `not explained by records`.
//!
//! | cause | the record |
//! |---|---|
//! | `hazard came`, `hazard went` | is in one run only, or was set aside in the other: the baseline was revised |
//! | `hazard redrawn`, `hazard changed` | has another geometry; another class or date: the baseline was revised |
//! | `hazard took effect`, `hazard lost effect` | is the same; the date of the account passed its date, or fell back before it |
//! | `release came` and the others | the same of releases |
//! | `boundary` | is the same, and has another part in this district: the districts were redrawn |
//! | `replay` | is the same here: what it adds was moved by other records or by the settings |
//!
//! A record counts as redrawn where its shape differs at all. Districts that are cut anew bend edges by some micrometres,
//! so a record that is the same may cover a little more or less of a district: that is no `boundary`, but a `replay`.

mod folder;
mod land;
mod matching;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use self::folder::{District, Folder, Record, Share};
use self::land::{Land, m2};
use self::matching::Pair;
use crate::error::{Location, Result};
use crate::guard;
use crate::write::{Entry, Listing};

/// Records that the text names; the rest stands in the table.
const NAMED: usize = 20;

/// What a record covers in a district may differ by this much, in square centimetres, because faces are cut otherwise.
fn cutting(covered: i128) -> i128 {
    1_000 + covered / 10_000_000
}

/// The difference between two runs.
#[derive(Debug)]
pub struct Comparison {
    old: Folder,
    new: Folder,
    moves: Vec<Move>,
}

/// What a record, or the lack of one, moves in a district.
#[derive(Debug, Clone)]
struct Move {
    code: String,
    cause: String,
    kind: String,
    layer: String,
    id: String,
    detail: String,
    covered: i128,
    land: Land,
}

/// Compares two output folders.
///
/// # Errors
/// [`Error::Unusable`](crate::error::Error::Unusable) where one of them is no output folder, was written by a version
/// without the tables that are needed, or is damaged.
pub fn compare(old: &Path, new: &Path) -> Result<Comparison> {
    guard::caught("comparing two output folders", Location::default, || compared(old, new))
}

fn compared(old: &Path, new: &Path) -> Result<Comparison> {
    let (old, new) = (Folder::read(old)?, Folder::read(new)?);
    let mut moves = Vec::new();
    // Where one run left dates aside, a date alone is no change of the record.
    let dates = old.setting("dates") == new.setting("dates");
    for pair in matching::pairs(&old.records, &new.records) {
        moves.extend(of_pair(&pair, dates));
    }
    // Stable: in a district the records stay in the order of the runs.
    moves.sort_by(|a, b| order(&a.code).cmp(&order(&b.code)));
    Ok(Comparison { old, new, moves })
}

/// The land outside all districts comes last.
fn order(code: &str) -> (bool, &str) {
    (code.is_empty(), code)
}

/// What a record moves, district by district; a changed record is told even where it moves nothing. Without `dates` a date
/// is no change.
fn of_pair(pair: &Pair<'_>, dates: bool) -> Vec<Move> {
    let Some(record) = pair.new.or(pair.old) else { return Vec::new() };
    let (cause, detail) = cause(pair, dates);
    let shares = |record: Option<&Record>| record.map(|r| r.shares.clone()).unwrap_or_default();
    let (old, new) = (shares(pair.old), shares(pair.new));
    let codes: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut moves = Vec::new();
    for code in codes {
        let share = |shares: &BTreeMap<String, Share>| shares.get(code).copied().unwrap_or_default();
        let (before, after) = (share(&old), share(&new));
        let (land, covered) = (after.land - before.land, after.covered - before.covered);
        let cause = match &cause {
            Some(cause) => cause.clone(),
            None if covered.abs() > cutting(before.covered.max(after.covered)) => "boundary".to_owned(),
            None if !land.is_none() => "replay".to_owned(),
            None => continue,
        };
        moves.push(Move {
            code: code.clone(),
            cause,
            kind: record.kind.clone(),
            layer: record.layer.clone(),
            id: record.id.clone(),
            detail: detail.clone(),
            covered,
            land,
        });
    }
    moves
}

/// What became of a record between the runs, with the values that changed; none where it is the same.
fn cause(pair: &Pair<'_>, dates: bool) -> (Option<String>, String) {
    let (old, new) = match (pair.old, pair.new) {
        (Some(old), Some(new)) => (old, new),
        (None, Some(new)) => return (Some(format!("{} came", new.kind)), said(new)),
        (Some(old), None) => return (Some(format!("{} went", old.kind)), said(old)),
        (None, None) => return (None, String::new()),
    };
    let kind = &new.kind;
    let changed: Vec<String> = [
        ("class", &old.class, &new.class),
        ("date", &old.date, &new.date),
        ("stated area", &old.stated, &new.stated),
        ("what became of it", &old.fate, &new.fate),
    ]
    .into_iter()
    .filter(|(what, old, new)| old != new && (dates || *what != "date"))
    .map(|(what, old, new)| format!("{what}: {} -> {}", or_none(old), or_none(new)))
    .collect();
    let mut changed = changed;
    let redrawn = old.shape != new.shape;
    if redrawn {
        changed.push(format!("area of the geometry: {} -> {}", or_none(&old.geometry), or_none(&new.geometry)));
    }
    let detail = changed.join(", ");
    let word = if old.fate != new.fate && new.fate == "set-aside" {
        "went"
    } else if old.fate != new.fate && old.fate == "set-aside" {
        "came"
    } else if redrawn {
        "redrawn"
    } else if old.class != new.class || (dates && old.date != new.date) {
        "changed"
    } else if !old.in_effect && new.in_effect {
        return (Some(format!("{kind} took effect")), said(new));
    } else if old.in_effect && !new.in_effect {
        return (Some(format!("{kind} lost effect")), said(new));
    } else {
        return (None, detail);
    };
    (Some(format!("{kind} {word}")), detail)
}

fn said(record: &Record) -> String {
    let date = if record.date.is_empty() { "undated" } else { &record.date };
    [record.class.as_str(), date].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(", ")
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

impl Comparison {
    /// The moves as a table: for every district its difference, every record that moves something, and what is left; then
    /// the same for everything. The records and what is left add up to the difference, as printed.
    pub fn moves(&self) -> Listing {
        let mut rows = Vec::new();
        for (code, difference) in self.differences() {
            rows.push(self.line(&code, "difference", difference));
            for one in self.in_district(&code) {
                rows.push(self.row(one));
            }
            rows.push(self.line(&code, "not explained by records", difference - self.explained(Some(&code))));
        }
        let total = self.differences().into_iter().fold(Land::default(), |sum, d| sum + d.1);
        rows.push(self.line("*", "difference", total));
        rows.push(self.line("*", "not explained by records", total - self.explained(None)));
        Listing { columns: Self::columns(), rows }
    }

    /// The causes as a table: for every district the difference, the sum of each cause, and what is left.
    pub fn causes(&self) -> Listing {
        let mut rows = Vec::new();
        let mut add = |code: &str, difference: Land, all: bool| {
            let mut sums: BTreeMap<&str, (u64, Land)> = BTreeMap::new();
            for one in if all { &self.moves } else { self.in_district(code) } {
                let sum = sums.entry(&one.cause).or_default();
                sum.0 += 1;
                sum.1 += one.land;
            }
            if difference.is_none() && sums.is_empty() {
                return;
            }
            let name = self.name(code);
            let mut line = |cause: &str, records: String, land: Land| {
                rows.push(vec![
                    Entry::text(code),
                    Entry::text(&name),
                    Entry::text(cause),
                    Entry::number(records),
                    Entry::number(m2(land.remaining)),
                    Entry::number(m2(land.released)),
                ]);
            };
            line("difference", String::new(), difference);
            for (cause, (records, land)) in &sums {
                line(cause, records.to_string(), *land);
            }
            let explained = sums.values().fold(Land::default(), |sum, s| sum + s.1);
            line("not explained by records", String::new(), difference - explained);
        };
        let differences = self.differences();
        for (code, difference) in &differences {
            add(code, *difference, false);
        }
        add("*", differences.iter().fold(Land::default(), |sum, d| sum + d.1), true);
        Listing { columns: vec!["code", "name", "cause", "records", "remaining_m2", "released_m2"], rows }
    }

    /// Settings, versions and input files that differ.
    pub fn settings(&self) -> Listing {
        let of = |folder: &Folder, name: &str| folder.setting(name).to_owned();
        let mut names: Vec<&String> = self.old.settings.iter().map(|(name, _)| name).collect();
        names.extend(
            self.new.settings.iter().map(|(n, _)| n).filter(|n| !self.old.settings.iter().any(|(o, _)| o == *n)),
        );
        let rows = names.into_iter().map(|name| (name, of(&self.old, name), of(&self.new, name)));
        let row =
            |(name, old, new): (&String, String, String)| vec![Entry::text(name), Entry::text(old), Entry::text(new)];
        Listing {
            columns: vec!["setting", "old", "new"],
            rows: rows.filter(|(_, old, new)| old != new).map(row).collect(),
        }
    }

    /// Districts that came, went, or have another shape or area.
    pub fn boundaries(&self) -> Listing {
        let mut rows = Vec::new();
        for code in self.codes().into_iter().filter(|code| !code.is_empty()) {
            let (old, new) = (self.old.districts.get(&code), self.new.districts.get(&code));
            let words = match (old, new) {
                (None, _) => "came",
                (_, None) => "went",
                (Some(a), Some(b)) if a.shape.is_some() && b.shape.is_some() => {
                    if a.shape == b.shape {
                        continue;
                    }
                    "redrawn"
                }
                // Without shapes the area tells; it differs a little where neighbours are cut otherwise.
                (Some(a), Some(b)) if (a.area - b.area).abs() > cutting(a.area) => "redrawn",
                _ => continue,
            };
            let area = |d: Option<&District>| d.map_or(String::new(), |d| m2(d.area));
            rows.push(vec![
                Entry::text(&code),
                Entry::text(self.name(&code)),
                Entry::text(words),
                Entry::number(area(old)),
                Entry::number(area(new)),
            ]);
        }
        Listing { columns: vec!["code", "name", "boundary", "old_area_m2", "new_area_m2"], rows }
    }

    /// All of it for people.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (title, listing) in [
            ("What the runs themselves differ in", self.settings()),
            ("Districts whose boundaries differ", self.boundaries()),
            ("Why the figures differ (m2, new less old)", self.causes()),
            ("Records that move most", self.largest()),
        ] {
            out.push_str(title);
            out.push('\n');
            if listing.rows.is_empty() {
                out.push_str("  nothing\n");
            } else {
                out.push_str(&listing.text(&[]));
            }
            out.push('\n');
        }
        let more = self.moves.len().saturating_sub(NAMED);
        if more > 0 {
            out.push_str(&format!("{more} more records by district: write all of them with --out FILE.csv\n"));
        }
        out
    }

    /// All of it for programs.
    pub fn json(&self) -> String {
        let folder = |folder: &Folder| {
            let path = serde_json::Value::from(folder.path.display().to_string());
            format!("{{\"path\":{path},\"version\":{}}}", serde_json::Value::from(folder.version.as_str()))
        };
        format!(
            "{{\n  \"old\": {},\n  \"new\": {},\n  \"settings\": {},\n  \"boundaries\": {},\n  \"causes\": {},\n  \"moves\": {}\n}}\n",
            folder(&self.old),
            folder(&self.new),
            self.settings().json(),
            self.boundaries().json(),
            self.causes().json(),
            self.moves().json()
        )
    }

    fn largest(&self) -> Listing {
        let mut moves: Vec<&Move> = self.moves.iter().filter(|m| !m.land.is_none()).collect();
        // Stable: of equal ones the first district.
        moves.sort_by_key(|one| std::cmp::Reverse(one.land.size()));
        let mut listing = self.moves_of(&moves[..moves.len().min(NAMED)]);
        // The kind stands in the cause or is of no matter.
        let at = listing.columns.iter().position(|c| *c == "covered_m2");
        if let Some(at) = at {
            listing.columns.remove(at);
            listing.rows.iter_mut().for_each(|row| {
                row.remove(at);
            });
        }
        listing
    }

    fn moves_of(&self, moves: &[&Move]) -> Listing {
        Listing { columns: Self::columns(), rows: moves.iter().map(|one| self.row(one)).collect() }
    }

    fn columns() -> Vec<&'static str> {
        vec!["code", "name", "cause", "kind", "layer", "id", "detail", "covered_m2", "remaining_m2", "released_m2"]
    }

    fn row(&self, one: &Move) -> Vec<Entry> {
        vec![
            Entry::text(&one.code),
            Entry::text(self.name(&one.code)),
            Entry::text(&one.cause),
            Entry::text(&one.kind),
            Entry::text(&one.layer),
            Entry::text(&one.id),
            Entry::text(&one.detail),
            Entry::number(m2(one.covered)),
            Entry::number(m2(one.land.remaining)),
            Entry::number(m2(one.land.released)),
        ]
    }

    fn line(&self, code: &str, cause: &str, land: Land) -> Vec<Entry> {
        vec![
            Entry::text(code),
            Entry::text(self.name(code)),
            Entry::text(cause),
            Entry::Empty,
            Entry::Empty,
            Entry::Empty,
            Entry::Empty,
            Entry::Empty,
            Entry::number(m2(land.remaining)),
            Entry::number(m2(land.released)),
        ]
    }

    /// What the records move in a district, or everywhere.
    fn explained(&self, code: Option<&str>) -> Land {
        let moves = code.map_or(self.moves.as_slice(), |code| self.in_district(code));
        moves.iter().fold(Land::default(), |sum, one| sum + one.land)
    }

    /// The moves in a district.
    fn in_district(&self, code: &str) -> &[Move] {
        let first = self.moves.partition_point(|m| order(&m.code) < order(code));
        let end = self.moves.partition_point(|m| order(&m.code) <= order(code));
        &self.moves[first..end]
    }

    /// Every district of either run with the difference of its figures.
    fn differences(&self) -> Vec<(String, Land)> {
        let land = |folder: &Folder, code: &str| folder.districts.get(code).map(|d| d.land).unwrap_or_default();
        let codes = self.codes();
        codes
            .into_iter()
            .map(|code| (land(&self.new, &code) - land(&self.old, &code), code))
            .map(|(l, c)| (c, l))
            .collect()
    }

    fn codes(&self) -> Vec<String> {
        let mut codes: Vec<String> = self.old.districts.keys().chain(self.new.districts.keys()).cloned().collect();
        codes.sort_by(|a, b| order(a).cmp(&order(b)));
        codes.dedup();
        codes
    }

    fn name(&self, code: &str) -> String {
        if code == "*" {
            return "total".to_owned();
        }
        let district = self.new.districts.get(code).or_else(|| self.old.districts.get(code));
        district.map(|d| d.name.clone()).unwrap_or_default()
    }
}
