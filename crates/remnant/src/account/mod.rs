//! Stages 3 to 5: records -> faces -> square metres per district, zone, state and date.
//!
//! [`account`] needs no file and no terminal: a survey in memory goes in, the account comes out.

mod access;
mod atoms;
mod book;
mod boundaries;
mod cache;
mod events;
mod exposure;
mod face_layer;
mod faces;
mod ground;
mod ledger;
mod live;
mod lost;
mod mark;
mod nearby;
mod open_points;
mod order;
mod overlay;
mod planning;
mod points;
mod reach;
mod reaching;
mod rim;
mod rows;
mod series;
mod sharing;
mod stability;
mod tasks;
mod transitions;
mod treaty;
mod varint;
mod zones;

use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;
use remnant_geometry::plane::Enclosed;
use remnant_geometry::{Area, ClassOutline, Footprint, Polygons};

use crate::error::{Error, Location, Result};
use crate::finding::{Code, Finding};
use crate::progress::{Progress, share};
use crate::records::{HazardClass, ReleaseKind, Survey};
use crate::report::{Account, Check, DistrictRow, LandShape, LandState, Records, Shares, SquareMetres, ZoneRow};
use crate::settings::Settings;
use crate::status::State;
use crate::store::Store;
pub(crate) use book::Book;
use boundaries::Versions;
pub(crate) use cache::Cache;
use events::Covers;
use faces::Rules;
use ground::Ground;
use ledger::Deed;
pub(crate) use order::explain;
use overlay::Overlay;
use points::Districts;
use rows::Rows;
use series::Material;

/// Accounts for every square metre of a survey.
///
/// Areas are on the WGS 84 ellipsoid. The result is the same for any order of the records and any number of threads.
/// Cost: near n log n in the edges of all records and their crossings; memory in proportion to them.
///
/// # Errors
/// [`Error::Interrupted`] where `progress` asks for an end; [`Error::Failed`] where the program contradicts itself:
/// then there is no result rather than a wrong one.
pub fn account(survey: impl Into<Arc<Survey>>, settings: &Settings, progress: &dyn Progress) -> Result<Account> {
    let (survey, pool) = (survey.into(), settings.pool()?);
    let cache = Cache::open(settings, &[])?;
    let store = Store::new(settings.memory);
    pool.install(|| account_here(&survey, settings, cache.as_ref(), &store, progress))
}

