//! Choosing the one coordinate operation by which a whole layer is transformed.

use super::{
    Crs, CrsError, Transformer,
    engine::{Context, Object},
    shortened,
    transformer::NO_OPERATION,
};
use proj_sys as sys;
use std::{cmp::Ordering, ffi::CStr, fmt};

/// The whole Earth: west, south, east, north, in degrees.
const WORLD: [f64; 4] = [-180.0, -90.0, 180.0, 90.0];

/// By how much an extent is widened on each side, in degrees (1 cm): one of no width has no share that could lie
/// anywhere.
const MARGIN: f64 = 1e-7;

/// From this share on, an extent counts as lying wholly within an area: the areas are rough boxes themselves.
const WHOLE: f64 = 0.9999;

/// How many operations a message lists.
const LISTED: usize = 12;

/// The target of all operations, in map order after normalisation.
const TARGET: &CStr = c"EPSG:4326";

/// One fixed way from a system to WGS 84 longitude and latitude. Plain data: any thread may use it, and two that were
/// chosen for the same system and extent are equal.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    name: String,
    code: Option<String>,
    accuracy_m: Option<f64>,
    pipeline: String,
    identity: bool,
    ballpark: bool,
    notes: Vec<OperationNote>,
}

/// Something about an operation that whoever relies on its result should know.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum OperationNote {
    /// A more accurate one is known, but needs grid files that aren't there.
    BetterNeedsGrid {
        /// Its name.
        operation: String,
        /// Its stated accuracy in metres.
        accuracy_m: f64,
        /// The files.
        grids: Vec<String>,
    },
    /// How the datum differs from WGS 84 is unknown, and is taken as nothing: places may be off by hundreds of metres.
    Ballpark,
    /// None is meant for all of the layer's extent; this is the one that covers most.
    PartlyOutside {
        /// The share of the extent that it covers, from 0 to 1.
        share: f64,
    },
    /// The extent lies wholly outside the area for which the system is meant, as with a wrong system or swapped axes.
    OutsideSystem,
    /// The extent has no place in longitude and latitude, so the system's whole area was taken instead.
    ExtentNotOnEarth,
}

impl fmt::Display for OperationNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BetterNeedsGrid { operation, accuracy_m, grids } => write!(
                f,
                "\"{operation}\" would be right to {accuracy_m} m, but needs a grid file that this program doesn't have: {}",
                grids.join(", ")
            ),
            Self::Ballpark => f.write_str(
                "how its datum differs from WGS 84 is not known and was taken as nothing; places may be off by hundreds of metres",
            ),
            Self::PartlyOutside { share } => {
                write!(f, "no operation is meant for the whole layer; this one is for {:.1} % of its extent", share * 100.0)
            }
            Self::OutsideSystem => f.write_str(
                "the layer lies outside the area for which its coordinate reference system is meant; check that it is the right one",
            ),
            Self::ExtentNotOnEarth => {
                f.write_str("the layer's extent could not be converted; the operation is one for the system's whole area")
            }
        }
    }
}

impl Operation {
    /// Chooses the operation for a layer whose coordinates lie in `extent`: least x, least y, greatest x, greatest y,
    /// in the units of `system`. Without an extent, the area for which the system is meant counts.
    ///
    /// The most accurate of the operations that are meant for all of the extent is taken; among equally accurate ones,
    /// the one meant for the smallest area; among these, the one that PROJ puts first.
    ///
    /// # Errors
    /// If no operation leads to WGS 84, or none that is better than taking the datums for the same can be carried out
    /// while one is known.
    pub fn choose(system: &Crs, extent: Option<[f64; 4]>) -> Result<Self, CrsError> {
        if system.is_lonlat_wgs84() {
            return Ok(Self::identity());
        }
        let context = Context::new();
        let work = Work::new(system, &context)?;
        // An empty layer has no extent, however its box is written.
        let extent = extent.filter(|sides| sides.iter().all(|side| side.is_finite()));
        let on_earth = extent.map(|extent| work.on_earth(extent));
        let mut operation = work.choose(on_earth.flatten())?;
        if on_earth == Some(None) {
            operation.notes.push(OperationNote::ExtentNotOnEarth);
        }
        Ok(operation)
    }

    /// Chooses the operation for an area given in degrees: west, south, east, north. West is greater than east for one
    /// that crosses the antimeridian. Layers of one project agree better if all are transformed for their common area.
    ///
    /// # Errors
    /// As for [`Operation::choose`].
    pub fn choose_for_area(system: &Crs, area: [f64; 4]) -> Result<Self, CrsError> {
        match system.is_lonlat_wgs84() {
            true => Ok(Self::identity()),
            false => Work::new(system, &Context::new())?.choose(Some(area)),
        }
    }

