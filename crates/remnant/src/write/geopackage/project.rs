//! The project file for QGIS: every layer of the database, grouped, ordered, labelled and styled, beside it.

use std::io::Write;

use super::style::{self, QGIS, Style};
use super::tables::WGS84;
use super::xml::Xml;
use super::{FILE, SRS};
use crate::report::Report;
use crate::write::ground::Extent;
use crate::write::layers::{self, Layer, Shape};
use crate::write::{Halt, Sink};

/// A layer of the map.
struct MapLayer {
    id: String,
    title: String,
    source: String,
    group: &'static str,
    /// Whether it is shown when the project is opened.
    shown: bool,
    /// As QGIS calls its geometry: kind, type and number.
    geometry: [&'static str; 3],
    style: Option<Style>,
}

const POLYGONS: [&str; 3] = ["Polygon", "MultiPolygon", "2"];
const POINTS: [&str; 3] = ["Point", "Point", "0"];
const NO_GEOMETRY: [&str; 3] = ["No geometry", "NoGeometry", "4"];

/// The groups, the topmost first; what lies higher is drawn over what lies lower.
const GROUPS: [&str; 6] = ["Findings", "Settlement zones", "Land", "Faces", "Districts", "Tables"];

/// Writes the project file.
pub(in crate::write) fn write(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    sink.write_all(document(report).as_bytes())?;
    Ok(())
}

fn document(report: &Report) -> String {
    let maps: Vec<MapLayer> = layers::all(report).iter().flat_map(map_layers).collect();
    let title = format!("Land accounted for as of {}", style::dated(report));
    let mut xml = Xml::qgis();
    xml.inside("qgis", &[("projectname", title.as_str()), ("version", QGIS)], |xml| {
        xml.empty("homePath", &[("path", "")]);
        xml.text("title", &[], &title);
        xml.inside("projectCrs", &[], reference_system);
        tree(xml, &maps);
        canvas(xml, report);
        xml.inside("layerorder", &[], |xml| {
            in_order(&maps).for_each(|map| xml.empty("layer", &[("id", map.id.as_str())]));
        });
        xml.inside("projectlayers", &[], |xml| in_order(&maps).for_each(|map| map.write(xml)));
        xml.inside("properties", &[], |xml| {
            // Without this the project's reference system is not looked at.
            xml.inside("SpatialRefSys", &[], |xml| xml.text("ProjectionsEnabled", &[("type", "int")], "1"));
            // The database is found beside the project, wherever both are taken.
            xml.inside("Paths", &[], |xml| xml.text("Absolute", &[("type", "bool")], "false"));
            xml.inside("Measurement", &[], |xml| {
                xml.text("AreaUnits", &[("type", "QString")], "ha");
                xml.text("DistanceUnits", &[("type", "QString")], "meters");
            });
            xml.inside("Measure", &[], |xml| xml.text("Ellipsoid", &[("type", "QString")], "EPSG:7030"));
        });
    });
    xml.end()
}

fn in_order(maps: &[MapLayer]) -> impl Iterator<Item = &MapLayer> {
    GROUPS.iter().flat_map(move |group| maps.iter().filter(move |map| map.group == *group))
}

/// What a layer of the database is on the map. A layer of mixed geometry is shown once for each kind.
fn map_layers(layer: &Layer) -> Vec<MapLayer> {
    let (group, shown) = match layer.name {
        "findings" => ("Findings", false),
        "zones" => ("Settlement zones", true),
        "remaining" | "released" => ("Land", true),
        "faces" => ("Faces", false),
        "districts" => ("Districts", true),
        _ => ("Tables", false),
    };
    let map = |ending: &str, title: &str, geometry: [&'static str; 3]| MapLayer {
        id: format!("remnant_{}{}", layer.name, ending.to_lowercase()),
        title: format!("{}{title}", layer.title),
        source: match ending {
            "" => format!("./{FILE}|layername={}", layer.name),
            kind => format!("./{FILE}|layername={}|geometrytype={}", layer.name, kind.trim_start_matches('_')),
        },
        group,
        shown,
        geometry,
        style: style::of(layer),
    };
    match layer.shape {
        Shape::Table => vec![map("", "", NO_GEOMETRY)],
        Shape::Polygons => vec![map("", "", POLYGONS)],
        Shape::Mixed => vec![map("_Point", ": points", POINTS), map("_Polygon", ": boxes", POLYGONS)],
    }
}

fn tree(xml: &mut Xml, maps: &[MapLayer]) {
    let checked = |shown: bool| if shown { "Qt::Checked" } else { "Qt::Unchecked" };
    xml.inside("layer-tree-group", &[], |xml| {
        for group in GROUPS {
            let of_group: Vec<&MapLayer> = maps.iter().filter(|map| map.group == group).collect();
            if of_group.is_empty() {
                continue;
            }
            let shown = checked(of_group.iter().any(|map| map.shown));
            xml.inside("layer-tree-group", &[("name", group), ("checked", shown), ("expanded", "1")], |xml| {
                for map in of_group {
                    let layer = [
                        ("id", map.id.as_str()),
                        ("name", &map.title),
                        ("source", &map.source),
                        ("providerKey", "ogr"),
                        ("checked", checked(map.shown)),
                        ("expanded", "1"),
                    ];
                    xml.empty("layer-tree-layer", &layer);
                }
            });
        }
    });
}

/// What is shown at first: everything, with a little air round it.
fn canvas(xml: &mut Xml, report: &Report) {
    let account = &report.account;
    let shapes = account.shapes.iter().map(|s| &s.polygons);
    let districts = account.districts.iter().map(|d| &d.shape);
    let zones = account.zones.iter().map(|z| &z.shape);
    let sides =
        Extent::of_polygons(shapes.chain(districts).chain(zones)).degrees().map(|[west, south, east, north]| {
            // Some width where everything lies on one spot.
            let air = (0.04 * (east - west).max(north - south)).max(0.001);
            let sides = [("xmin", west - air), ("ymin", south - air), ("xmax", east + air), ("ymax", north + air)];
            sides.map(|(name, side)| (name, format!("{side:.6}")))
        });
    xml.inside("mapcanvas", &[("name", "theMapCanvas"), ("annotationsVisible", "1")], |xml| {
        xml.text("units", &[], "degrees");
        if let Some(sides) = &sides {
            xml.inside("extent", &[], |xml| sides.iter().for_each(|(name, side)| xml.text(name, &[], side)));
        }
        xml.text("rotation", &[], "0");
        xml.inside("destinationsrs", &[], reference_system);
    });
    if let Some(sides) = &sides {
        let sides = sides.each_ref().map(|(name, side)| (*name, side.as_str()));
        xml.inside("ProjectViewSettings", &[("UseProjectScales", "0")], |xml| {
            xml.inside("DefaultViewExtent", &sides, reference_system);
        });
    }
}

/// WGS 84, as QGIS describes it.
fn reference_system(xml: &mut Xml) {
    xml.inside("spatialrefsys", &[], |xml| {
        let number = SRS.to_string();
        for (name, text) in [
            ("wkt", WGS84),
            ("proj4", "+proj=longlat +datum=WGS84 +no_defs"),
            ("srsid", "3452"),
            ("srid", &number),
            ("authid", "EPSG:4326"),
            ("description", "WGS 84"),
            ("projectionacronym", "longlat"),
            ("ellipsoidacronym", "EPSG:7030"),
            ("geographicflag", "true"),
        ] {
            xml.text(name, &[], text);
        }
    });
}

impl MapLayer {
    fn write(&self, xml: &mut Xml) {
        let [geometry, kind, number] = self.geometry;
        let labels = if self.style.is_some_and(|s| s.is_labelled()) { "1" } else { "0" };
        let head = [("type", "vector"), ("geometry", geometry), ("wkbType", kind), ("labelsEnabled", labels)];
        xml.inside("maplayer", &head, |xml| {
            xml.text("id", &[], &self.id);
            xml.text("datasource", &[], &self.source);
            xml.text("layername", &[], &self.title);
            xml.inside("srs", &[], reference_system);
            xml.text("provider", &[("encoding", "UTF-8")], "ogr");
            if let Some(style) = &self.style {
                style.drawn(xml, self.geometry == POINTS);
            }
            xml.text("blendMode", &[], "0");
            xml.text("featureBlendMode", &[], "0");
            xml.text("layerGeometryType", &[], number);
        });
    }
}
