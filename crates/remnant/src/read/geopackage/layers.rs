//! The layers that a GeoPackage lists, and the reference systems that it defines.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use rustc_hash::{FxHashMap, FxHashSet};

use super::database::unusable;
use crate::error::{Error, Location, Result};
use crate::read::declared::first_understood;
use crate::read::{DeclaredCrs, Limits};

/// No more layers than this are named in a message.
const NAMED: usize = 40;

/// A feature layer.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    /// The table or view, as the database spells it.
    pub(super) table: String,
    /// The column of its geometries.
    pub(super) column: String,
    /// The number of its reference system.
    pub(super) srs: i64,
    /// Whether it is a view, whose rows have no numbers of their own.
    pub(super) is_view: bool,
    pub(super) notes: Vec<String>,
}

/// Text in any form that a database without types may hold it in.
pub(super) fn text(row: &Row<'_>, column: usize) -> Option<String> {
    match row.get_ref(column).ok()? {
        ValueRef::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A name made fit to stand in a statement, whatever it holds.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// What is listed, and, in lower case, what is known of a name. They are joined here and not by the database, which would
/// compare each name with each: thousands of layers took minutes.
const LISTED: &str = "SELECT table_name, column_name, srs_id, lower(table_name) FROM gpkg_geometry_columns ORDER BY table_name, column_name";
const CONTENTS: &str = "SELECT lower(table_name), data_type, srs_id FROM gpkg_contents ORDER BY lower(data_type) = 'features' DESC, table_name";
const TABLES: &str = "SELECT lower(name), name, type FROM sqlite_master WHERE type IN ('table', 'view')";

/// Two columns by the first one, that of its first row.
fn by_name(connection: &Connection, query: &str) -> rusqlite::Result<FxHashMap<String, [Option<String>; 2]>> {
    let mut statement = connection.prepare(query)?;
    let mut rows = statement.query([])?;
    let mut all = FxHashMap::default();
    while let Some(row) = rows.next()? {
        if let Some(name) = text(row, 0) {
            all.entry(name).or_insert_with(|| [text(row, 1), text(row, 2)]);
        }
    }
    Ok(all)
}

/// The layer that is asked for, or the only one.
pub(super) fn choose(connection: &Connection, path: &Path, asked: Option<&str>) -> Result<Layer> {
    let is_geopackage = "SELECT count(*) FROM sqlite_master WHERE name IN ('gpkg_contents', 'gpkg_geometry_columns')";
    let tables: i64 =
        connection.query_row(is_geopackage, [], |row| row.get(0)).map_err(|e| unusable(path, &e, Limits::default()))?;
    if tables < 2 {
        return Err(Error::unusable(
            "this SQLite database is no GeoPackage with features",
            Location::file(path),
            "it has no tables gpkg_contents and gpkg_geometry_columns, which list the layers",
            "convert it, for example with: ogr2ogr out.gpkg IN",
        ));
    }
    let (layers, ghosts) = list(connection).map_err(|e| unusable(path, &e, Limits::default()))?;
    let find = |name: &str| {
        let exact = layers.iter().find(|layer| layer.table == name);
        exact.or_else(|| layers.iter().find(|layer| layer.table.to_lowercase() == name.to_lowercase()))
    };
    let there = named(&layers);
    match (asked, layers.as_slice()) {
        (Some(name), _) => find(name).cloned().ok_or_else(|| {
            let ghost = ghosts.iter().any(|ghost| ghost.eq_ignore_ascii_case(name));
            let why = match (ghost, exists(connection, name)) {
                (true, _) => "it is listed, and its table is not there",
                (_, true) => "the file has a table or view of this name, but does not list it as a layer of features",
                _ => "it has none of this name",
            };
            let remedy =
                if layers.is_empty() { "name another file".to_owned() } else { format!("name one of {there}") };
            Error::unusable("this file has no such layer", Location::file(path).layer(name), why, remedy)
        }),
        (None, [only]) => Ok(only.clone()),
        (None, []) => Err(Error::unusable(
            "this GeoPackage has no layer of features",
            Location::file(path),
            "it lists none whose table is there; tables of attributes and tiles have no places",
            "name another file",
        )),
        (None, several) => Err(Error::unusable(
            "this GeoPackage has several layers",
            Location::file(path),
            format!("it has {}: {there}", several.len()),
            format!("name one after a #, as in {}#{}", path.display(), several.first().map_or("", |l| &l.table)),
        )),
    }
}

/// The names of the layers that are there.
pub(super) fn names(connection: &Connection, path: &Path) -> Result<Vec<String>> {
    let (layers, _) = list(connection).map_err(|e| unusable(path, &e, Limits::default()))?;
    Ok(layers.into_iter().map(|layer| layer.table).collect())
}

/// Whether there is a table or a view of this name.
fn exists(connection: &Connection, name: &str) -> bool {
    let count = "SELECT count(*) FROM sqlite_master WHERE lower(name) = lower(?1)";
    connection.query_row(count, [name], |row| row.get::<_, i64>(0)).is_ok_and(|count| count > 0)
}

fn named(layers: &[Layer]) -> String {
    let mut names: Vec<&str> = layers.iter().map(|l| l.table.as_str()).take(NAMED).collect();
    if layers.len() > NAMED {
        names.push("...");
    }
    crate::error::printable(&names.join(", "))
}

/// The layers that are there, and the names of those that are only listed.
fn list(connection: &Connection) -> rusqlite::Result<(Vec<Layer>, Vec<String>)> {
    let (contents, tables) = (by_name(connection, CONTENTS)?, by_name(connection, TABLES)?);
    let mut statement = connection.prepare(LISTED)?;
    let mut rows = statement.query([])?;
    let mut known = FxHashSet::default();
    let (mut layers, mut ghosts): (Vec<Layer>, Vec<String>) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let name = text(row, 3).unwrap_or_default();
        let [kind, stated] = contents.get(&name).cloned().unwrap_or_default();
        if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("features")) {
            continue;
        }
        let [table, sort] = tables.get(&name).cloned().unwrap_or_default();
        let (Some(table), Some(column)) = (table, text(row, 1)) else {
            ghosts.extend(text(row, 0));
            continue;
        };
        if !known.insert(table.clone()) {
            continue;
        }
        let number = |text: Option<String>| text.and_then(|n| n.parse::<i64>().ok());
        let srs = number(text(row, 2)).unwrap_or(0);
        let mut notes = Vec::new();
        if let Some(other) = number(stated).filter(|other| *other != srs) {
            notes.push(format!(
                "the file states two reference systems for this layer, {srs} with its geometries and {other} in its list; \
                 the former was taken"
            ));
        }
        layers.push(Layer { is_view: sort.as_deref() == Some("view"), table, column, srs, notes });
    }
    Ok((layers, ghosts))
}

