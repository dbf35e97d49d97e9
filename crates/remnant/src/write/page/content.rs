//! What the page says: the cells of the other outputs and what hangs on them, as JSON that can stand in a page.
//!
//! A table is `{"columns": [...], "rows": [[...], ...]}`, with the names and the digits of the table of the same name.

use std::collections::BTreeSet;

use remnant_geometry::Point;
use remnant_geometry::plane::STEPS_PER_DEGREE;

use super::super::cell::{Cell, push_json_text};
use super::super::columns::{self, BALANCE, Column, FINDINGS, PeriodRow, RECORDS, ZONES};
use super::drawing::Drawing;
use super::held::{self, Held, Tally};
use crate::finding::{Code, Finding, Place, Severity};
use crate::report::{
    Exposure, Figures, INCIDENTS_WITHIN_M, IncidentRow, Plan, RecordFacts, RecordKind, RecordRow, Report, Series,
    States, ZoneRow,
};
use crate::status::State;
use crate::zone::Reason;

/// Findings that the page holds, the worst first; findings.csv has all of them.
const FINDINGS_SHOWN: usize = 5000;
/// Records that the page holds, of those that zones name; records.csv has all of them.
const RECORDS_SHOWN: usize = 20_000;
/// Hazards that a reason names.
const HAZARDS_NAMED: usize = 10;

/// All that the page says, as a JSON object in which no character can end or begin markup.
pub(super) fn content(report: &Report, held: &Held, drawing: Option<&Drawing>) -> String {
    let account = &report.account;
    let settings = &account.settings;
    let mut json = Object::default();
    json.cell("version", Cell::Text(env!("CARGO_PKG_VERSION")));
    json.cell("as_of", Cell::date(settings.as_of));
    json.cell("since", Cell::date(settings.since));
    json.cell("public", Cell::Flag(settings.public));
    json.cell("boundaries", Cell::date(settings.boundaries));
    json.cell("dates", Cell::Text(settings.dates.word()));
    json.cell("outside_policy", Cell::Text(settings.outside.word()));
    json.cell("safety_distance_m", Cell::Number(settings.safety_distance_m));
    json.cell("incidents_within_m", Cell::Number(INCIDENTS_WITHIN_M));
    json.cell("unplaced_hazards", Cell::Count(account.unplaced_hazards));
    json.value("map", |out| match drawing {
        None => out.push_str("null"),
        Some(drawing) => {
            let mut map = Object::default();
            map.cell("within_m", Cell::Number(drawing.within_m));
            map.cell("step_deg", Cell::Number(drawing.step as f64 / STEPS_PER_DEGREE as f64));
            map.cell("polygons", Cell::Count(drawing.polygons as u64));
            map.end(out);
        }
    });
    let outside = columns::outside_row(report);
    let total = columns::total_row(report);
    let districts = account.districts.iter().chain([&outside]);
    json.value("districts", |out| table(out, report, columns::figures(report), districts.clone()));
    json.value("total", |out| table(out, report, columns::figures(report), [&total]));
    let period: Vec<PeriodRow> = columns::period(report).collect();
    json.value("balance", |out| table(out, report, BALANCE.iter(), &period));
    let exposed = districts.clone().map(|d| &d.figures).chain([&account.total]);
    json.value("exposure", |out| list(out, exposed, |out, figures: &Figures| exposure(out, &figures.exposure)));
    json.value("transitions", |out| transitions(out, &account.total));
    json.value("zones", |out| table(out, report, ZONES.iter(), held.zones(report)));
    json.value("evidence", |out| list(out, held.zones(report), evidence));
    // Those that the page does not hold count as well.
    let (by_status, by_district) = held::tallies(&account.zones);
    json.value("zones_by_status", |out| counts(out, &by_status));
    json.value("zones_by_district", |out| {
        let codes = districts.clone().map(|d| d.code.as_deref());
        list(out, codes, |out, code| counts(out, by_district.get(&code).unwrap_or(&Tally::default())));
    });
    let (records, left_out) = records(report, held);
    json.value("records", |out| table(out, report, RECORDS.iter(), &records));
    json.cell("records_left_out", Cell::Count(left_out as u64));
    json.value("incidents", |out| list(out, &account.incidents, incident));
    findings(&mut json, report);
    json.value("series", |out| match &account.series {
        Some(moments) => series(out, moments, held),
        None => out.push_str("null"),
    });
    json.value("plan", |out| match &account.plan {
        Some(order) => plan(out, order, held),
        None => out.push_str("null"),
    });
    json.value("inputs", |out| list(out, &report.inputs, input));
    json.value("checks", |out| {
        list(out, &account.checks, |out, check| {
            let mut object = Object::default();
            object.cell("name", Cell::Text(&check.name));
            object.cell("holds", Cell::Flag(check.holds));
            object.cell("difference", Cell::Number(check.difference));
            object.end(out);
        });
    });
    let mut text = String::new();
    json.end(&mut text);
    harmless(&text)
}

