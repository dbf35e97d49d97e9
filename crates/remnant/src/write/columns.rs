//! What the outputs say of districts, zones, records, findings and shapes: names and cells, in order.

use jiff::civil::Date;
use remnant_geometry::{Area, Polygons};

use super::cell::Cell;
use crate::finding::Finding;
use crate::records::{DEVICES, HazardClass, Origin, ReleaseKind};
use crate::report::{
    Credit, DistrictRow, Face, FaceRecord, Figures, Input, LandShape, LandState, Moment, RecordKind, RecordRow,
    RecordShare, Report, Transition, ZoneRow,
};
use crate::status::{Change, State};

/// A column: its name, and what stands in it for a row.
pub(super) type Column<R> = (&'static str, for<'a> fn(&'a Report, &'a R) -> Cell<'a>);

/// The code that stands for the total where it is a row. No P-code is spelled like that.
pub(super) const TOTAL_CODE: &str = "*";

/// The name of everything.
const TOTAL_NAME: &str = "total";

/// The name of the land outside, where the account gives none.
const OUTSIDE_NAME: &str = "outside all districts";

/// The figures of a district, of the land outside, and of everything.
pub(super) const FIGURES: &[Column<DistrictRow>] = &[
    ("code", |_, d| Cell::text(d.code.as_deref())),
    ("name", |_, d| Cell::text(d.name.as_deref())),
    ("area_m2", |_, d| Cell::Area(d.figures.area)),
    ("baseline_m2", |_, d| Cell::Area(d.figures.states.baseline())),
    ("suspected_m2", |_, d| Cell::Area(d.figures.states.suspected)),
    ("confirmed_m2", |_, d| Cell::Area(d.figures.states.confirmed)),
    ("remaining_m2", |_, d| Cell::Area(d.figures.states.remaining())),
    ("cancelled_m2", |_, d| Cell::Area(d.figures.states.cancelled)),
    ("reduced_m2", |_, d| Cell::Area(d.figures.states.reduced)),
    ("cleared_m2", |_, d| Cell::Area(d.figures.states.cleared)),
    ("released_m2", |_, d| Cell::Area(d.figures.states.released())),
    ("released_share", |_, d| released_share(&d.figures)),
    ("release_outside_hazard_m2", |_, d| Cell::Area(d.figures.release_outside_hazard)),
    ("repeated_release_m2", |_, d| Cell::Area(d.figures.repeated_release)),
    ("hazards", |_, d| Cell::Count(d.figures.hazards)),
    ("releases", |_, d| Cell::Count(d.figures.releases)),
    ("evidence_points", |_, d| Cell::Count(d.figures.evidence_points)),
    (DEVICES[0], |_, d| Cell::Count(d.figures.devices[0])),
    (DEVICES[1], |_, d| Cell::Count(d.figures.devices[1])),
    (DEVICES[2], |_, d| Cell::Count(d.figures.devices[2])),
    (DEVICES[3], |_, d| Cell::Count(d.figures.devices[3])),
    (DEVICES[4], |_, d| Cell::Count(d.figures.devices[4])),
    (DEVICES[5], |_, d| Cell::Count(d.figures.devices[5])),
    ("incidents", |_, d| Cell::Count(d.figures.incidents)),
    ("killed", |_, d| Cell::Count(d.figures.killed)),
    ("injured", |_, d| Cell::Count(d.figures.injured)),
];

/// What follows [`FIGURES`] where a period is asked for.
pub(super) const PERIOD: &[Column<DistrictRow>] = &[
    ("opening_m2", |_, d| Cell::Area(d.figures.balance.opening.0)),
    ("newly_recorded_m2", |_, d| Cell::Area(d.figures.balance.newly_recorded.0)),
    ("recontaminated_m2", |_, d| Cell::Area(d.figures.balance.recontaminated.0)),
    ("period_cancelled_m2", |_, d| Cell::Area(d.figures.balance.cancelled.0)),
    ("period_reduced_m2", |_, d| Cell::Area(d.figures.balance.reduced.0)),
    ("period_cleared_m2", |_, d| Cell::Area(d.figures.balance.cleared.0)),
    ("closing_m2", |_, d| Cell::Area(d.figures.balance.closing.0)),
];

/// The balance of a period: land, then records. `from` is the day at whose end the period begins, and `to` its last
/// day; without `from` it runs from the beginning.
pub(super) const BALANCE: &[Column<PeriodRow>] = &[
    ("code", |r, p| code_at(r, p.place)),
    ("name", |r, p| name_at(r, p.place)),
    ("from", |_, p| Cell::date(p.from)),
    ("to", |_, p| Cell::date(p.to)),
    ("opening_m2", |_, p| Cell::Area(p.moment.balance.opening.0)),
    ("newly_recorded_m2", |_, p| Cell::Area(p.moment.balance.newly_recorded.0)),
    ("recontaminated_m2", |_, p| Cell::Area(p.moment.balance.recontaminated.0)),
    ("cancelled_m2", |_, p| Cell::Area(p.moment.balance.cancelled.0)),
    ("reduced_m2", |_, p| Cell::Area(p.moment.balance.reduced.0)),
    ("cleared_m2", |_, p| Cell::Area(p.moment.balance.cleared.0)),
    ("closing_m2", |_, p| Cell::Area(p.moment.balance.closing.0)),
    ("opening_records", |_, p| Cell::Count(p.moment.balance.opening.1)),
    ("newly_recorded_records", |_, p| Cell::Count(p.moment.balance.newly_recorded.1)),
    ("recontaminated_records", |_, p| Cell::Count(p.moment.balance.recontaminated.1)),
    ("cancelled_records", |_, p| Cell::Count(p.moment.balance.cancelled.1)),
    ("reduced_records", |_, p| Cell::Count(p.moment.balance.reduced.1)),
    ("cleared_records", |_, p| Cell::Count(p.moment.balance.cleared.1)),
    ("closing_records", |_, p| Cell::Count(p.moment.balance.closing.1)),
];

/// A place at the end of a period of the series: its states on the day `date`, then the flows since the end of the day
/// `from`. Where there is no `from`, all that was before is in the period.
pub(super) const SERIES: &[Column<PeriodRow>] = &[
    ("date", |_, p| Cell::date(p.to)),
    ("from", |_, p| Cell::date(p.from)),
    ("code", |r, p| code_at(r, p.place)),
    ("name", |r, p| name_at(r, p.place)),
    ("baseline_m2", |_, p| Cell::Area(p.moment.states.baseline())),
    ("suspected_m2", |_, p| Cell::Area(p.moment.states.suspected)),
    ("confirmed_m2", |_, p| Cell::Area(p.moment.states.confirmed)),
    ("remaining_m2", |_, p| Cell::Area(p.moment.states.remaining())),
    ("cancelled_m2", |_, p| Cell::Area(p.moment.states.cancelled)),
    ("reduced_m2", |_, p| Cell::Area(p.moment.states.reduced)),
    ("cleared_m2", |_, p| Cell::Area(p.moment.states.cleared)),
    ("released_m2", |_, p| Cell::Area(p.moment.states.released())),
    ("released_share", |_, p| Cell::released_share(p.moment.states.released(), p.moment.states.baseline())),
    ("evidence_points", |_, p| Cell::Count(p.moment.evidence_points)),
    ("opening_m2", |_, p| Cell::Area(p.moment.balance.opening.0)),
    ("newly_recorded_m2", |_, p| Cell::Area(p.moment.balance.newly_recorded.0)),
    ("recontaminated_m2", |_, p| Cell::Area(p.moment.balance.recontaminated.0)),
    ("period_cancelled_m2", |_, p| Cell::Area(p.moment.balance.cancelled.0)),
    ("period_reduced_m2", |_, p| Cell::Area(p.moment.balance.reduced.0)),
    ("period_cleared_m2", |_, p| Cell::Area(p.moment.balance.cleared.0)),
    ("closing_m2", |_, p| Cell::Area(p.moment.balance.closing.0)),
    ("opening_records", |_, p| Cell::Count(p.moment.balance.opening.1)),
    ("newly_recorded_records", |_, p| Cell::Count(p.moment.balance.newly_recorded.1)),
    ("recontaminated_records", |_, p| Cell::Count(p.moment.balance.recontaminated.1)),
    ("cancelled_records", |_, p| Cell::Count(p.moment.balance.cancelled.1)),
    ("reduced_records", |_, p| Cell::Count(p.moment.balance.reduced.1)),
    ("cleared_records", |_, p| Cell::Count(p.moment.balance.cleared.1)),
    ("closing_records", |_, p| Cell::Count(p.moment.balance.closing.1)),
    ("boundaries", |r, _| Cell::date(r.account.settings.boundaries)),
];

/// What the land of the opening has become at the closing.
pub(super) const TRANSITIONS: &[Column<TransitionRow>] = &[
    ("code", |r, t| code_at(r, t.place)),
    ("name", |r, t| name_at(r, t.place)),
    ("from", |_, t| Cell::Text(t.transition.from.word())),
    ("to", |_, t| Cell::Text(t.transition.to.word())),
    ("area_m2", |_, t| Cell::Area(t.transition.area)),
];

/// A settlement zone. `hazards` counts `hazard_ids`: live hazards and open evidence points.
pub(super) const ZONES: &[Column<ZoneRow>] = &[
    ("id", |_, z| Cell::Text(&z.id)),
    ("name", |_, z| Cell::Text(&z.name)),
    ("status", |_, z| Cell::Text(z.status.word())),
    ("reasons", |_, z| Cell::List(&z.reasons)),
    ("area_m2", |_, z| Cell::Area(z.area)),
    ("suspected_m2", |_, z| Cell::Area(z.states.suspected)),
    ("confirmed_m2", |_, z| Cell::Area(z.states.confirmed)),
    ("remaining_m2", |_, z| Cell::Area(z.states.remaining())),
    ("cancelled_m2", |_, z| Cell::Area(z.states.cancelled)),
    ("reduced_m2", |_, z| Cell::Area(z.states.reduced)),
    ("cleared_m2", |_, z| Cell::Area(z.states.cleared)),
    ("released_m2", |_, z| Cell::Area(z.states.released())),
    ("contaminated_share", |_, z| Cell::contaminated_share(z.contaminated_share)),
    // The public is not told which they are, and none is not their number.
    ("hazards", |r, z| if r.account.settings.public { Cell::Empty } else { Cell::Count(z.hazard_ids.len() as u64) }),
    ("hazard_ids", |_, z| Cell::List(&z.hazard_ids)),
    ("nearest_hazard_m", |_, z| Cell::distance(z.nearest_hazard_m)),
    ("nearest_hazard_id", |_, z| Cell::text(z.nearest_hazard_id.as_deref())),
    ("nearest_hazard_bearing_deg", |_, z| Cell::bearing(z.nearest_hazard_bearing_deg)),
    ("last_release", |_, z| Cell::date(z.last_release)),
    ("district", |_, z| Cell::text(z.district.as_deref())),
    ("layer", |r, z| layer(r, Some(z.origin))),
    ("feature", |_, z| feature(Some(z.origin))),
    ("people", |_, z| z.people.map_or(Cell::Empty, Cell::Number)),
    ("homes", |_, z| z.homes.map_or(Cell::Empty, Cell::Number)),
    ("status_if_hazards_larger", |_, z| Cell::text(z.stability.as_ref().map(|s| s.grown.word()))),
    ("status_if_hazards_smaller", |_, z| Cell::text(z.stability.as_ref().map(|s| s.shrunk.word()))),
    ("stability", |_, z| {
        Cell::text(z.stability.as_ref().map(|s| s.sentence.as_str()).filter(|sentence| !sentence.is_empty()))
    }),
    ("to_clear_m2", |_, z| z.to_clear.as_ref().map_or(Cell::Empty, |w| Cell::Area(w.area))),
    ("to_clear_hazard_ids", |_, z| z.to_clear.as_ref().map_or(Cell::Empty, |w| Cell::List(&w.hazard_ids))),
    ("to_clear_evidence_points", |_, z| z.to_clear.as_ref().map_or(Cell::Empty, |w| Cell::Count(w.evidence_points))),
    ("access", |_, z| Cell::Text(z.access.word())),
];

/// A hazard or release.
pub(super) const RECORDS: &[Column<RecordRow>] = &[
    ("layer", |r, x| layer(r, Some(x.origin))),
    ("file", |r, x| file(r, Some(x.origin))),
    ("feature", |_, x| feature(Some(x.origin))),
    ("id", |_, x| Cell::Text(&x.id)),
    ("kind", |_, x| Cell::Text(if matches!(x.kind, RecordKind::Hazard(_)) { "hazard" } else { "release" })),
    ("class", |_, x| class_of(x)),
    ("date", |_, x| Cell::date(x.date)),
    ("fate", |_, x| Cell::Text(x.fate.word())),
    ("in_effect", |_, x| Cell::Flag(x.in_effect)),
    ("stated_m2", |_, x| x.stated_m2.map_or(Cell::Empty, Cell::Number)),
    ("geometry_m2", |_, x| x.geometry.map_or(Cell::Empty, Cell::Area)),
    ("credited_m2", |_, x| Cell::Area(x.credited)),
    ("repeated_m2", |_, x| Cell::Area(x.repeated)),
    ("outside_m2", |_, x| Cell::Area(x.outside)),
    ("recorded_m2", |_, x| Cell::Area(x.recorded)),
    ("overlap_m2", |_, x| Cell::Area(x.overlap)),
    ("operator", |_, x| Cell::text(x.work.operator.as_deref())),
    ("method", |_, x| Cell::text(x.work.method.as_deref())),
    ("task", |_, x| Cell::text(x.work.task.as_deref())),
    ("within_task_m2", |_, x| Cell::Area(x.within_task)),
];

/// What releases came to, by operator, method and kind; set aside ones have no kind. The rows add up to those of
/// releases in effect in records.csv.
pub(super) const CREDIT: &[Column<Credit>] = &[
    ("operator", |_, c| Cell::text(c.operator.as_deref())),
    ("method", |_, c| Cell::text(c.method.as_deref())),
    ("kind", |_, c| Cell::text(c.kind.map(kind_word))),
    ("releases", |_, c| Cell::Count(c.all.releases)),
    ("geometry_m2", |_, c| Cell::Area(c.all.geometry)),
    ("credited_m2", |_, c| Cell::Area(c.all.credited)),
    ("repeated_m2", |_, c| Cell::Area(c.all.repeated)),
    ("outside_m2", |_, c| Cell::Area(c.all.outside)),
    ("within_task_m2", |_, c| Cell::Area(c.all.within_task)),
    ("stated_releases", |_, c| Cell::Count(c.all.stated_releases)),
    ("stated_m2", |_, c| Cell::Area(c.all.stated)),
    ("set_aside", |_, c| Cell::Count(c.set_aside)),
    ("period_releases", |_, c| Cell::Count(c.period.releases)),
    ("period_geometry_m2", |_, c| Cell::Area(c.period.geometry)),
    ("period_credited_m2", |_, c| Cell::Area(c.period.credited)),
    ("period_repeated_m2", |_, c| Cell::Area(c.period.repeated)),
    ("period_outside_m2", |_, c| Cell::Area(c.period.outside)),
    ("period_within_task_m2", |_, c| Cell::Area(c.period.within_task)),
];

/// What a record did in one district. The columns of remaining and released land add up to the figures of the district,
/// but for the rounding of each.
pub(super) const SHARES: &[Column<RecordShare>] = &[
    ("record", |_, s| Cell::Count(s.record as u64 + 1)),
    ("code", |r, s| Cell::text(s.district.and_then(|d| r.account.districts.get(d)).and_then(|d| d.code.as_deref()))),
    ("layer", |r, s| layer(r, Some(s.origin))),
    ("id", |_, s| Cell::Text(&s.id)),
    ("shape", |_, s| Cell::Mark(s.shape)),
    ("covered_m2", |_, s| Cell::Area(s.covered)),
    ("newly_recorded_m2", |_, s| Cell::Area(s.newly_recorded)),
    ("recontaminated_m2", |_, s| Cell::Area(s.recontaminated)),
    ("credited_m2", |_, s| Cell::Area(s.credited)),
    ("recorded_and_released_m2", |_, s| Cell::Area(s.recorded_and_released)),
    ("repeated_m2", |_, s| Cell::Area(s.repeated)),
    ("outside_m2", |_, s| Cell::Area(s.outside)),
    ("to_remaining_m2", |_, s| Cell::Area(s.to_remaining)),
    ("to_released_m2", |_, s| Cell::Area(s.to_released)),
];

/// A defect.
pub(super) const FINDINGS: &[Column<Finding>] = &[
    ("code", |_, f| Cell::Text(f.code.word())),
    ("severity", |_, f| Cell::Text(f.code.severity().word())),
    ("layer", |r, f| layer(r, f.origin)),
    ("file", |r, f| file(r, f.origin)),
    ("feature", |_, f| feature(f.origin)),
    ("id", |_, f| Cell::text(Some(f.id.as_str()).filter(|id| !id.is_empty()))),
    ("message", |_, f| Cell::Text(&f.message)),
    ("area_m2", |_, f| Cell::metres(f.area_m2)),
];

/// Contaminated land.
pub(super) const REMAINING: &[Column<LandShape>] = &[
    ("code", |r, s| Cell::text(row_of(r, s).code.as_deref())),
    ("name", |r, s| name_of(row_of(r, s))),
    ("class", |_, s| Cell::Text(state_word(s.state))),
    ("area_m2", |_, s| Cell::Area(s.area)),
];

/// Released land.
pub(super) const RELEASED: &[Column<LandShape>] = &[
    ("code", |r, s| Cell::text(row_of(r, s).code.as_deref())),
    ("name", |r, s| name_of(row_of(r, s))),
    ("kind", |_, s| Cell::Text(state_word(s.state))),
    ("area_m2", |_, s| Cell::Area(s.area)),
];

/// A face. The lists have an item for each record, in the order of their replay; `record_rows` counts the rows of
/// records.csv from 1. `area_exact_m2` is a text, so that no reader rounds it.
pub(super) const FACES: &[Column<FaceRow>] = &[
    ("face", |_, f| Cell::Count(f.number)),
    ("code", |r, f| Cell::text(district_of(r, f.district).code.as_deref())),
    ("name", |r, f| name_of(district_of(r, f.district))),
    ("state", |_, f| Cell::Text(f.state)),
    ("area_m2", |_, f| Cell::Exact(f.area)),
    ("area_exact_m2", |_, f| Cell::Text(&f.exact)),
    ("records", |_, f| Cell::Count(f.rows.len() as u64)),
    ("record_rows", |_, f| Cell::List(&f.rows)),
    ("record_ids", |_, f| Cell::List(&f.ids)),
    ("record_layers", |_, f| Cell::List(&f.layers)),
    ("record_features", |_, f| Cell::List(&f.features)),
    ("record_classes", |_, f| Cell::List(&f.classes)),
    ("record_dates", |_, f| Cell::List(&f.dates)),
    ("record_changes", |_, f| Cell::List(&f.changes)),
];

/// A face in words.
#[derive(Debug)]
pub(super) struct FaceRow {
    number: u64,
    district: Option<usize>,
    state: &'static str,
    area: Area,
    exact: String,
    rows: Vec<String>,
    ids: Vec<String>,
    layers: Vec<String>,
    features: Vec<String>,
    classes: Vec<String>,
    dates: Vec<String>,
    changes: Vec<String>,
}

/// A face in words; faces count from 1.
pub(super) fn face_row(report: &Report, number: usize, face: &Face) -> FaceRow {
    let account = &report.account;
    let list = |text: &dyn Fn(&RecordRow, &FaceRecord) -> String| -> Vec<String> {
        face.records.iter().filter_map(|f| account.records.get(f.row).map(|row| text(&row, f))).collect()
    };
    let words = |cell: Cell<'_>| cell.plain().unwrap_or_default();
    let exact = words(Cell::Exact(face.area));
    FaceRow {
        number: number as u64 + 1,
        district: face.district,
        state: land_word(face.state),
        area: face.area,
        exact,
        rows: list(&|_, f| (f.row + 1).to_string()),
        ids: list(&|row, _| row.id.clone()),
        layers: list(&|row, _| words(layer(report, Some(row.origin)))),
        features: list(&|row, _| words(feature(Some(row.origin)))),
        classes: list(&|row, _| words(class_of(row))),
        dates: list(&|row, _| words(Cell::date(row.date))),
        changes: list(&|_, f| change_word(f.change).to_owned()),
    }
}

fn land_word(state: State) -> &'static str {
    match state {
        State::None => "none",
        State::Suspected => class_word(HazardClass::Suspected),
        State::Confirmed => class_word(HazardClass::Confirmed),
        State::Cancelled => kind_word(ReleaseKind::Cancelled),
        State::Reduced => kind_word(ReleaseKind::Reduced),
        State::Cleared => kind_word(ReleaseKind::Cleared),
    }
}

