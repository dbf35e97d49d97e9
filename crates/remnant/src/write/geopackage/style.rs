//! How layers are drawn in QGIS, in the spirit of the symbols for mine action: hazards hatched and framed in warm
//! colours, released land in cold ones, each told apart by its pattern as well, so that it survives colour blindness and
//! a copying machine. Nothing is green: no record says that land is safe. The colours are those of Okabe and Ito.

use rusqlite::{Connection, params};

use super::xml::Xml;
use super::{GEOMETRY, tables};
use crate::report::Report;
use crate::write::Halt;
use crate::write::layers::{self, Layer, Shape};

/// The version of QGIS whose format this is; later ones read it.
pub(super) const QGIS: &str = "3.22.0";

/// Red, green, blue.
type Colour = [u8; 3];

const VERMILION: Colour = [213, 94, 0];
const ORANGE: Colour = [230, 159, 0];
const BLUE: Colour = [0, 114, 178];
const SKY: Colour = [86, 180, 233];
const PURPLE: Colour = [204, 121, 167];
const GREY: Colour = [110, 110, 110];
const BLACK: Colour = [30, 30, 30];

/// What fills a polygon, over a faint ground of the same colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pattern {
    /// Lines at angles in degrees, so many tenths of a millimetre apart.
    Lines(&'static [u16], u16),
    /// Dots.
    Dots,
    /// The ground alone.
    Plain,
    /// Nothing: an outline.
    Hollow,
}

/// How one class is drawn.
#[derive(Debug, Clone, Copy)]
struct Look {
    value: &'static str,
    label: &'static str,
    colour: Colour,
    pattern: Pattern,
    /// The frame: hundredths of a millimetre, and its stroke.
    frame: (u16, &'static str),
}

const fn look(
    value: &'static str,
    label: &'static str,
    colour: Colour,
    pattern: Pattern,
    frame: (u16, &'static str),
) -> Look {
    Look { value, label, colour, pattern, frame }
}

const SUSPECTED: Look =
    look("suspected", "Suspected hazardous area (SHA)", ORANGE, Pattern::Lines(&[45], 20), (46, "dash"));
const CONFIRMED: Look =
    look("confirmed", "Confirmed hazardous area (CHA)", VERMILION, Pattern::Lines(&[45, 135], 18), (66, "solid"));
const CANCELLED: Look =
    look("cancelled", "Cancelled by non-technical survey", PURPLE, Pattern::Lines(&[0], 24), (26, "solid"));
const REDUCED: Look = look("reduced", "Reduced by technical survey", SKY, Pattern::Lines(&[90], 24), (26, "solid"));
const CLEARED: Look = look("cleared", "Cleared", BLUE, Pattern::Dots, (26, "solid"));

const DISTRICTS: &[Look] = &[look("", "District", GREY, Pattern::Hollow, (46, "solid"))];
const REMAINING: &[Look] = &[SUSPECTED, CONFIRMED];
const RELEASED: &[Look] = &[CANCELLED, REDUCED, CLEARED];
const FACES: &[Look] = &[
    SUSPECTED,
    CONFIRMED,
    CANCELLED,
    REDUCED,
    CLEARED,
    look("none", "No hazard recorded there", GREY, Pattern::Dots, (26, "dot")),
];
const ZONES: &[Look] = &[
    look("contaminated", "Contaminated", VERMILION, Pattern::Plain, (80, "solid")),
    look("near", "Near contaminated land", ORANGE, Pattern::Plain, (80, "dash")),
    look("unknown", "Unknown", BLACK, Pattern::Dots, (60, "dot")),
    look("released", "Released", BLUE, Pattern::Hollow, (50, "solid")),
    look("no-record", "No record: not surveyed, or nothing found", GREY, Pattern::Hollow, (30, "solid")),
];
const FINDINGS: &[Look] = &[
    look("error", "Error", VERMILION, Pattern::Hollow, (60, "solid")),
    look("warning", "Warning", ORANGE, Pattern::Hollow, (46, "dash")),
    look("info", "Worth knowing", GREY, Pattern::Hollow, (30, "dot")),
];

/// The marker of each finding, in the order of [`FINDINGS`].
const MARKERS: [&str; 3] = ["triangle", "square", "circle"];

/// How a layer is drawn: its classes by a field, and its labels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    field: Option<&'static str>,
    looks: &'static [Look],
    /// An expression over the layer's own columns, the size of its letters in points, and the scale up to which it is
    /// shown.
    label: Option<(&'static str, u8, Option<u32>)>,
}

/// The style of a layer.
pub(super) fn of(layer: &Layer) -> Option<Style> {
    const DISTRICT: &str = "\"name\" || '\\n' || format_number(\"remaining_m2\" / 10000, 2) || ' ha contaminated'";
    let (field, looks, label) = match layer.name {
        "districts" => (None, DISTRICTS, Some((DISTRICT, 9, None))),
        "zones" => (Some("status"), ZONES, Some(("\"name\"", 8, Some(250_000)))),
        "remaining" => (Some("class"), REMAINING, None),
        "released" => (Some("kind"), RELEASED, None),
        "faces" => (Some("state"), FACES, Some(("\"record_ids\"", 7, Some(10_000)))),
        "findings" => (Some("severity"), FINDINGS, None),
        _ => return None,
    };
    Some(Style { field, looks, label })
}

/// Keeps the styles in the database, where QGIS looks for them when it opens a layer.
pub(super) fn store(database: &Connection, report: &Report, changed: &str) -> Result<(), Halt> {
    database.execute_batch(
        "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), \
         f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML \
         TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME \
         DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))",
    )?;
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) VALUES \
         ('layer_styles', 'attributes', 'layer_styles', '', ?1)",
        params![changed],
    )?;
    let mut insert = database.prepare(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, \
         styleQML, styleSLD, useAsDefault, description, owner, update_time) VALUES ('', '', ?1, ?2, 'remnant', ?3, '', \
         1, ?4, '', ?5)",
    )?;
    for layer in layers::all(report).iter().filter(|l| l.shape != Shape::Table) {
        if let Some(style) = of(layer) {
            insert.execute(params![layer.name, GEOMETRY, style.document(), layer.title, changed])?;
        }
    }
    Ok(())
}

