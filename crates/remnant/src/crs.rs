//! Coordinate reference systems: from what a file says about its coordinates to WGS 84 longitude and latitude.
//!
//! [`Crs::parse`] understands a definition, [`Operation::choose`] picks *one* coordinate operation for a whole layer,
//! and [`Operation::transformer`] gives each thread its own [`Transformer`]. Why one operation: left to itself, PROJ
//! chooses among the known datum shifts for each point. Several are known for Pulkovo 1942, and polygons across the
//! line where the choice changes were torn by 3.9 m.
//!
//! Coordinates are always x then y: easting or longitude first, northing or latitude second, as in nearly all files,
//! whatever order the authority of the system prescribes.
//!
//! ```
//! # use remnant::crs::{Crs, Operation};
//! let utm = Crs::parse("EPSG:32638")?;
//! let mut points = [[500_000.0, 4_400_000.0], [510_000.0, 4_410_000.0]]; // metres
//! let operation = Operation::choose(&utm, Some([500_000.0, 4_400_000.0, 510_000.0, 4_410_000.0]))?;
//! operation.transformer()?.to_lonlat(&mut points)?;
//! assert!((points[0][0] - 45.0).abs() < 1e-9); // degrees
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod engine;
mod operation;
#[cfg(test)]
mod tests;
mod transformer;

pub use operation::{Operation, OperationNote};
pub use transformer::{PointError, Transformer};

use engine::{Context, Object};
use proj_sys as sys;

/// A length to which definitions are cut in messages: whole WKT would bury what the message says.
const SHOWN_CHARACTERS: usize = 60;

/// What PROJ strings may begin with that makes no coordinate reference system.
const NO_PROJECTIONS: [&str; 4] = ["proj=pipeline", "proj=noop", "proj=unitconvert", "proj=axisswap"];

/// What libproj adds to the name of a system that it puts in map order.
const REORDERED: &str = " (with axis order normalized for visualization)";

/// Why a coordinate reference system can't be used; each message names its definition and says what to do.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CrsError {
    /// The definition isn't understood, or names nothing that is known.
    #[error(
        "the coordinate reference system \"{definition}\" is not understood: {reason}; \
         give it as an EPSG code, as with --crs EPSG:32638"
    )]
    Unknown {
        /// The definition asked for, shortened.
        definition: String,
        /// What PROJ says about it.
        reason: String,
    },
    /// It is no system of horizontal coordinates on the Earth.
    #[error(
        "the coordinate reference system \"{definition}\" is {kind}, which gives no place on a map; \
         give the right one as an EPSG code, as with --crs EPSG:32638"
    )]
    NotHorizontal {
        /// The definition asked for, shortened.
        definition: String,
        /// What it is, with its article.
        kind: &'static str,
    },
    /// Only guessing that its datum is WGS 84 would be left, while PROJ knows that it isn't.
    #[error(
        "\"{definition}\" can't be converted to WGS 84 here: \"{operation}\" needs the grid file {grids}, which this program \
         doesn't have; convert the layer to EPSG:4326 with a program that has it"
    )]
    NeedsGrid {
        /// The definition asked for, shortened.
        definition: String,
        /// The operation that would be right.
        operation: String,
        /// The files that it needs.
        grids: String,
    },
    /// No operation leads from it to WGS 84, or PROJ can't carry it out.
    #[error(
        "\"{definition}\" can't be converted to WGS 84: {reason}; \
         convert the layer to EPSG:4326 first, or give its system as an EPSG code, as with --crs EPSG:32638"
    )]
    NoOperation {
        /// The definition asked for, shortened.
        definition: String,
        /// Why not.
        reason: String,
    },
}

/// A coordinate reference system of two horizontal coordinates. Plain data: cheap to clone, and any thread may use it.
#[derive(Debug, Clone, PartialEq)]
pub struct Crs {
    /// As given.
    definition: String,
    /// As libproj is asked for it.
    asked: String,
    name: String,
    authority_code: Option<String>,
    geographic: bool,
    lonlat_wgs84: bool,
}

impl Crs {
    /// Understands an EPSG code (`EPSG:32638`, `32638`), another authority's code (`ESRI:102100`), an OGC URN or URL
    /// (`urn:ogc:def:crs:OGC:1.3:CRS84`), the exact name of a registered system, WKT of any kind (the `.prj` files of
    /// Esri too), a PROJ string, or PROJJSON.
    /// Of a compound system, its horizontal part is taken; a third, vertical coordinate is left out.
    /// A system whose axes point west or south (EPSG:2053) keeps them: x is the westing then.
    ///
    /// # Errors
    /// If the definition isn't understood, or its system isn't horizontal.
    pub fn parse(definition: &str) -> Result<Self, CrsError> {
        let asked = question(definition);
        let context = Context::new();
        let system = horizontal(&context, &asked)?;
        let name = system.name().replace(REORDERED, "");
        if is_bare_name(&asked) && !same_words(&asked, &name) {
            // libproj takes the nearest name that it knows, which may be on another continent.
            let reason = format!("no system has exactly this name; the nearest is \"{name}\"");
            return Err(CrsError::Unknown { definition: shortened(&asked), reason });
        }
        Ok(Self {
            definition: definition.to_owned(),
            authority_code: system.code().or_else(|| identified(&context, &system)),
            geographic: is_geographic(&system),
            lonlat_wgs84: is_lonlat_wgs84(&system),
            asked,
            name,
        })
    }