/// JSON with everything escaped that a browser could take for markup or for the end of a line. These characters stand
/// in texts only, where JSON has an escape for them.
pub(super) fn harmless(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 16);
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => out.push(c),
        }
    }
    out
}

/// A JSON object on its way.
#[derive(Default)]
struct Object {
    text: String,
}

impl Object {
    fn value(&mut self, name: &str, push: impl FnOnce(&mut String)) {
        self.text.push(if self.text.is_empty() { '{' } else { ',' });
        push_json_text(&mut self.text, name);
        self.text.push(':');
        push(&mut self.text);
    }

    fn cell(&mut self, name: &str, cell: Cell<'_>) {
        self.value(name, |out| cell.push_json(out));
    }

    fn end(self, out: &mut String) {
        out.push_str(if self.text.is_empty() { "{" } else { &self.text });
        out.push('}');
    }
}

fn list<T>(out: &mut String, items: impl IntoIterator<Item = T>, mut push: impl FnMut(&mut String, T)) {
    out.push('[');
    for (number, item) in items.into_iter().enumerate() {
        if number > 0 {
            out.push(',');
        }
        push(out, item);
    }
    out.push(']');
}

fn counts(out: &mut String, tally: &Tally) {
    cells(out, tally.map(Cell::Count));
}

fn cells<'a>(out: &mut String, cells: impl IntoIterator<Item = Cell<'a>>) {
    list(out, cells, |out, cell| cell.push_json(out));
}

fn table<'a, R: 'static>(
    out: &mut String,
    report: &'a Report,
    columns: impl Iterator<Item = &'static Column<R>> + Clone,
    rows: impl IntoIterator<Item = &'a R>,
) {
    out.push_str("{\"columns\":");
    cells(out, columns.clone().map(|column| Cell::Text(column.0)));
    out.push_str(",\"rows\":");
    list(out, rows, |out, row| {
        out.push('\n');
        cells(out, columns.clone().map(|column| column.1(report, row)));
    });
    out.push('}');
}

/// What the table of zones does not say of a zone.
fn evidence(out: &mut String, zone: &ZoneRow) {
    let mut object = Object::default();
    object.value("because", |out| list(out, &zone.because, reason));
    object.value("incidents", |out| {
        list(out, &zone.incidents_near, |out, &(row, distance)| {
            cells(out, [Cell::Count(row as u64), Cell::distance(Some(distance))]);
        });
    });
    object.value("exposure", |out| exposure(out, &zone.exposure));
    object.cell("access", Cell::Text(zone.access.word()));
    object.cell("people", zone.people.map_or(Cell::Empty, Cell::Number));
    object.cell("homes", zone.homes.map_or(Cell::Empty, Cell::Number));
    if let Some(stability) = &zone.stability {
        object.value("stability", |out| {
            let mut object = Object::default();
            object.cell("grown", Cell::Text(stability.grown.word()));
            object.cell("shrunk", Cell::Text(stability.shrunk.word()));
            object.cell("sentence", Cell::Text(&stability.sentence));
            object.end(out);
        });
    }
    if let Some(to_clear) = &zone.to_clear {
        object.value("to_clear", |out| {
            let mut object = Object::default();
            object.cell("area_m2", Cell::Area(to_clear.area));
            object.cell("hazard_ids", Cell::List(&to_clear.hazard_ids));
            object.cell("evidence_points", Cell::Count(to_clear.evidence_points));
            object.end(out);
        });
    }
    object.end(out);
}