    /// The operation of a code, such as `EPSG:15865`, for an area given in degrees: for those who know which datum shift
    /// their data were made with.
    ///
    /// # Errors
    /// If no operation of this code leads from the system to WGS 84, or it needs a grid that isn't there; the message
    /// lists those that there are.
    pub fn named(system: &Crs, area: [f64; 4], code: &str) -> Result<Self, CrsError> {
        let context = Context::new();
        let work = Work::new(system, &context)?;
        let (known, code) = (work.candidates(widened(area), true), code.trim().to_uppercase());
        if let Some(at) = known.iter().position(|c| c.code.as_deref() == Some(&code) && c.grids.is_empty()) {
            let mut candidates = known;
            let chosen = candidates.swap_remove(at);
            let notes =
                if chosen.share < 1.0 { vec![OperationNote::PartlyOutside { share: chosen.share }] } else { vec![] };
            let operation = chosen.into_operation(notes);
            operation.transformer()?;
            return Ok(operation);
        }
        let listed = known.iter().filter(|c| c.share > 0.0).filter_map(|c| {
            let accuracy = c.accuracy_m.map_or("accuracy not stated".to_owned(), |m| format!("{m} m"));
            let grids = if c.grids.is_empty() { "" } else { ", needs a grid that is not there" };
            Some(format!("{} ({}, {accuracy}{grids})", c.code.as_ref()?, c.name))
        });
        let listed: Vec<String> = listed.take(LISTED).collect();
        Err(CrsError::NoOperation {
            definition: shortened(&system.asked),
            reason: format!("{code} is no operation that can be used for it here; there are {}", listed.join(", ")),
        })
    }

    /// Whether places may be off by more than its accuracy says: the datum is not known, a better operation lacks its
    /// grid, or the layer lies where the system is not meant to be used.
    pub fn is_doubtful(&self) -> bool {
        self.notes.iter().any(|note| match note {
            OperationNote::Ballpark | OperationNote::BetterNeedsGrid { .. } | OperationNote::OutsideSystem => true,
            OperationNote::PartlyOutside { share } => *share == 0.0,
            OperationNote::ExtentNotOnEarth => false,
        })
    }

    fn identity() -> Self {
        Self {
            name: "none needed".to_owned(),
            code: None,
            accuracy_m: Some(0.0),
            pipeline: NO_OPERATION.to_owned(),
            identity: true,
            ballpark: false,
            notes: Vec::new(),
        }
    }

    /// The name of its datum shift as PROJ gives it, such as "Pulkovo 1942 to WGS 84 (16)"; of its conversion, such as
    /// "Inverse of UTM zone 38N", where the datum needs no shift.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The code of its datum shift, such as `EPSG:15865`, if it has exactly one.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The accuracy that its authority states, in metres; 0 for a conversion without a datum shift.
    pub fn accuracy_m(&self) -> Option<f64> {
        self.accuracy_m
    }

    /// All of it as a PROJ string, from x and y in the units of the source to longitude and latitude in degrees.
    pub fn pipeline(&self) -> &str {
        &self.pipeline
    }

    /// Whether coordinates stay as they are.
    pub fn is_identity(&self) -> bool {
        self.identity
    }

    /// Whether the datum's shift is unknown and taken as nothing.
    pub fn is_ballpark(&self) -> bool {
        self.ballpark
    }

    /// What should be known about it, most important first.
    pub fn notes(&self) -> &[OperationNote] {
        &self.notes
    }

    /// The notes as one text.
    pub fn note(&self) -> Option<String> {
        let texts: Vec<String> = self.notes.iter().map(OperationNote::to_string).collect();
        (!texts.is_empty()).then(|| texts.join("; "))
    }

    /// What carries it out, for the calling thread only. Cheap enough to be called for each batch.
    ///
    /// # Errors
    /// If PROJ can't set it up, which isn't expected.
    pub fn transformer(&self) -> Result<Transformer, CrsError> {
        Transformer::new(self)
    }
}

/// A system on its way to an operation.
struct Work<'s> {
    system: &'s Crs,
    context: &'s Context,
    source: Object<'s>,
    target: Object<'s>,
}

impl<'s> Work<'s> {
    fn new(system: &'s Crs, context: &'s Context) -> Result<Self, CrsError> {
        let source = system.open(context)?;
        let target = context.create(TARGET).ok_or_else(|| no_operation(system, &context.reason()))?;
        Ok(Self { system, context, source, target })
    }

