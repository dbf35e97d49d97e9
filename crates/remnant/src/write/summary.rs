//! summary.json: totals, counts, settings, inputs and self-checks.
//!
//! The members stand in the order of the interface, one a line; what goes beyond it follows its nearest kin:
//! `boundaries` (the day whose districts count), `settings`, `public`, `series`, `plan_weights` (shares of all weights),
//! `plan_sensitivity`, `unplaced_hazards` and, for every input, `operation`, `accuracy_m` and `files`. `total` has the
//! code `*`, since a code of `null` means the land outside all districts. `zones` names every status; `findings` names the
//! codes that occur. The day of the run and the number of threads stand under `run`, with all else that may differ
//! between two runs on the same input.

use std::io::Write;

use super::cell::{Cell, push_json_text};
use super::columns;
use super::geojson::push_object;
use super::{Halt, Sink};
use crate::finding::Code;
use crate::report::{Account, DistrictRow, Input, Report, SeriesStep};
use crate::zone::ZoneStatus;

/// The name by which a folder is known as an output of this program.
pub(crate) const PROGRAM: &str = "remnant";

pub(super) fn write(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    sink.write_all(text(report).as_bytes())?;
    Ok(())
}

/// The text of summary.json.
pub(super) fn text(report: &Report) -> String {
    let account = &report.account;
    let settings = &account.settings;
    let mut json = Json { text: String::from("{"), first: true };
    let version = Cell::Text(env!("CARGO_PKG_VERSION"));
    json.members("program", [("name", Cell::Text(PROGRAM)), ("version", version)]);
    json.member("as_of", Cell::date(settings.as_of));
    json.member("since", Cell::date(settings.since));
    json.member("boundaries", Cell::date(settings.boundaries));
    json.member("dates", Cell::Text(settings.dates.word()));
    json.member("safety_distance_m", Cell::Number(settings.safety_distance_m));
    json.members(
        "settings",
        [
            ("as_of", Cell::date(settings.as_of)),
            ("since", Cell::date(settings.since)),
            ("series", Cell::text(settings.series.map(SeriesStep::word))),
            ("boundaries", Cell::date(settings.boundaries)),
            ("dates", Cell::Text(settings.dates.word())),
            ("outside", Cell::Text(settings.outside.word())),
            ("safety_distance_m", Cell::Number(settings.safety_distance_m)),
            ("geometry", Cell::Flag(settings.geometry)),
        ],
    );
    json.member("public", Cell::Flag(settings.public));
    json.list("inputs", &report.inputs, push_input);
    json.list("districts", &account.districts, |out, row| push_figures(out, report, row));
    push_figures(json.key("outside"), report, &columns::outside_row(report));
    push_figures(json.key("total"), report, &columns::total_row(report));
    push_series(json.key("series"), account);
    let zones = ZoneStatus::ALL.map(|s| (s.word(), account.zones.iter().filter(|z| z.status == s).count()));
    json.members("zones", zones.map(|(word, count)| (word, Cell::Count(count as u64))));
    if let Some(plan) = &account.plan {
        let weights = plan.criteria.iter().map(|c| (c.name.as_str(), Cell::share(c.weight)));
        json.members("plan_weights", weights);
        json.member("plan_sensitivity", Cell::Text(&plan.sensitivity));
    }
    json.member("unplaced_hazards", Cell::Count(account.unplaced_hazards));
    let mut counts = vec![0_u64; Code::ALL.len()];
    for finding in &account.findings {
        // The codes are numbered in the order of the list.
        if let Some(count) = counts.get_mut(finding.code as usize) {
            *count += 1;
        }
    }
    let found = Code::ALL.iter().zip(counts).filter(|(_, count)| *count > 0);
    json.members("findings", found.map(|(code, count)| (code.word(), Cell::Count(count))));
    json.list("checks", &account.checks, |out, check| {
        push_members(
            out,
            [
                ("name", Cell::Text(&check.name)),
                ("holds", Cell::Flag(check.holds)),
                ("difference", Cell::Number(check.difference)),
            ],
        );
    });
    let run = &report.run;
    json.members(
        "run",
        [
            ("started", Cell::Text(&run.started)),
            ("today", Cell::Date(settings.today)),
            ("seconds", Cell::distance(Some(run.seconds))),
            ("threads", Cell::Count(run.threads as u64)),
            ("peak_memory_bytes", run.peak_memory_bytes.map_or(Cell::Empty, Cell::Count)),
        ],
    );
    json.text.push_str("\n}\n");
    json.text
}