/// A reason by its code, its status and its numbers, so that it can be said in any language.
fn reason(out: &mut String, reason: &Reason) {
    let mut object = Object::default();
    object.cell("code", Cell::Text(reason.code()));
    object.cell("status", Cell::Text(reason.status().word()));
    let mut ids = |ids: &[String]| {
        object.cell("ids", Cell::List(ids.get(..HAZARDS_NAMED).unwrap_or(ids)));
        object.cell("more", Cell::Count(ids.len().saturating_sub(HAZARDS_NAMED) as u64));
    };
    match reason {
        Reason::ContaminatedLand(m2, hazards) => {
            ids(hazards);
            object.cell("m2", Cell::metres(Some(*m2)));
        }
        Reason::PointsInside(hazards) | Reason::LostHazards(hazards) => ids(hazards),
        Reason::LandNear(distance, within) => {
            object.cell("m", Cell::distance(Some(*distance)));
            object.cell("within", Cell::Number(*within));
        }
        Reason::WithinAccuracy(id, distance, within) => {
            ids(std::slice::from_ref(id));
            object.cell("m", Cell::distance(Some(*distance)));
            object.cell("within", Cell::Number(*within));
        }
        Reason::PointNear(id, distance) => {
            ids(std::slice::from_ref(id));
            object.cell("m", Cell::distance(Some(*distance)));
        }
        Reason::NotCovered(m2) | Reason::Released(m2) => object.cell("m2", Cell::metres(Some(*m2))),
        Reason::NothingRecorded | Reason::General(_) => {}
    }
    object.end(out);
}

fn exposure(out: &mut String, themes: &[Exposure]) {
    list(out, themes, |out, theme| {
        let mut object = Object::default();
        object.cell("theme", Cell::Text(&theme.theme));
        object.cell("features", Cell::Count(theme.features));
        object.cell("exposed_features", Cell::Count(theme.exposed_features));
        object.cell("length_m", Cell::distance(Some(theme.length_m)));
        object.cell("exposed_length_m", Cell::distance(Some(theme.exposed_length_m)));
        object.cell("area_m2", Cell::Area(theme.area));
        object.cell("exposed_area_m2", Cell::Area(theme.exposed_area));
        object.end(out);
    });
}

fn transitions(out: &mut String, total: &Figures) {
    list(out, &total.transitions, |out, step| {
        cells(out, [Cell::Text(word(step.from)), Cell::Text(word(step.to)), Cell::Area(step.area)]);
    });
}

fn word(state: State) -> &'static str {
    match state {
        State::None => "none",
        State::Suspected => "suspected",
        State::Confirmed => "confirmed",
        State::Cancelled => "cancelled",
        State::Reduced => "reduced",
        State::Cleared => "cleared",
    }
}

/// The hazards that the zones of the page name, and how many more there are than the page holds.
fn records(report: &Report, held: &Held) -> (Vec<RecordRow>, usize) {
    let mut named: BTreeSet<&str> = BTreeSet::new();
    for zone in held.zones(report) {
        let to_clear = zone.to_clear.iter().flat_map(|t| &t.hazard_ids);
        named.extend(zone.hazard_ids.iter().chain(&zone.nearest_hazard_id).chain(to_clear).map(String::as_str));
    }
    let records = &report.account.records;
    let of_zones = |r: &RecordFacts<'_>| matches!(r.kind, RecordKind::Hazard(_)) && named.contains(r.id);
    let places: Vec<usize> = records.places(of_zones).collect();
    let shown = places.iter().take(RECORDS_SHOWN);
    (shown.filter_map(|&place| records.get(place)).collect(), places.len().saturating_sub(RECORDS_SHOWN))
}

fn incident(out: &mut String, incident: &IncidentRow) {
    let mut object = Object::default();
    object.cell("id", Cell::Text(&incident.id));
    object.cell("date", Cell::date(incident.date));
    object.cell("killed", Cell::Count(incident.killed));
    object.cell("injured", Cell::Count(incident.injured));
    object.value("at", |out| degrees(out, incident.place));
    object.end(out);
}

fn degrees(out: &mut String, place: Point) {
    // A step of the grid is finer than any page can draw: 10^-7 degrees is a centimetre.
    let cell = |steps: i64| Cell::Fixed { units: (steps + 500).div_euclid(1000), places: 7 };
    cells(out, [cell(place.x), cell(place.y)]);
}

/// The findings, the worst first, with their places; and what their codes mean.
fn findings(json: &mut Object, report: &Report) {
    let mut all = columns::findings_in_order(report);
    all.sort_by_key(|f| f.code.severity());
    let count = |severity| Cell::Count(all.iter().filter(|f| f.code.severity() == severity).count() as u64);
    json.value("severities", |out| cells(out, [Severity::Error, Severity::Warning, Severity::Info].map(count)));
    json.cell("findings_in_all", Cell::Count(all.len() as u64));
    let found: BTreeSet<Code> = all.iter().map(|f| f.code).collect();
    json.value("codes", |out| {
        let mut codes = Object::default();
        found.iter().for_each(|code| codes.cell(code.word(), Cell::Text(code.meaning())));
        codes.end(out);
    });
    all.truncate(FINDINGS_SHOWN);
    json.value("findings", |out| table(out, report, FINDINGS.iter(), all.iter().copied()));
    json.value("places", |out| {
        list(out, &all, |out, finding| match middle(finding) {
            Some(place) => degrees(out, place),
            None => out.push_str("null"),
        });
    });
}