/// What a record did to the ground of a face.
fn change_word(change: Option<Change>) -> &'static str {
    match change {
        None => "not-in-effect",
        Some(Change::NewlyRecorded) => "newly-recorded",
        Some(Change::Recontaminated) => "recontaminated",
        Some(Change::Confirmed) => "confirmed",
        Some(Change::Overlap) => "overlap",
        Some(Change::Released) => "released",
        Some(Change::Outside) => "outside-hazard",
        Some(Change::RecordedAndReleased) => "recorded-and-released",
        Some(Change::Repeated) => "repeated",
    }
}

/// The columns of a district in this report.
pub(super) fn figures(report: &Report) -> impl Iterator<Item = &'static Column<DistrictRow>> + Clone {
    let period = if report.account.settings.since.is_some() { PERIOD } else { &[] };
    FIGURES.iter().chain(period)
}

/// The row of the land outside all districts, without a shape.
pub(super) fn outside_row(report: &Report) -> DistrictRow {
    let outside = &report.account.outside;
    DistrictRow {
        code: None,
        name: Some(outside.name.clone().unwrap_or_else(|| OUTSIDE_NAME.to_owned())),
        figures: outside.figures.clone(),
        shape: Polygons::default(),
    }
}

/// The row of everything.
pub(super) fn total_row(report: &Report) -> DistrictRow {
    DistrictRow {
        code: Some(TOTAL_CODE.to_owned()),
        name: Some(TOTAL_NAME.to_owned()),
        figures: report.account.total.clone(),
        shape: Polygons::default(),
    }
}

