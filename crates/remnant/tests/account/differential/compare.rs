//! Two accounts, figure by figure.

use remnant::report::{Account, Figures, SquareMetres, ZoneRow};
use remnant::zone::ZoneStatus;

use super::contract::{Deed, Expected, Place, ZonePlace};
use super::scenes::{Says, Scene};

/// What was compared, and what is wrong.
#[derive(Debug, Default)]
pub struct Compared {
    pub figures: u64,
    pub points: u64,
    /// Figures that hang on less than may be wrong: a record of as good as 1 m2, a zone as good as at the distance.
    pub doubtful: u64,
    pub wrong: Vec<String>,
}

impl Compared {
    pub fn failed(why: String) -> Self {
        Self { wrong: vec![why], ..Self::default() }
    }

    pub fn add(&mut self, other: Self) {
        self.figures += other.figures;
        self.points += other.points;
        self.doubtful += other.doubtful;
        self.wrong.extend(other.wrong);
    }

    /// An area: within the bound of the engine, and never farther off than the contract allows.
    fn area(&mut self, name: &str, want: f64, got: SquareMetres, slack: f64) {
        self.figures += 1;
        let allowed = (slack + 1e-9 * want).min((1e-6 * want).max(1.0));
        if (got.as_f64() - want).abs() > allowed {
            self.wrong.push(format!("{name}: {got} m2, and exact slabs say {want:.4} (allowed {allowed:.4})"));
        }
    }

    /// A number between the least and the most that it can be.
    fn number(&mut self, name: &str, [least, most]: [u64; 2], got: u64) {
        self.figures += 1;
        self.doubtful += u64::from(least < most);
        if got < least || got > most {
            self.wrong.push(format!("{name}: {got}, and it must be {least} to {most}"));
        }
    }

    fn same<T: PartialEq + std::fmt::Debug>(&mut self, name: &str, want: T, got: T) {
        self.figures += 1;
        if want != got {
            self.wrong.push(format!("{name}: {got:?}, and it must be {want:?}"));
        }
    }
}