/// The same in the threads of the caller, with the cache that it has opened, and beside what the store holds already.
pub(crate) fn account_here(
    survey: &Arc<Survey>,
    settings: &Settings,
    cache: Option<&Cache>,
    store: &Store,
    progress: &dyn Progress,
) -> Result<Account> {
    let mut settings = settings.clone();
    settings.as_of = settings.as_of.or_else(|| latest_date(survey, &settings));
    if let (Some(since), Some(as_of)) = (settings.since, settings.as_of)
        && since > as_of
    {
        let why = format!("the period would begin after {since}, and the account is as of {as_of}");
        let remedy = "give an earlier --since or a later --as-of";
        return Err(Error::unusable("the period ends before it begins", Location::default(), why, remedy));
    }
    settings.boundaries = settings.boundaries.or(settings.as_of);
    let versions = Versions::new(survey);
    let reaches = reach::reaches(survey, &settings, store)?;
    let covers = Covers::new(survey, versions.on(settings.boundaries), &settings, &reaches);
    if covers.outside() >= ledger::MOST_PLACES {
        let why = format!("{} districts are given, and there may be {}", covers.outside(), ledger::MOST_PLACES - 1);
        let remedy = "account for parts of the districts by themselves";
        return Err(Error::unusable("there are too many districts", Location::default(), why, remedy));
    }
    let rules = Rules::new(&covers, &settings);
    let mut overlay = overlay::overlay(&rules, settings.geometry, cache, store, progress)?;

    progress.stage("adding up", 0);
    progress.outlook(share::ACCOUNTED[usize::from(settings.geometry)], share::ADDED);
    let atoms = atoms::atoms(&overlay.ledger);
    let rows = || Rows::new(&rules, &overlay.ledger, &atoms, survey);
    let (mut rows, of_faces) = rayon::join(rows, || face_findings(&covers, &overlay, survey));
    let places = Districts::new(&covers);
    let evidence = points::evidence_points(survey, &places, &settings);
    let mut findings = points::count(survey, &places, &settings, &evidence, &mut rows);
    findings.extend(of_faces);
    let rim = overlay.take_rim();
    let mut zones = zones::rows(survey, &rules, &overlay.ledger, rim, &settings, &evidence);
    let incidents = nearby::incidents(survey, settings.as_of, &mut zones);
    let book = || Book::new(survey, &rules, &overlay.ledger.deeds);
    let (mut checks, book) = rayon::join(|| rows.checks(&overlay.ledger), book);
    let (ledger, atoms, evidence) = (&overlay.ledger, atoms.as_slice(), evidence.as_slice());
    let material = Material { survey, settings: &settings, rules: &rules, ledger, atoms, evidence };
    let (series, doubt) = series::series(&material);
    findings.extend(doubt);
    findings.extend(tasks::findings(survey, &covers, ledger));
    let first = settings.since.or_else(|| series.as_ref().and_then(|s| s.dates.first().copied()));
    findings.extend(versions.findings(settings.boundaries, first.zip(settings.as_of), &settings.limits, progress)?);
    checks.extend(series.iter().flat_map(|s| series::checks(s, &rows.places, &rows.total, &zones)));
    checks.extend(enter_exposure(survey, &rules, &overlay, &mut rows, &mut zones));
    let plan = order::plan(&settings, &zones, &overlay.ledger.planning.shared);
    let total = rows.total.clone();
    let Overlay { outline, ledger, .. } = overlay;
    // Shapes may need its room.
    drop(ledger);
    let book = Arc::new(book);
    let faces = if settings.faces && settings.geometry {
        let faces = face_layer::faces(&rules, &book.rows_of_events(), store, progress)?;
        checks.push(face_layer::check(&faces, &book, &settings, &rows.places));
        faces
    } else {
        Vec::new()
    };
    let shapes = if settings.geometry { shapes(outline, &rows) } else { Vec::new() };
    checks.extend(shape_check(&shapes));
    let (districts, outside) = district_rows(&covers, rows, settings.geometry);
    if let Some(cache) = cache {
        // What breaks a law is not to come back.
        progress.cache(&cache.end(checks.iter().all(|check| check.holds)));
    }
    let unplaced_hazards = survey.lost_hazards.iter().filter(|h| h.bounds.is_none()).count() as u64;
    Ok(Account {
        settings,
        districts,
        outside,
        total,
        zones,
        series,
        plan,
        incidents,
        unplaced_hazards,
        records: Records::of(&book),
        shares: Shares::of(&book),
        shapes,
        faces,
        findings,
        checks,
    })
}

/// What people use, in the rows of districts and zones, and whether zones can be reached.
fn enter_exposure(
    survey: &Survey,
    rules: &Rules<'_>,
    overlay: &Overlay,
    rows: &mut Rows,
    zones: &mut [ZoneRow],
) -> Option<Check> {
    let covers = rules.covers;
    if covers.themes.is_empty() {
        return None;
    }
    let ground = Ground::new(rules);
    let exposures = exposure::exposures(survey, covers, &overlay.ledger.planning, &ground)?;
    for (figures, exposure) in rows.places.iter_mut().zip(exposures.places) {
        figures.exposure = exposure;
    }
    rows.total.exposure = exposures.total;
    let home = |zone: &ZoneRow| {
        let code = zone.district.as_deref()?;
        covers.districts.binary_search_by(|d| d.0.cmp(code)).ok().map(|row| row as u32)
    };
    let homes: Vec<u32> = zones.iter().map(|zone| home(zone).unwrap_or_else(|| covers.outside())).collect();
    let access = access::access(survey, &ground, &homes);
    for ((zone, exposure), access) in zones.iter_mut().zip(exposures.zones).zip(access) {
        zone.exposure = exposure;
        zone.access = access;
    }
    exposures.check
}

/// The latest date in the data that is not after the day of the run.
fn latest_date(survey: &Survey, settings: &Settings) -> Option<Date> {
    let hazards = survey.hazards.iter().filter_map(|h| h.date);
    let releases = survey.releases.iter().filter_map(|r| r.date);
    let incidents = survey.incidents.iter().filter_map(|i| i.date);
    let others = survey.other_dates.iter().copied();
    hazards.chain(releases).chain(incidents).chain(others).filter(|&d| d <= settings.today).max()
}