    /// WGS 84 longitude and latitude in degrees: the system of GeoJSON.
    pub fn wgs84() -> Self {
        Self {
            definition: "OGC:CRS84".to_owned(),
            asked: "OGC:CRS84".to_owned(),
            name: "WGS 84 (CRS84)".to_owned(),
            authority_code: Some("OGC:CRS84".to_owned()),
            geographic: true,
            lonlat_wgs84: true,
        }
    }

    /// Whether its coordinates are degrees of WGS 84 already, in any of the realisations of that datum (they differ by
    /// centimetres now, a metre in the 1980s), so that nothing needs to be transformed.
    pub fn is_lonlat_wgs84(&self) -> bool {
        self.lonlat_wgs84
    }

    /// Whether its coordinates are angles rather than lengths.
    pub fn is_geographic(&self) -> bool {
        self.geographic
    }

    /// How many metres (or radians, of angles) its unit has; 1 where that is not known.
    pub fn metres_in_unit(&self) -> f64 {
        let context = Context::new();
        let unit = self.open(&context).ok().and_then(|system| {
            let is_bound = system.kind() == sys::PJ_TYPE_PJ_TYPE_BOUND_CRS;
            let system = if is_bound { system.bound_system()? } else { system };
            system.axes().map(|[first, _]| first.1)
        });
        unit.filter(|unit| unit.is_finite() && *unit > 0.0).unwrap_or(1.0)
    }

    /// Its name, as the definition or the authority gives it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its code, such as `EPSG:28408`, stated by the definition or found because exactly one registered system is the
    /// same. None if it brings its own datum shift.
    pub fn authority_code(&self) -> Option<String> {
        self.authority_code.clone()
    }

    /// The definition that it was made from, unchanged.
    pub fn definition(&self) -> &str {
        &self.definition
    }

    /// Where it is meant to be used: west, south, east, north, in degrees. WKT seldom says it, but its registered twin
    /// does.
    fn area(&self, context: &Context, system: &Object) -> Option<[f64; 4]> {
        system.area().or_else(|| {
            let code = engine::c_string(self.authority_code.as_deref()?)?;
            context.create(&code)?.area()
        })
    }

    /// The system as libproj knows it.
    fn open<'c>(&self, context: &'c Context) -> Result<Object<'c>, CrsError> {
        horizontal(context, &self.asked)
    }
}

/// Whether coordinates without a stated system can be taken for longitude and latitude in degrees: all of the box
/// (least x, least y, greatest x, greatest y) lies within +-180 and +-90. In metres or feet that would be a patch of a
/// few hundred metres at the origin of its system, where no projection in use has land.
pub fn lonlat_plausible([west, south, east, north]: [f64; 4]) -> bool {
    // Comparisons with NaN are false, so it is refused too.
    (-180.0..=180.0).contains(&west)
        && (-180.0..=180.0).contains(&east)
        && (-90.0..=90.0).contains(&south)
        && (-90.0..=90.0).contains(&north)
        && west <= east
        && south <= north
}

/// The definition in the form in which libproj understands it.
fn question(definition: &str) -> String {
    let text = definition.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{feff}');
    let is_proj_string = text.starts_with('+') || text.starts_with("proj=");
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("EPSG:{text}")
    } else if text.eq_ignore_ascii_case("CRS84") {
        "OGC:CRS84".to_owned()
    } else if let Some(code) = init_code(text) {
        code.to_ascii_uppercase()
    } else if is_proj_string && !text.contains("type=crs") {
        // Without this, libproj takes it for a bare projection, which has no datum.
        format!("{text} +type=crs")
    } else {
        text.to_owned()
    }
}

/// The code in the old form `+init=epsg:32638`, which libproj takes no more. What it said about the order of axes, we
/// do for every system.
fn init_code(text: &str) -> Option<&str> {
    let mut words = text.split_whitespace();
    let code = words.next()?.trim_start_matches('+').strip_prefix("init=")?;
    words.all(|word| matches!(word.trim_start_matches('+'), "no_defs" | "type=crs")).then_some(code)
}

/// Whether a definition is none of the forms that have a syntax.
fn is_bare_name(asked: &str) -> bool {
    !asked.contains([':', '[', '{', '=', '/'])
}

/// Whether two names differ only in what their writers see as the same: case, spaces, underscores.
fn same_words(one: &str, other: &str) -> bool {
    let letters = |name: &str| -> Vec<char> {
        name.chars().filter(|c| !c.is_whitespace() && *c != '_').flat_map(char::to_lowercase).collect()
    };
    letters(one) == letters(other)
}