    /// The extent in degrees. Any operation will do: they differ by less than the areas of use are rounded to.
    fn on_earth(&self, extent: [f64; 4]) -> Option<[f64; 4]> {
        let [west, south, east, north] = extent;
        let corners = [[west, south], [east, south], [east, north], [west, north]];
        let operations = self.context.operations(&self.source, &self.target, false);
        operations.iter().find_map(|operation| {
            let operation = operation.in_map_order()?;
            // libproj leaves out what has no image; a box stretched by one absurd coordinate would shrink to something.
            let whole = corners.iter().all(|[x, y]| operation.image_of([*x, *y, *x, *y]).is_some());
            whole.then(|| operation.image_of(extent)).flatten()
        })
    }

    fn choose(&self, extent: Option<[f64; 4]>) -> Result<Operation, CrsError> {
        let system_area = self.system.area(self.context, &self.source);
        let area = widened(extent.or(system_area).unwrap_or(WORLD));
        let known = self.candidates(area, true);
        let chosen = self.best(self.candidates(area, false), &known)?;
        let mut notes = Vec::new();
        if extent.is_some() && system_area.is_some_and(|system_area| share(area, system_area) == 0.0) {
            notes.push(OperationNote::OutsideSystem);
        }
        if chosen.ballpark {
            notes.push(OperationNote::Ballpark);
        }
        if extent.is_some() && chosen.share < 1.0 {
            notes.push(OperationNote::PartlyOutside { share: chosen.share });
        }
        notes.extend(chosen.better(&known));
        let operation = chosen.into_operation(notes);
        operation.transformer()?; // a failure belongs here, before the layer is read
        Ok(operation)
    }

    fn candidates(&self, area: [f64; 4], missing_grids: bool) -> Vec<Candidate> {
        let operations = self.context.operations(&self.source, &self.target, missing_grids);
        operations.into_iter().filter_map(|operation| Candidate::new(operation, area)).collect()
    }

    fn best(&self, candidates: Vec<Candidate>, known: &[Candidate]) -> Result<Candidate, CrsError> {
        let feasible = candidates.into_iter().filter(|candidate| candidate.grids.is_empty());
        let (ballpark, proper): (Vec<_>, Vec<_>) = feasible.partition(|candidate| candidate.ballpark);
        let bound = self.source.kind() == sys::PJ_TYPE_PJ_TYPE_BOUND_CRS;
        let best = match bound {
            // The transformation that the definition itself brings is what its maker wants, whatever else is known.
            true => proper.into_iter().next(),
            false => proper.into_iter().min_by(Candidate::preference),
        };
        if let Some(best) = best {
            return Ok(best);
        }
        if let Some(better) = known.iter().find(|candidate| !candidate.grids.is_empty()) {
            return Err(CrsError::NeedsGrid {
                definition: shortened(&self.system.asked),
                operation: better.name.clone(),
                grids: better.grids.join(", "),
            });
        }
        ballpark.into_iter().next().ok_or_else(|| no_operation(self.system, &self.context.reason()))
    }
}

fn no_operation(system: &Crs, reason: &str) -> CrsError {
    CrsError::NoOperation {
        definition: shortened(&system.asked),
        reason: format!("PROJ knows no operation for it ({reason})"),
    }
}

/// What counts for choosing an operation.
#[derive(Debug)]
struct Candidate {
    name: String,
    code: Option<String>,
    accuracy_m: Option<f64>,
    pipeline: String,
    ballpark: bool,
    grids: Vec<String>,
    /// The share of the extent that it is meant for.
    share: f64,
    /// The size of the area that it is meant for, in square degrees.
    size: f64,
}

impl Candidate {
    /// Nothing for an operation that PROJ knows of but has no method for.
    fn new(operation: Object, extent: [f64; 4]) -> Option<Self> {
        let pipeline = operation.in_map_order()?.pipeline()?;
        let stated_area = operation.area();
        let (accuracy_m, ballpark) = (operation.accuracy(), operation.is_ballpark());
        let (grids, whole_name) = (operation.missing_grids(), operation.name());
        let steps = operation.steps();
        let shifts: Vec<&Object> =
            steps.iter().filter(|step| step.kind() == sys::PJ_TYPE_PJ_TYPE_TRANSFORMATION).collect();
        let name = match shifts.is_empty() {
            true => without_axis_changes(&whole_name),
            false => shifts.iter().map(|step| step.name()).collect::<Vec<_>>().join(" + "),
        };
        let code = if let [only] = shifts[..] { only.code().map(|code| original_code(&code)) } else { None };
        // A conversion is as exact as its numbers, though PROJ doesn't always say so, and that everywhere.
        let (accuracy_m, stated_area) = match shifts.is_empty() && !ballpark {
            true => (Some(0.0), None),
            false => (accuracy_m, stated_area),
        };
        let area = stated_area.unwrap_or(WORLD);
        let (share, size) = (share(extent, area), size(area));
        Some(Self { name, code, accuracy_m, pipeline, ballpark, grids, share, size })
    }