/// A place in a period. Places count as they stand in the tables: the districts, the land outside, everything.
pub(super) struct PeriodRow {
    place: usize,
    from: Option<Date>,
    to: Option<Date>,
    moment: Moment,
}

/// A cell of the transitions of a place.
pub(super) struct TransitionRow {
    place: usize,
    transition: Transition,
}

fn code_at(report: &Report, place: usize) -> Cell<'_> {
    match report.account.districts.get(place) {
        Some(district) => Cell::text(district.code.as_deref()),
        None if place == report.account.districts.len() => Cell::Empty,
        None => Cell::Text(TOTAL_CODE),
    }
}

fn name_at(report: &Report, place: usize) -> Cell<'_> {
    match report.account.districts.get(place) {
        Some(district) => name_of(district),
        None if place == report.account.districts.len() => name_of(&report.account.outside),
        None => Cell::Text(TOTAL_NAME),
    }
}

/// The figures of every place.
fn figures_of_places(report: &Report) -> impl Iterator<Item = (usize, &Figures)> {
    let account = &report.account;
    let rows = account.districts.iter().chain([&account.outside]).map(|d| &d.figures);
    rows.chain([&account.total]).enumerate()
}

/// Every place in every period of the series, period by period; none without a series.
pub(super) fn series(report: &Report) -> impl Iterator<Item = PeriodRow> {
    let since = report.account.settings.since;
    report.account.series.iter().flat_map(move |series| {
        let from = std::iter::once(since).chain(series.dates.iter().copied().map(Some));
        from.zip(&series.dates).enumerate().flat_map(move |(period, (from, &to))| {
            let places = series.districts.iter().chain([&series.outside, &series.total]).enumerate();
            places.filter_map(move |(place, moments)| {
                Some(PeriodRow { place, from, to: Some(to), moment: *moments.get(period)? })
            })
        })
    })
}