/// What the faces show of the data.
fn face_findings(covers: &Covers<'_>, overlay: &Overlay, survey: &Survey) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut overlaps: Vec<_> = overlay.ledger.overlaps.iter().collect();
    overlaps.sort_unstable();
    for (&(first, second), &area) in overlaps {
        let (a, b) = (covers.districts[first as usize], covers.districts[second as usize]);
        let m2 = SquareMetres::rounded(area);
        if m2 > SquareMetres::ZERO {
            let text = format!(
                "districts {} ({}) and {} ({}) overlap by {m2} m2; the land counts for {}",
                a.0, a.1, b.0, b.1, a.0
            );
            findings.push(Finding::of_run(Code::DistrictsOverlap, text).area(m2.as_f64()));
        }
    }
    for (event, deeds) in overlay.ledger.deeds.everywhere() {
        let event = &covers.events[event as usize];
        let m2 = SquareMetres::rounded(deeds.of(Deed::Overruled));
        if m2 > SquareMetres::ZERO {
            let text = format!(
                "this release has no date and covers {m2} m2 that a dated hazard contaminates; it does not release them. \
                 Give the release its date of completion"
            );
            let finding =
                Finding::of(Code::UndatedRelease, event.origin(survey), event.id(survey), text).area(m2.as_f64());
            findings.push(finding);
        }
    }
    let (outside, credited) = (overlay.ledger.deeds.total(Deed::Outside), overlay.ledger.deeds.total(Deed::Credited));
    if outside > credited && outside > Area::SQUARE_METRE {
        let m2 = SquareMetres::rounded(outside);
        let text = format!(
            "more than half of the released land ({m2} m2 of releases) lies outside any recorded hazard. If this programme \
             takes released land off its hazard layer, run with --outside baseline"
        );
        findings.push(Finding::of_run(Code::ReleasesOutside, text).area(m2.as_f64()));
    }
    if survey.districts.is_empty() {
        let text = "there is no district layer: everything is accounted for in total and stands outside all districts";
        findings.push(Finding::of_run(Code::NoDistricts, text));
    }
    findings
}

/// The drawn classes, named.
fn shapes(outline: remnant_geometry::Outline, rows: &Rows) -> Vec<LandShape> {
    let districts = rows.places.len() - 1;
    let (mut classes, mut corners) = outline.classes();
    classes.par_iter_mut().for_each(ClassOutline::settle);
    corners.enter(&classes);
    classes
        .into_par_iter()
        .map(|class| (class.number(), class.shape(&corners)))
        .filter_map(|(class, polygons)| {
            let (place, state) = (((class - 1) / 5) as usize, State::ALL[(class as usize - 1) % 5 + 1]);
            let land = match state {
                State::None => return None,
                State::Suspected => LandState::Contaminated(HazardClass::Suspected),
                State::Confirmed => LandState::Contaminated(HazardClass::Confirmed),
                State::Cancelled => LandState::Released(ReleaseKind::Cancelled),
                State::Reduced => LandState::Released(ReleaseKind::Reduced),
                State::Cleared => LandState::Released(ReleaseKind::Cleared),
            };
            let area = atoms::land(&rows.places[place].states, state);
            Some(LandShape { district: (place < districts).then_some(place), state: land, area, polygons })
        })
        .collect()
}

/// The drawn shapes must have the area of the figures.
fn shape_check(shapes: &[LandShape]) -> Option<Check> {
    let differences = shapes.par_iter().map(|shape| {
        let mut drawn = Enclosed::default();
        shape.polygons.iter().for_each(|polygon| polygon.iter().for_each(|ring| drawn.add(ring)));
        let drawn = drawn.square_metres();
        let allowed = (1e-7 * shape.area.as_f64()).max(1.0);
        ((drawn - shape.area.as_f64()).abs(), allowed)
    });
    let worst = differences.max_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)))?;
    Some(Check {
        name: "the drawn shapes have the areas of the figures, within 1e-7 or 1 m2".into(),
        holds: worst.0 <= worst.1,
        difference: worst.0,
    })
}

fn district_rows(covers: &Covers<'_>, rows: Rows, geometry: bool) -> (Vec<DistrictRow>, DistrictRow) {
    let mut places = rows.places;
    let outside = DistrictRow { figures: places.pop().unwrap_or_default(), ..DistrictRow::default() };
    let parts = |row: usize| covers.district_ground.iter().filter(move |d| d.0 as usize == row).map(|d| d.1);
    let shape = |row: usize| if geometry { Footprint::union(parts(row)).into() } else { Polygons::default() };
    let districts = places
        .into_par_iter()
        .enumerate()
        .map(|(i, figures)| DistrictRow {
            code: Some(covers.districts[i].0.to_owned()),
            name: Some(covers.districts[i].1.to_owned()),
            figures,
            shape: shape(i),
        })
        .collect();
    (districts, outside)
}