/// Where a finding is marked; nowhere where its place is not on Earth.
fn middle(finding: &Finding) -> Option<Point> {
    let place = match finding.place? {
        Place::Point(place) => place,
        Place::Box(a, b) => Point { x: a.x.midpoint(b.x), y: a.y.midpoint(b.y) },
    };
    let [longitude, latitude] = place.degrees();
    (longitude.abs() <= 360.0 && latitude.abs() <= 90.0).then_some(place)
}

fn series(out: &mut String, series: &Series, held: &Held) {
    let mut object = Object::default();
    object.cell("step", Cell::Text(series.step.word()));
    object.value("dates", |out| cells(out, series.dates.iter().map(|&date| Cell::Date(date))));
    let moments = |moments: &[crate::report::Moment]| moments.iter().map(|m| m.states).collect::<Vec<_>>();
    let districts = series.districts.iter().chain([&series.outside]);
    object.value("districts", |out| list(out, districts, |out, row| changes(out, &moments(row))));
    object.value("total", |out| changes(out, &moments(&series.total)));
    let zones = held.rows().iter().filter_map(|&row| series.zones.get(row));
    object.value("zones", |out| list(out, zones, |out, row| changes(out, row)));
    object.end(out);
}

/// States at many dates: the number of each date at which they differ from those before, and the states.
fn changes(out: &mut String, states: &[States]) {
    let before = std::iter::once(&None).cloned().chain(states.iter().map(Some));
    let changed = states.iter().enumerate().zip(before).filter(|((_, now), before)| Some(*now) != *before);
    list(out, changed, |out, ((date, s), _)| {
        let areas = [s.suspected, s.confirmed, s.cancelled, s.reduced, s.cleared];
        cells(out, [Cell::Count(date as u64)].into_iter().chain(areas.map(Cell::Area)));
    });
}

fn plan(out: &mut String, plan: &Plan, held: &Held) {
    let mut object = Object::default();
    object.value("criteria", |out| {
        list(out, &plan.criteria, |out, c| cells(out, [Cell::Text(&c.name), Cell::Number(c.weight)]));
    });
    object.cell("in_all", Cell::Count(plan.order.len() as u64));
    object.cell("ranked", Cell::Count(plan.order.iter().filter(|place| place.missing.is_none()).count() as u64));
    let order = plan.order.iter().filter_map(|place| Some((place, held.place(place.zone)?)));
    object.value("order", |out| {
        list(out, order, |out, (place, zone)| {
            let mut object = Object::default();
            object.cell("zone", Cell::Count(zone as u64));
            object.cell("rank", Cell::Count(place.rank.into()));
            object.cell("ranked", Cell::Flag(place.missing.is_none()));
            object.cell("score", if place.missing.is_none() { Cell::Number(place.score) } else { Cell::Empty });
            object.cell("best_rank", Cell::Count(place.best_rank.into()));
            object.cell("worst_rank", Cell::Count(place.worst_rank.into()));
            object.cell("people", place.people.map_or(Cell::Empty, Cell::Number));
            object.cell("homes", place.homes.map_or(Cell::Empty, Cell::Number));
            object.cell("marginal_m2", Cell::Area(place.marginal));
            object.cell("sentence", Cell::Text(&place.sentence));
            object.end(out);
        });
    });
    object.end(out);
}

fn input(out: &mut String, input: &crate::report::Input) {
    let mut object = Object::default();
    object.cell("role", Cell::Text(input.role.word()));
    object.cell("path", Cell::Text(&input.path));
    object.cell("layer", Cell::Text(&input.layer));
    object.cell("format", Cell::Text(&input.format));
    object.cell("crs", Cell::Text(&input.crs));
    object.cell("operation", Cell::Text(&input.operation));
    object.cell("accuracy_m", Cell::text(input.accuracy_m.as_deref()));
    object.cell("records", Cell::Count(input.records));
    object.cell("used", Cell::Count(input.used));
    object.cell("repaired", Cell::Count(input.repaired));
    object.cell("set_aside", Cell::Count(input.set_aside));
    object.value("files", |out| {
        list(out, &input.files, |out, (path, hash)| cells(out, [Cell::Text(path), Cell::Text(hash)]));
    });
    object.end(out);
}