type Area = (&'static str, fn(&Place) -> f64, fn(&Figures) -> SquareMetres);

fn state(place: &Place, says: Says) -> f64 {
    place.states.get(&says).copied().unwrap_or(0.0)
}

fn flow(place: &Place, says: Says) -> f64 {
    place.released.get(&says).copied().unwrap_or(0.0)
}

const AREAS: [Area; 15] = [
    ("area", |p| p.area, |f| f.area),
    ("suspected", |p| state(p, Says::Suspected), |f| f.states.suspected),
    ("confirmed", |p| state(p, Says::Confirmed), |f| f.states.confirmed),
    ("cleared", |p| state(p, Says::Cleared), |f| f.states.cleared),
    ("reduced", |p| state(p, Says::Reduced), |f| f.states.reduced),
    ("cancelled", |p| state(p, Says::Cancelled), |f| f.states.cancelled),
    ("outside hazards", |p| p.outside, |f| f.release_outside_hazard),
    ("repeated", |p| p.repeated, |f| f.repeated_release),
    ("opening", |p| p.opening, |f| f.balance.opening.0),
    ("newly recorded", |p| p.newly, |f| f.balance.newly_recorded.0),
    ("re-contaminated", |p| p.again, |f| f.balance.recontaminated.0),
    ("period cleared", |p| flow(p, Says::Cleared), |f| f.balance.cleared.0),
    ("period reduced", |p| flow(p, Says::Reduced), |f| f.balance.reduced.0),
    ("period cancelled", |p| flow(p, Says::Cancelled), |f| f.balance.cancelled.0),
    ("closing", |p| p.closing, |f| f.balance.closing.0),
];

/// How many records, of those that say so, did a deed on at least 1 m2: surely, and perhaps.
fn counted(scene: &Scene, place: &Place, deed: Deed, slack: f64, says: fn(Says) -> bool) -> [u64; 2] {
    let of = |least: f64| {
        let deeds = place.deeds.iter().filter(|((d, _), m2)| *d == deed && **m2 >= least);
        deeds.filter(|((_, record), _)| says(scene.records[*record].says)).count() as u64
    };
    [of(1.0 + slack), of((1.0 - slack).max(1e-9))]
}

fn figures(scene: &Scene, want: &Expected, name: &str, place: &Place, got: &Figures, out: &mut Compared) {
    for (figure, of_place, of_figures) in AREAS {
        out.area(&format!("{name}, {figure}"), of_place(place), of_figures(got), want.slack);
    }
    let b = &got.balance;
    let count = |deed, says: fn(Says) -> bool| counted(scene, place, deed, want.slack, says);
    let hazard: fn(Says) -> bool = Says::is_hazard;
    // Releases are counted where they cover ground and have effect.
    let mut effective = place.clone();
    effective.deeds.retain(|(_, r), _| super::contract::in_effect(scene, want.as_of, scene.records[*r].date));
    let releases = counted(scene, &effective, Deed::Covers, want.slack, |s| !s.is_hazard());
    for (figure, range, got) in [
        ("hazards", count(Deed::Live, hazard), got.hazards),
        ("releases", releases, got.releases),
        ("hazards at the opening", count(Deed::LiveAtOpening, hazard), b.opening.1),
        ("hazards that recorded", count(Deed::RecordedInPeriod, hazard), b.newly_recorded.1),
        ("hazards that recorded again", count(Deed::AgainInPeriod, hazard), b.recontaminated.1),
        ("releases that cleared", count(Deed::CreditedInPeriod, |s| s == Says::Cleared), b.cleared.1),
        ("releases that reduced", count(Deed::CreditedInPeriod, |s| s == Says::Reduced), b.reduced.1),
        ("releases that cancelled", count(Deed::CreditedInPeriod, |s| s == Says::Cancelled), b.cancelled.1),
        ("hazards at the closing", count(Deed::Live, hazard), b.closing.1),
        ("evidence points", [place.evidence; 2], got.evidence_points),
        ("incidents", [place.incidents; 2], got.incidents),
        ("killed", [place.incidents; 2], got.killed),
        ("injured", [place.injured; 2], got.injured),
        ("devices", place.devices, got.devices[0]),
    ] {
        out.number(&format!("{name}, {figure}"), range, got);
    }
}

/// Holds an account against what is expected.
pub fn compare(scene: &Scene, want: &Expected, got: &Account) -> Compared {
    let mut out = Compared::default();
    for check in got.checks.iter().filter(|check| !check.holds) {
        out.wrong.push(format!("a law does not hold: {} by {}", check.name, check.difference));
    }
    let codes: Vec<Option<String>> = got.districts.iter().map(|d| d.code.clone()).collect();
    let wanted: Vec<Option<String>> = want.places.keys().filter(|code| code.is_some()).cloned().collect();
    out.same("the codes of districts", &wanted, &codes);
    for row in got.districts.iter().chain([&got.outside]) {
        let name = row.code.as_ref().map_or("outside all districts".to_owned(), |code| format!("district {code}"));
        match want.places.get(&row.code) {
            Some(place) => figures(scene, want, &name, place, &row.figures, &mut out),
            None => out.wrong.push(format!("{name} is made up")),
        }
    }
    figures(scene, want, "total", &want.total, &got.total, &mut out);
    records(scene, want, got, &mut out);
    out.same("the number of zones", want.zones.len(), got.zones.len());
    for (zone, row) in want.zones.iter().zip(&got.zones) {
        self::zone(scene, want, zone, row, &mut out);
    }
    out
}

fn records(scene: &Scene, want: &Expected, got: &Account, out: &mut Compared) {
    for (n, r) in scene.records.iter().enumerate() {
        let key = (u32::from(!r.says.is_hazard()), r.feature);
        let Some(row) = got.records.iter().find(|row| (row.origin.layer, row.origin.feature) == key) else {
            // Nothing but its rings can have kept it out.
            out.area(
                &format!("record {key:?} without ground"),
                want.total.of(Deed::Covers, n),
                SquareMetres::ZERO,
                0.01,
            );
            continue;
        };
        let geometry = row.geometry.unwrap_or(SquareMetres::from_square_centimetres(-1));
        for (figure, deed, got) in [
            ("geometry", Deed::Covers, geometry),
            ("recorded", Deed::Recorded, row.recorded),
            ("overlap", Deed::Overlap, row.overlap),
            ("credited", Deed::Credited, row.credited),
            ("outside", Deed::Outside, row.outside),
            ("repeated", Deed::Repeated, row.repeated),
        ] {
            out.area(&format!("record {key:?}, {figure}"), want.total.of(deed, n), got, want.slack);
        }
    }
}

fn zone(scene: &Scene, want: &Expected, zone: &ZonePlace, row: &ZoneRow, out: &mut Compared) {
    let (name, slack) = (format!("zone {}", row.id), want.slack);
    let states = &row.states;
    for (figure, m2, got) in [
        ("area", zone.place.area, row.area),
        ("suspected", state(&zone.place, Says::Suspected), states.suspected),
        ("confirmed", state(&zone.place, Says::Confirmed), states.confirmed),
        ("cleared", state(&zone.place, Says::Cleared), states.cleared),
        ("reduced", state(&zone.place, Says::Reduced), states.reduced),
        ("cancelled", state(&zone.place, Says::Cancelled), states.cancelled),
    ] {
        out.area(&format!("{name}, {figure}"), m2, got, slack);
    }
    let deeds = |deed, least: f64| {
        let of = zone.place.deeds.iter().filter(move |((d, _), m2)| *d == deed && **m2 >= least);
        of.map(|((_, record), _)| &scene.records[*record])
    };
    let ids = |least| {
        let mut ids: Vec<&str> = deeds(Deed::Live, least).map(|r| r.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let last = |least| deeds(Deed::Credited, least).map(|r| r.date).max().flatten();
    let (sure, perhaps) = (1.0 + slack, (1.0 - slack).max(1e-9));
    if ids(sure) == ids(perhaps) && last(sure) == last(perhaps) {
        out.same(&format!("{name}, hazard_ids"), ids(sure), row.hazard_ids.iter().map(String::as_str).collect());
        out.same(&format!("{name}, last_release"), last(sure), row.last_release);
    } else {
        out.doubtful += 2;
    }
    match status(scene, zone, slack) {
        // Slivers as thin as the grid may come out elsewhere and make a zone near. None may make it better.
        Some(status) if row.status == ZoneStatus::Near && status > ZoneStatus::Near && zone.found.slivers => {
            out.doubtful += 1;
        }
        Some(status) => out.same(&format!("{name}, status"), status, row.status),
        None => out.doubtful += 1,
    }
    nearest(scene, zone, row, &name, slack, out);
}

/// The status by the contract; nothing where it hangs on less than may be wrong.
fn status(scene: &Scene, zone: &ZonePlace, slack: f64) -> Option<ZoneStatus> {
    let threshold = (1e-6 * zone.place.area).min(1.0);
    let safety = scene.settings.safety_distance_m;
    let above = |m2: f64| if (m2 - threshold).abs() <= slack && m2 > 0.0 { None } else { Some(m2 > threshold) };
    let within = |metres: f64, reach: f64| {
        let doubt = 0.01 * reach + 0.05;
        if (metres - reach).abs() < doubt && !(metres <= 0.0 && reach == 0.0) { None } else { Some(metres <= reach) }
    };
    let f = &zone.found;
    // Slivers as thin as the grid may be lost.
    let both = |metres: [f64; 2], reach: f64| {
        let [least, most] = [within(metres[0], reach)?, within(metres[1], reach)?];
        (least == most).then_some(least)
    };
    // Of ground as thin as the grid it is the border that may come out elsewhere, and with it what lies on it.
    if f.points > 0 && zone.place.area <= slack {
        return None;
    }
    if f.points > 0 || above(zone.place.closing)? {
        return Some(ZoneStatus::Contaminated);
    }
    // What lies in the zone and is too little to count lies near it.
    let land =
        if zone.place.closing > 0.0 { Some(true).filter(|_| zone.place.closing > slack) } else { both(f.land, safety) };
    if land? || both(f.vague_land, 0.0)? || within(f.point, safety)? || within(f.vague_point, 0.0)? {
        return Some(ZoneStatus::Near);
    }
    if within(f.lost, safety)? || above(zone.uncovered)? {
        return Some(ZoneStatus::Unknown);
    }
    Some(if above(zone.once)? { ZoneStatus::Released } else { ZoneStatus::NoRecord })
}

fn nearest(scene: &Scene, zone: &ZonePlace, row: &ZoneRow, name: &str, slack: f64, out: &mut Compared) {
    let [least, most] = zone.found.land;
    let got = row.nearest_hazard_m.unwrap_or(f64::INFINITY);
    // Far off, or over edges of many kilometres, the plane does not fit.
    if zone.place.closing > 0.0 || least > 5_000.0 && least.is_finite() || scene.kind == 7 || slack > 0.5 {
        out.doubtful += 1;
        return;
    }
    out.figures += 1;
    let doubt = |metres: f64| if metres.is_finite() { 0.05 + 0.005 * metres } else { 0.0 };
    // Where it hangs on slivers as thin as the grid, they may come out elsewhere, but never leave other land out.
    let hangs = most > least + doubt(least);
    if got > most + doubt(most) || !hangs && got < least - doubt(least) {
        out.wrong.push(format!("{name}, nearest_hazard_m: {got}, and it must be {least} to {most}"));
    }
}