/// Every place in the period of the account.
pub(super) fn period(report: &Report) -> impl Iterator<Item = PeriodRow> {
    let (from, to) = (report.account.settings.since, report.account.settings.as_of);
    figures_of_places(report).map(move |(place, figures)| {
        let Figures { states, balance, evidence_points, .. } = *figures;
        PeriodRow { place, from, to, moment: Moment { states, balance, evidence_points } }
    })
}

/// Every place in every period: those of the series, or else the one of the account.
pub(super) fn periods(report: &Report) -> impl Iterator<Item = PeriodRow> {
    period(report).filter(|_| report.account.series.is_none()).chain(series(report))
}

/// The transitions of every place.
pub(super) fn transitions(report: &Report) -> impl Iterator<Item = TransitionRow> {
    figures_of_places(report).flat_map(|(place, figures)| {
        figures.transitions.iter().map(move |&transition| TransitionRow { place, transition })
    })
}

/// The findings in a fixed order: those about the whole run, then by layer, feature, code and words.
pub(super) fn findings_in_order(report: &Report) -> Vec<&Finding> {
    let mut findings: Vec<&Finding> = report.account.findings.iter().collect();
    findings.sort_by(|a, b| (a.origin, a.code, &a.id, &a.message).cmp(&(b.origin, b.code, &b.id, &b.message)));
    findings
}