fn push_figures(out: &mut String, report: &Report, row: &DistrictRow) {
    push_object(out, report, columns::figures(report), row);
}

/// The series in brief: its dates, and what remains and is released of everything at each.
fn push_series(out: &mut String, account: &Account) {
    let Some(series) = &account.series else { return Cell::Empty.push_json(out) };
    push_members(
        out,
        [("step", Cell::Text(series.step.word())), ("boundaries", Cell::date(account.settings.boundaries))],
    );
    // The object goes on with lists.
    out.pop();
    let mut list = |name: &str, cells: &mut dyn Iterator<Item = Cell<'static>>| {
        out.push_str(",\"");
        out.push_str(name);
        out.push_str("\":[");
        for (i, cell) in cells.enumerate() {
            if i > 0 {
                out.push(',');
            }
            cell.push_json(out);
        }
        out.push(']');
    };
    list("dates", &mut series.dates.iter().map(|&date| Cell::Date(date)));
    list("remaining_m2", &mut series.total.iter().map(|m| Cell::Area(m.states.remaining())));
    list("released_m2", &mut series.total.iter().map(|m| Cell::Area(m.states.released())));
    out.push('}');
}

fn push_input(out: &mut String, input: &Input) {
    let sha256 = input.files.first().map(|(_, hash)| hash.as_str());
    push_members(
        out,
        [
            ("role", Cell::Text(input.role.word())),
            ("path", Cell::Text(&input.path)),
            ("layer", Cell::Text(&input.layer)),
            ("format", Cell::Text(&input.format)),
            ("crs", Cell::Text(&input.crs)),
            ("sha256", Cell::text(sha256)),
            ("records", Cell::Count(input.records)),
            ("used", Cell::Count(input.used)),
            ("repaired", Cell::Count(input.repaired)),
            ("set_aside", Cell::Count(input.set_aside)),
            ("operation", Cell::text(Some(input.operation.as_str()).filter(|o| !o.is_empty()))),
            ("accuracy_m", accuracy(input)),
        ],
    );
    // The object goes on with a list of objects.
    out.pop();
    out.push_str(",\"files\":[");
    for (i, (path, hash)) in input.files.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        push_members(out, [("path", Cell::Text(path)), ("sha256", Cell::Text(hash))]);
    }
    out.push_str("]}");
}

/// A number where the text is one.
fn accuracy(input: &Input) -> Cell<'_> {
    let text = input.accuracy_m.as_deref();
    match text.and_then(|t| t.trim().parse::<f64>().ok()).filter(|a| a.is_finite()) {
        Some(metres) => Cell::Number(metres),
        None => Cell::text(text),
    }
}

fn push_members<'a>(out: &mut String, members: impl IntoIterator<Item = (&'a str, Cell<'a>)>) {
    out.push('{');
    for (i, (name, cell)) in members.into_iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        push_json_text(out, name);
        out.push(':');
        cell.push_json(out);
    }
    out.push('}');
}

/// An object with a member a line.
struct Json {
    text: String,
    first: bool,
}

impl Json {
    /// Begins a member; its value is to be added to the text.
    fn key(&mut self, name: &str) -> &mut String {
        self.text.push_str(if self.first { "\n  " } else { ",\n  " });
        self.first = false;
        push_json_text(&mut self.text, name);
        self.text.push_str(": ");
        &mut self.text
    }

    fn member(&mut self, name: &str, cell: Cell<'_>) {
        cell.push_json(self.key(name));
    }

    fn members<'a>(&mut self, name: &str, members: impl IntoIterator<Item = (&'a str, Cell<'a>)>) {
        push_members(self.key(name), members);
    }

    /// A list with an item a line.
    fn list<T>(&mut self, name: &str, items: &[T], push: impl Fn(&mut String, &T)) {
        let out = self.key(name);
        out.push('[');
        for (i, item) in items.iter().enumerate() {
            out.push_str(if i > 0 { ",\n    " } else { "\n    " });
            push(out, item);
        }
        out.push_str(if items.is_empty() { "]" } else { "\n  ]" });
    }
}