    /// Orders by: what covers more, is more accurate (where it's stated), and is meant for a smaller area. PROJ's order
    /// remains where these are equal, since the first of equals is taken.
    fn preference(&self, other: &Self) -> Ordering {
        if self.share == 0.0 && other.share == 0.0 {
            // Far from where either is meant to be used, the one made for more of the Earth is wrong by less.
            return other.size.total_cmp(&self.size);
        }
        (other.share.total_cmp(&self.share))
            .then(self.error_m().total_cmp(&other.error_m()))
            .then(self.size.total_cmp(&other.size))
    }

    /// The accuracy for comparisons: what isn't stated is worse than anything stated.
    fn error_m(&self) -> f64 {
        self.accuracy_m.unwrap_or(f64::INFINITY)
    }

    fn into_operation(self, notes: Vec<OperationNote>) -> Operation {
        Operation {
            name: self.name,
            code: self.code,
            accuracy_m: self.accuracy_m,
            pipeline: self.pipeline,
            identity: false,
            ballpark: self.ballpark,
            notes,
        }
    }

    /// The best of the operations that would be more accurate, but can't be carried out.
    fn better(&self, known: &[Self]) -> Option<OperationNote> {
        let better = known
            .iter()
            .filter(|other| !other.grids.is_empty() && other.share >= self.share)
            .filter(|other| other.error_m() < self.error_m())
            .min_by(|one, other| one.preference(other))?;
        Some(OperationNote::BetterNeedsGrid {
            operation: better.name.clone(),
            accuracy_m: better.accuracy_m?,
            grids: better.grids.clone(),
        })
    }
}

/// The code of a shift that PROJ adapted to another order of axes: `EPSG:15865` for `DERIVED_FROM(EPSG):15865`.
fn original_code(code: &str) -> String {
    match code.strip_prefix("DERIVED_FROM(").and_then(|rest| rest.split_once("):")) {
        Some((authority, number)) => format!("{authority}:{number}"),
        None => code.to_owned(),
    }
}

/// A name such as "axis order change (2D) + Inverse of UTM zone 38N" without what says nothing to its reader.
fn without_axis_changes(name: &str) -> String {
    let told: Vec<&str> = name.split(" + ").filter(|part| !part.starts_with("axis order change")).collect();
    if told.is_empty() { name.to_owned() } else { told.join(" + ") }
}

/// The extent with its margin. Longitudes beyond +-180 may lie anywhere, so all of them count then.
fn widened([west, south, east, north]: [f64; 4]) -> [f64; 4] {
    let (south, north) = ((south - MARGIN).max(-90.0), (north + MARGIN).min(90.0));
    match west < -180.0 || east > 180.0 {
        true => [-180.0, south, 180.0, north],
        false => [(west - MARGIN).max(-180.0), south, (east + MARGIN).min(180.0), north],
    }
}

/// The parts of an area on either side of the antimeridian.
fn parts([west, south, east, north]: [f64; 4]) -> Vec<[f64; 4]> {
    match west <= east {
        true => vec![[west, south, east, north]],
        false => vec![[west, south, 180.0, north], [-180.0, south, east, north]],
    }
}

/// The size of an area in square degrees.
fn size(area: [f64; 4]) -> f64 {
    parts(area).iter().map(|[west, south, east, north]| (east - west) * (north - south)).sum()
}

/// The share of `extent` that lies within `area`, from 0 to 1; exactly 1 if nothing worth a word lies outside.
fn share(extent: [f64; 4], area: [f64; 4]) -> f64 {
    let within: f64 =
        parts(extent).iter().flat_map(|one| parts(area).into_iter().map(move |other| common(*one, other))).sum();
    match within / size(extent) {
        share if share >= WHOLE => 1.0,
        share => share,
    }
}

/// The size of what two areas have in common, neither of which crosses the antimeridian.
fn common(one: [f64; 4], other: [f64; 4]) -> f64 {
    let width = one[2].min(other[2]) - one[0].max(other[0]);
    let height = one[3].min(other[3]) - one[1].max(other[1]);
    width.max(0.0) * height.max(0.0)
}