impl Style {
    /// The style as a document of its own, for polygons.
    pub(super) fn document(&self) -> String {
        let mut xml = Xml::qgis();
        let labels = if self.label.is_some() { "1" } else { "0" };
        let head = [("version", QGIS), ("styleCategories", "Symbology|Labeling"), ("labelsEnabled", labels)];
        xml.inside("qgis", &head, |xml| {
            self.drawn(xml, false);
            xml.text("layerGeometryType", &[], "2");
        });
        xml.end()
    }

    /// Whether it has labels.
    pub(super) fn is_labelled(&self) -> bool {
        self.label.is_some()
    }

    /// How features are drawn and labelled, as points or as polygons.
    pub(super) fn drawn(&self, xml: &mut Xml, points: bool) {
        let kind = if self.field.is_some() { "categorizedSymbol" } else { "singleSymbol" };
        let mut head = vec![("type", kind), ("symbollevels", "0"), ("forceraster", "0"), ("enableorderby", "0")];
        head.extend(self.field.map(|field| ("attr", field)));
        xml.inside("renderer-v2", &head, |xml| {
            if self.field.is_some() {
                xml.inside("categories", &[], |xml| {
                    for (number, look) in self.looks.iter().enumerate() {
                        let number = number.to_string();
                        let category = [
                            ("symbol", number.as_str()),
                            ("value", look.value),
                            ("label", look.label),
                            ("type", "string"),
                            ("render", "true"),
                        ];
                        xml.empty("category", &category);
                    }
                });
            }
            xml.inside("symbols", &[], |xml| {
                for (number, look) in self.looks.iter().enumerate() {
                    let name = number.to_string();
                    if points {
                        let marker = MARKERS[number.min(MARKERS.len() - 1)];
                        symbol(xml, "marker", &name, |xml| look.marker(xml, marker, 32));
                    } else {
                        symbol(xml, "fill", &name, |xml| look.fill(xml, &name));
                    }
                }
            });
            xml.empty("rotation", &[]);
            xml.empty("sizescale", &[]);
        });
        if let Some((expression, size, scale)) = self.label {
            labelling(xml, expression, size, scale);
        }
    }
}

impl Look {
    fn fill(&self, xml: &mut Xml, symbol_name: &str) {
        let ground = if self.pattern == Pattern::Hollow { "no" } else { "solid" };
        let width = hundredths(self.frame.0);
        layer(
            xml,
            "SimpleFill",
            &[
                ("color", &rgba(self.colour, 48)),
                ("style", ground),
                ("joinstyle", "bevel"),
                ("outline_color", &rgba(self.colour, 255)),
                ("outline_style", self.frame.1),
                ("outline_width", &width),
                ("outline_width_unit", "MM"),
            ],
            |_| {},
        );
        match self.pattern {
            Pattern::Plain | Pattern::Hollow => {}
            Pattern::Lines(angles, distance) => {
                for (number, angle) in (1..).zip(angles) {
                    let sub = format!("@{symbol_name}@{number}");
                    let distance = hundredths(distance * 10);
                    let options =
                        [("angle", angle.to_string()), ("distance", distance), ("distance_unit", "MM".to_owned())];
                    let options = options.each_ref().map(|(key, value)| (*key, value.as_str()));
                    layer(xml, "LinePatternFill", &options, |xml| {
                        symbol(xml, "line", &sub, |xml| {
                            let line = [
                                ("line_color", &*rgba(self.colour, 255)),
                                ("line_style", "solid"),
                                ("line_width", "0.26"),
                                ("line_width_unit", "MM"),
                            ];
                            layer(xml, "SimpleLine", &line, |_| {});
                        });
                    });
                }
            }
            Pattern::Dots => {
                let apart = [
                    ("distance_x", "2"),
                    ("distance_x_unit", "MM"),
                    ("distance_y", "2"),
                    ("distance_y_unit", "MM"),
                    ("displacement_x", "1"),
                    ("displacement_x_unit", "MM"),
                ];
                let sub = format!("@{symbol_name}@1");
                layer(xml, "PointPatternFill", &apart, |xml| {
                    symbol(xml, "marker", &sub, |xml| self.marker(xml, "circle", 6));
                });
            }
        }
    }