/// The beginning of a definition, on one line.
fn shortened(definition: &str) -> String {
    // Its first words are enough: a definition may be of any length.
    let line = definition.split_whitespace().take(SHOWN_CHARACTERS).collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}

/// The horizontal system that a definition describes.
fn horizontal<'c>(context: &'c Context, asked: &str) -> Result<Object<'c>, CrsError> {
    let unknown = |reason| CrsError::Unknown { definition: shortened(asked), reason };
    if asked.is_empty() {
        return Err(unknown("it is empty".to_owned()));
    }
    let words = asked.split_whitespace().map(|word| word.trim_start_matches('+'));
    if words.into_iter().any(|word| NO_PROJECTIONS.contains(&word)) {
        // libproj would take it for a projection and its result for radians.
        return Err(CrsError::NotHorizontal { definition: shortened(asked), kind: "a coordinate operation" });
    }
    let definition = engine::c_string(asked).ok_or_else(|| unknown("it holds a NUL byte".to_owned()))?;
    let mut system = context.create(&definition).ok_or_else(|| unknown(context.reason()))?;
    loop {
        let refused = |kind| Err(CrsError::NotHorizontal { definition: shortened(asked), kind });
        let simpler = match system.kind() {
            sys::PJ_TYPE_PJ_TYPE_GEOGRAPHIC_2D_CRS => return Ok(system),
            sys::PJ_TYPE_PJ_TYPE_PROJECTED_CRS | sys::PJ_TYPE_PJ_TYPE_DERIVED_PROJECTED_CRS => match system.axes() {
                Some(_) => return Ok(system.without_height().unwrap_or(system)),
                None => return Err(unknown("its axes are unknown".to_owned())),
            },
            sys::PJ_TYPE_PJ_TYPE_BOUND_CRS => match system.bound_system() {
                // Many files bind WGS 84 to itself, by seven zeros.
                Some(inner) if is_lonlat_wgs84(&inner) => Some(inner),
                // Its operations ignore the order of its axes, unless it is put in order itself.
                _ => return system.in_map_order().ok_or_else(|| unknown(context.reason())),
            },
            sys::PJ_TYPE_PJ_TYPE_GEOGRAPHIC_3D_CRS => system.without_height(),
            sys::PJ_TYPE_PJ_TYPE_COMPOUND_CRS => system.horizontal_part(),
            sys::PJ_TYPE_PJ_TYPE_GEOCENTRIC_CRS => return refused("a geocentric system"),
            sys::PJ_TYPE_PJ_TYPE_VERTICAL_CRS => return refused("a system of heights"),
            sys::PJ_TYPE_PJ_TYPE_TEMPORAL_CRS => return refused("a system of times"),
            sys::PJ_TYPE_PJ_TYPE_ENGINEERING_CRS => return refused("a local grid"),
            _ => return refused("no coordinate reference system"),
        };
        system = simpler.ok_or_else(|| unknown(context.reason()))?;
    }
}

/// Whether the coordinates of a system, or of the one that it wraps, are angles.
fn is_geographic(system: &Object) -> bool {
    match system.kind() {
        sys::PJ_TYPE_PJ_TYPE_BOUND_CRS => system.bound_system().is_some_and(|inner| is_geographic(&inner)),
        kind => kind == sys::PJ_TYPE_PJ_TYPE_GEOGRAPHIC_2D_CRS,
    }
}

fn is_lonlat_wgs84(system: &Object) -> bool {
    /// One degree in radians, as far as its digits in files agree.
    fn is_degree(unit: f64) -> bool {
        (unit.to_degrees() - 1.0).abs() < 1e-9
    }
    let is_datum = |name: &str| {
        // The ensemble, its short form in WKT, or a realisation such as "World Geodetic System 1984 (G1762)".
        matches!(name, "World Geodetic System 1984" | "World Geodetic System 1984 ensemble")
            || name.starts_with("World Geodetic System 1984 (")
    };
    system.kind() == sys::PJ_TYPE_PJ_TYPE_GEOGRAPHIC_2D_CRS
        && system.datum().is_some_and(|name| is_datum(&name))
        && system.prime_meridian() == Some(0.0)
        && system.axes().is_some_and(|mut axes| {
            axes.sort_by(|one, other| one.0.cmp(&other.0));
            axes[0].0 == "east" && axes[1].0 == "north" && axes.iter().all(|(_, unit)| is_degree(*unit))
        })
}

/// The code of the one registered system that is surely the same.
fn identified(context: &Context, system: &Object) -> Option<String> {
    if system.kind() == sys::PJ_TYPE_PJ_TYPE_BOUND_CRS {
        return None;
    }
    // 90 means equal but for spelling; less may be another system.
    let mut sure = context.identify(system).into_iter().filter(|(_, confidence)| *confidence >= 90);
    match (sure.next(), sure.next()) {
        (Some((only, _)), None) => only.code(),
        _ => None,
    }
}
