//! The tables that the GeoPackage standard wants, version 1.3.

use rusqlite::{Connection, params};

use super::{GEOMETRY, SRS};
use crate::report::Report;
use crate::write::Halt;
use crate::write::dictionary::Kind;
use crate::write::layers::{Field, Layer, Shape};

/// "GPKG" as the application's number.
const APPLICATION: i32 = 0x4750_4B47;

/// Version 1.3.0.
const VERSION: i32 = 10_300;

const CORE: &str = "
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL,
  definition TEXT NOT NULL,
  description TEXT
);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY,
  data_type TEXT NOT NULL,
  identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE,
  min_y DOUBLE,
  max_x DOUBLE,
  max_y DOUBLE,
  srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
);
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL,
  m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
);
CREATE TABLE gpkg_extensions (
  table_name TEXT,
  column_name TEXT,
  extension_name TEXT NOT NULL,
  definition TEXT NOT NULL,
  scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
);
";

/// WGS 84 in the well-known text of OGC 01-009.
pub(super) const WGS84: &str = "GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563,\
                                AUTHORITY[\"EPSG\",\"7030\"]],AUTHORITY[\"EPSG\",\"6326\"]],PRIMEM[\"Greenwich\",0,\
                                AUTHORITY[\"EPSG\",\"8901\"]],UNIT[\"degree\",0.0174532925199433,\
                                AUTHORITY[\"EPSG\",\"9122\"]],AUTHORITY[\"EPSG\",\"4326\"]]";

/// The head of the database: whose file it is, the core tables, and the reference systems that must be there.
pub(super) fn begin(database: &Connection) -> Result<(), Halt> {
    database.execute_batch(&format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};"))?;
    database.execute_batch(CORE)?;
    let mut insert = database.prepare("INSERT INTO gpkg_spatial_ref_sys VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    let unknown = "undefined";
    for (name, id, organization, number, definition, description) in [
        ("Undefined cartesian SRS", -1, "NONE", -1, unknown, "undefined cartesian coordinate reference system"),
        ("Undefined geographic SRS", 0, "NONE", 0, unknown, "undefined geographic coordinate reference system"),
        ("WGS 84 geodetic", SRS, "EPSG", SRS, WGS84, "longitude and latitude in degrees on the WGS 84 ellipsoid"),
    ] {
        insert.execute(params![name, id, organization, number, definition, description])?;
    }
    Ok(())
}

/// What stands for the time of the last change: the account's own date, so that the same account has the same bytes.
pub(super) fn changed(report: &Report) -> String {
    let date = report.account.settings.as_of.map_or_else(|| "1970-01-01".to_owned(), |d| d.to_string());
    format!("{date}T00:00:00.000Z")
}

/// The table of a layer.
pub(super) fn create(layer: &Layer, fields: &[Field]) -> String {
    let mut columns = String::from("fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL");
    if layer.shape != Shape::Table {
        columns.push_str(&format!(", \"{GEOMETRY}\" {}", geometry_type(layer)));
    }
    for field in fields {
        let kind = match field.kind {
            Kind::Text | Kind::List => "TEXT",
            Kind::Real => "DOUBLE",
            Kind::Count => "INTEGER",
            Kind::Date => "DATE",
            Kind::Flag => "BOOLEAN",
        };
        columns.push_str(&format!(", \"{}\" {kind}", field.name));
    }
    format!("CREATE TABLE \"{}\" ({columns})", layer.name)
}

/// How a row is added: its number, its ground, its cells.
pub(super) fn insert(layer: &Layer, fields: &[Field]) -> String {
    let values = 1 + usize::from(layer.shape != Shape::Table) + fields.len();
    let marks: Vec<String> = (1..=values).map(|n| format!("?{n}")).collect();
    format!("INSERT INTO \"{}\" VALUES ({})", layer.name, marks.join(", "))
}

/// A layer's line among the columns of ground.
pub(super) fn describe_geometry(database: &Connection, layer: &Layer) -> Result<(), Halt> {
    database.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?1, ?2, ?3, ?4, 0, 0)",
        params![layer.name, GEOMETRY, geometry_type(layer), SRS],
    )?;
    database.execute(
        "INSERT INTO gpkg_extensions VALUES (?1, ?2, 'gpkg_rtree_index', \
         'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')",
        params![layer.name, GEOMETRY],
    )?;
    Ok(())
}

fn geometry_type(layer: &Layer) -> &'static str {
    if layer.shape == Shape::Mixed { "GEOMETRY" } else { "MULTIPOLYGON" }
}

/// The index of a layer, as a virtual table.
pub(super) fn create_index(layer: &Layer) -> String {
    format!("CREATE VIRTUAL TABLE \"{}\" USING rtree(id, minx, maxx, miny, maxy)", index_name(layer))
}

/// How the box of a row is added.
pub(super) fn insert_index(layer: &Layer) -> String {
    format!("INSERT INTO \"{}\" VALUES (?1, ?2, ?3, ?4, ?5)", index_name(layer))
}

fn index_name(layer: &Layer) -> String {
    format!("rtree_{}_{GEOMETRY}", layer.name)
}

/// The triggers that the extension prescribes: what they are called, when they fire, and what they do.
const TRIGGERS: &[(&str, &str)] = &[
    ("insert", "AFTER INSERT ON {t} WHEN (NEW.{c} NOT NULL AND NOT ST_IsEmpty(NEW.{c})) BEGIN {put} END"),
    (
        "update1",
        "AFTER UPDATE OF {c} ON {t} WHEN OLD.fid = NEW.fid AND (NEW.{c} NOTNULL AND NOT ST_IsEmpty(NEW.{c})) BEGIN \
         {put} END",
    ),
    (
        "update2",
        "AFTER UPDATE OF {c} ON {t} WHEN OLD.fid = NEW.fid AND (NEW.{c} ISNULL OR ST_IsEmpty(NEW.{c})) BEGIN DELETE \
         FROM {r} WHERE id = OLD.fid; END",
    ),
    (
        "update3",
        "AFTER UPDATE ON {t} WHEN OLD.fid != NEW.fid AND (NEW.{c} NOTNULL AND NOT ST_IsEmpty(NEW.{c})) BEGIN DELETE \
         FROM {r} WHERE id = OLD.fid; {put} END",
    ),
    (
        "update4",
        "AFTER UPDATE ON {t} WHEN OLD.fid != NEW.fid AND (NEW.{c} ISNULL OR ST_IsEmpty(NEW.{c})) BEGIN DELETE FROM {r} \
         WHERE id IN (OLD.fid, NEW.fid); END",
    ),
    ("delete", "AFTER DELETE ON {t} WHEN OLD.{c} NOT NULL BEGIN DELETE FROM {r} WHERE id = OLD.fid; END"),
];

const PUT: &str = "INSERT OR REPLACE INTO {r} VALUES (NEW.fid, ST_MinX(NEW.{c}), ST_MaxX(NEW.{c}), ST_MinY(NEW.{c}), \
                   ST_MaxY(NEW.{c}));";

/// The triggers of a layer's index.
pub(super) fn index_triggers(layer: &Layer) -> String {
    let quoted = |name: &str| format!("\"{name}\"");
    let index = index_name(layer);
    TRIGGERS
        .iter()
        .map(|(name, body)| {
            let body = body
                .replace("{put}", PUT)
                .replace("{t}", &quoted(layer.name))
                .replace("{c}", &quoted(GEOMETRY))
                .replace("{r}", &quoted(&index));
            format!("CREATE TRIGGER \"{index}_{name}\" {body};\n")
        })
        .collect()
}