/// The shapes of contaminated or of released land in a fixed order: by district, the land outside last, and by state.
pub(super) fn shapes_in_order(report: &Report, wanted: fn(LandState) -> bool) -> Vec<&LandShape> {
    let mut shapes: Vec<&LandShape> = report.account.shapes.iter().filter(|s| wanted(s.state)).collect();
    shapes.sort_by_key(|s| (s.district.is_none(), s.district, s.state));
    shapes
}

/// The released share of some figures.
pub(super) fn released_share(figures: &Figures) -> Cell<'static> {
    Cell::released_share(figures.states.released(), figures.states.baseline())
}

fn input(report: &Report, origin: Option<Origin>) -> Option<&Input> {
    report.inputs.get(origin?.layer as usize)
}

fn layer(report: &Report, origin: Option<Origin>) -> Cell<'_> {
    Cell::text(input(report, origin).map(|i| i.layer.as_str()))
}

fn file(report: &Report, origin: Option<Origin>) -> Cell<'_> {
    Cell::text(input(report, origin).map(|i| i.path.as_str()))
}

/// Features count from 1; 0 stands for a layer as a whole.
fn feature(origin: Option<Origin>) -> Cell<'static> {
    origin.filter(|o| o.feature > 0).map_or(Cell::Empty, |o| Cell::Count(o.feature))
}