/// The reference system of a number, and what there is to say about it.
pub(super) fn crs(connection: &Connection, srs: i64) -> rusqlite::Result<(DeclaredCrs, Option<String>)> {
    match srs {
        -1 => return Ok((DeclaredCrs::Unknown, Some("the file calls its coordinates plane ones of no system".into()))),
        0 => return Ok((DeclaredCrs::Unknown, Some("the file calls its coordinates degrees of no system".into()))),
        _ => {}
    }
    let query = |columns: &str| -> rusqlite::Result<Option<[Option<String>; 3]>> {
        let sql = format!("SELECT {columns} FROM gpkg_spatial_ref_sys WHERE srs_id = ?1");
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query([srs])?;
        Ok(rows.next()?.map(|row| [text(row, 0), text(row, 1), text(row, 2)]))
    };
    let Some([organisation, code, definition]) = query("organization, organization_coordsys_id, definition")? else {
        return Ok((
            DeclaredCrs::Unknown,
            Some(format!("the layer names reference system {srs}, which the file does not define")),
        ));
    };
    // A column that files with newer definitions have.
    let newer = query("definition_12_063, 0, 0").ok().flatten().and_then(|[newer, ..]| newer);
    let defined = |text: Option<String>| text.filter(|t| !t.trim().is_empty() && !t.eq_ignore_ascii_case("undefined"));
    let (newer, definition) = (defined(newer), defined(definition));
    let organisation = organisation.unwrap_or_default().trim().to_uppercase();
    let code = code.filter(|code| code != "0" && !code.starts_with('-'));
    let known = ["EPSG", "ESRI", "IAU_2015", "IGNF", "OGC"].contains(&organisation.as_str());
    let code = code.filter(|_| known).map(|code| format!("{organisation}:{code}"));
    // The system that means that there is none, as GDAL writes it.
    let none = |text: &Option<String>| text.as_deref().is_some_and(|t| t.contains("\"Undefined SRS\""));
    if code.is_none() && (none(&definition) || none(&newer)) {
        return Ok((DeclaredCrs::Unknown, None));
    }
    let crs = first_understood(code.into_iter().chain(newer).chain(definition));
    let note = (crs == DeclaredCrs::Unknown).then(|| format!("the file does not say what reference system {srs} is"));
    Ok((crs, note))
}