    /// A marker so many tenths of a millimetre wide.
    fn marker(&self, xml: &mut Xml, name: &str, size: u16) {
        let options = [
            ("name", name),
            ("color", &*rgba(self.colour, 255)),
            ("outline_color", &*rgba(BLACK, 255)),
            ("outline_style", if size > 10 { "solid" } else { "no" }),
            ("outline_width", "0.2"),
            ("outline_width_unit", "MM"),
            ("size", &*hundredths(size * 10)),
            ("size_unit", "MM"),
        ];
        layer(xml, "SimpleMarker", &options, |_| {});
    }
}

fn symbol(xml: &mut Xml, kind: &str, name: &str, fill: impl FnOnce(&mut Xml)) {
    let head = [("type", kind), ("name", name), ("alpha", "1"), ("clip_to_extent", "1"), ("force_rhr", "0")];
    xml.inside("symbol", &head, fill);
}

/// A layer of a symbol; its options in the form of today and in the one that older versions read.
fn layer(xml: &mut Xml, class: &str, options: &[(&str, &str)], more: impl FnOnce(&mut Xml)) {
    xml.inside("layer", &[("class", class), ("enabled", "1"), ("locked", "0"), ("pass", "0")], |xml| {
        xml.inside("Option", &[("type", "Map")], |xml| {
            for (name, value) in options {
                xml.empty("Option", &[("name", name), ("type", "QString"), ("value", value)]);
            }
        });
        for (name, value) in options {
            xml.empty("prop", &[("k", name), ("v", value)]);
        }
        more(xml);
    });
}

fn labelling(xml: &mut Xml, expression: &str, size: u8, scale: Option<u32>) {
    xml.inside("labeling", &[("type", "simple")], |xml| {
        xml.inside("settings", &[("calloutType", "simple")], |xml| {
            let text = [
                ("fieldName", expression),
                ("isExpression", "1"),
                ("fontFamily", "Sans Serif"),
                ("fontSize", &*size.to_string()),
                ("fontSizeUnit", "Point"),
                ("textColor", &*rgba(BLACK, 255)),
                ("textOpacity", "1"),
                ("allowHtml", "0"),
                ("multilineHeight", "1"),
            ];
            xml.inside("text-style", &text, |xml| {
                let buffer = [
                    ("bufferDraw", "1"),
                    ("bufferSize", "0.8"),
                    ("bufferSizeUnits", "MM"),
                    ("bufferColor", "255,255,255,255"),
                    ("bufferOpacity", "0.9"),
                ];
                xml.empty("text-buffer", &buffer);
            });
            xml.empty("text-format", &[("multilineAlign", "1"), ("wrapChar", ""), ("autoWrapLength", "0")]);
            xml.empty(
                "placement",
                &[("placement", "1"), ("priority", "5"), ("centroidWhole", "1"), ("centroidInside", "1")],
            );
            let limit = scale.unwrap_or_default().to_string();
            let visible = if scale.is_some() { "1" } else { "0" };
            let rendering =
                [("drawLabels", "1"), ("scaleVisibility", visible), ("scaleMin", "0"), ("scaleMax", limit.as_str())];
            xml.empty("rendering", &rendering);
        });
    });
}

fn rgba([red, green, blue]: Colour, alpha: u8) -> String {
    format!("{red},{green},{blue},{alpha}")
}

fn hundredths(number: u16) -> String {
    format!("{}.{:02}", number / 100, number % 100)
}

#[cfg(test)]
pub(super) fn colours() -> Vec<Colour> {
    let looks = [DISTRICTS, REMAINING, RELEASED, FACES, ZONES, FINDINGS];
    looks.iter().flat_map(|looks| looks.iter().map(|l| l.colour)).collect()
}

#[cfg(test)]
pub(super) fn values(layer: &Layer) -> Vec<&'static str> {
    of(layer).map(|style| style.looks.iter().map(|l| l.value).collect()).unwrap_or_default()
}

/// The date that stands for the last change, for the project file.
pub(super) fn dated(report: &Report) -> String {
    tables::changed(report)[..10].to_owned()
}