fn row_of<'a>(report: &'a Report, shape: &LandShape) -> &'a DistrictRow {
    district_of(report, shape.district)
}

fn district_of(report: &Report, district: Option<usize>) -> &DistrictRow {
    district.and_then(|d| report.account.districts.get(d)).unwrap_or(&report.account.outside)
}

/// The class of a hazard or the kind of a release.
fn class_of(row: &RecordRow) -> Cell<'static> {
    match row.kind {
        RecordKind::Hazard(class) => Cell::text(class.map(class_word)),
        RecordKind::Release(kind) => Cell::text(kind.map(kind_word)),
    }
}

fn name_of(row: &DistrictRow) -> Cell<'_> {
    // A district may lack a name; the land outside has one, given or not.
    let otherwise = if row.code.is_none() { Cell::Text(OUTSIDE_NAME) } else { Cell::Empty };
    row.name.as_deref().map_or(otherwise, Cell::Text)
}

fn state_word(state: LandState) -> &'static str {
    match state {
        LandState::Contaminated(class) => class_word(class),
        LandState::Released(kind) => kind_word(kind),
    }
}

fn class_word(class: HazardClass) -> &'static str {
    match class {
        HazardClass::Suspected => "suspected",
        HazardClass::Confirmed => "confirmed",
    }
}

fn kind_word(kind: ReleaseKind) -> &'static str {
    match kind {
        ReleaseKind::Cancelled => "cancelled",
        ReleaseKind::Reduced => "reduced",
        ReleaseKind::Cleared => "cleared",
    }
}
