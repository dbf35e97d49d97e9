//! A placemark: its values and its geometry.

use std::collections::HashMap;

use geo_types::{
    Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon,
};

use super::coordinates::positions;
use super::scan::{FieldType, GEOMETRIES, Schema, Vocabulary};
use crate::read::extent::Extent;
use crate::read::xml::{Broken, Node, Tag, Walker};
use crate::read::{Feature, Shape, UNCLOSED, Value, Wanted};

/// What is the same for all placemarks of a document.
pub(super) struct Reading<'a> {
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) schemas: &'a HashMap<String, Schema>,
    pub(super) wanted: &'a Wanted,
}

/// A placemark that is being read.
struct Draft<'a, 'b> {
    reading: &'b Reading<'b>,
    walker: Walker<'a>,
    feature: Feature,
    /// The values of `name` and `description`, which give way to data of that name.
    own: Vec<(u16, Value)>,
    parts: Vec<Geometry<f64>>,
    /// How many geometries stand in the placemark directly.
    geometries: usize,
    multi: bool,
    fault: Option<String>,
    extent: Extent,
}

impl Reading<'_> {
    /// Reads the placemark whose element is `text`.
    pub(super) fn placemark(&self, text: &str, number: u64) -> Result<Feature, Broken> {
        let feature = Feature { number, id: None, values: Vec::new(), shape: Shape::Missing, notes: Vec::new() };
        let mut draft = Draft {
            reading: self,
            walker: Walker::new(text),
            feature,
            own: Vec::new(),
            parts: Vec::new(),
            geometries: 0,
            multi: false,
            fault: None,
            extent: Extent::default(),
        };
        let root = match draft.walker.next()? {
            Node::Open(tag) => {
                draft.feature.id = tag.attribute("id").filter(|id| !id.trim().is_empty());
                tag.local()
            }
            _ => return Err(draft.walker.broken("a placemark should begin here")),
        };
        if GEOMETRIES.contains(&root.as_str()) {
            draft.feature.notes.push(format!("a bare {root} stands where a placemark should; it has no values"));
            draft.geometries = 1;
            draft.geometry(&root)?;
        }
        while draft.walker.depth() > 0 {
            if let Node::Open(tag) = draft.walker.next()? {
                draft.child(&tag, &root)?;
            }
        }
        Ok(draft.finish())
    }
}

impl Draft<'_, '_> {
    fn child(&mut self, tag: &Tag<'_>, root: &str) -> Result<(), Broken> {
        let local = tag.local();
        if !self.reading.vocabulary.knows(tag) {
            return match local.as_str() {
                "Track" | "MultiTrack" => self.track(&local),
                _ => self.walker.skip(),
            };
        }
        match local.as_str() {
            "name" | "description" => {
                let text = self.walker.text()?;
                if let Some(slot) = self.reading.wanted.slot(&local) {
                    self.own.push((slot, written(&text)));
                }
                Ok(())
            }
            "TimeStamp" | "TimeSpan" => self.time(),
            "ExtendedData" => self.extended(),
            geometry if GEOMETRIES.contains(&geometry) => {
                self.geometries += 1;
                self.geometry(&local)
            }
            _ => {
                // The fields of KML 2.0 stand in the placemark itself.
                let kind = self.reading.schemas.get(root).and_then(|s| s.get(&local)).copied();
                match kind {
                    Some(kind) => {
                        let text = self.walker.text()?;
                        self.set(&local, typed(&text, kind));
                        Ok(())
                    }
                    None => self.walker.skip(),
                }
            }
        }
    }

    fn set(&mut self, name: &str, value: Value) {
        let Some(slot) = self.reading.wanted.slot(name) else { return };
        let value = match value {
            Value::Text(text) if is_date(name) => with_slashes(&text).map_or(Value::Text(text), Value::Date),
            value => value,
        };
        match self.feature.values.iter_mut().find(|(s, _)| *s == slot) {
            None => self.feature.values.push((slot, value)),
            Some((_, held)) => {
                *held = value;
                let name: String = name.chars().take(60).collect();
                self.feature.notes.push(format!("the field `{name}` stands there twice; the last one is used"));
            }
        }
    }

    fn time(&mut self) -> Result<(), Broken> {
        let outside = self.walker.depth() - 1;
        while self.walker.depth() > outside {
            let Node::Open(tag) = self.walker.next()? else { continue };
            let field = match tag.local().as_str() {
                "when" => "timestamp",
                "begin" => "begin",
                "end" => "end",
                _ => continue,
            };
            let text = self.walker.text()?;
            self.set(field, written(&text));
        }
        Ok(())
    }

    fn extended(&mut self) -> Result<(), Broken> {
        let outside = self.walker.depth() - 1;
        while self.walker.depth() > outside {
            let Node::Open(tag) = self.walker.next()? else { continue };
            let known = self.reading.vocabulary.knows(&tag);
            match tag.local().as_str() {
                "Data" if known => {
                    let name = tag.attribute("name").unwrap_or_default();
                    self.data(name.trim())?;
                }
                "SchemaData" if known => {
                    let url = tag.attribute("schemaUrl").unwrap_or_default();
                    self.schema_data(url.trim())?;
                }
                // Data of another vocabulary: an element is a field.
                local => {
                    let text = self.walker.text()?;
                    self.set(local, written(&text));
                }
            }
        }
        Ok(())
    }

    fn data(&mut self, name: &str) -> Result<(), Broken> {
        let outside = self.walker.depth() - 1;
        let mut value = None;
        while self.walker.depth() > outside {
            let Node::Open(tag) = self.walker.next()? else { continue };
            if tag.local() == "value" {
                value = Some(self.walker.text()?);
            } else {
                self.walker.skip()?;
            }
        }
        self.set(name, value.map_or(Value::Null, |text| written(&text)));
        Ok(())
    }

    fn schema_data(&mut self, url: &str) -> Result<(), Broken> {
        let id = url.rsplit_once('#').map_or(url, |(_, id)| id);
        let schema = self.reading.schemas.get(id);
        let outside = self.walker.depth() - 1;
        while self.walker.depth() > outside {
            let Node::Open(tag) = self.walker.next()? else { continue };
            match (tag.local().as_str(), tag.attribute("name")) {
                ("SimpleData", Some(name)) => {
                    let text = self.walker.text()?;
                    let kind = schema.and_then(|s| s.get(name.trim())).copied().unwrap_or(FieldType::Text);
                    self.set(name.trim(), typed(&text, kind));
                }
                _ => self.walker.skip()?,
            }
        }
        Ok(())
    }

    fn fail(&mut self, why: impl Into<String>) {
        self.fault.get_or_insert_with(|| why.into());
    }

    /// A track is no area; its positions tell where the record could lie.
    fn track(&mut self, kind: &str) -> Result<(), Broken> {
        let outside = self.walker.depth() - 1;
        while self.walker.depth() > outside {
            let Node::Open(tag) = self.walker.next()? else { continue };
            if tag.local() == "coord" {
                let text = self.walker.text()?.split_whitespace().take(2).collect::<Vec<_>>().join(",");
                let _ = positions(&text, &mut self.extent);
            }
        }
        self.geometries += 1;
        self.fail(format!("it is a gx:{kind}, which is not read"));
        Ok(())
    }

    fn geometry(&mut self, kind: &str) -> Result<(), Broken> {
        match kind {
            "Point" => {
                let mut all = self.ring("Point")?;
                match (all.pop(), all.is_empty()) {
                    (Some(place), true) => self.parts.push(Geometry::Point(Point(place))),
                    (None, _) => self.parts.push(Geometry::MultiPoint(MultiPoint(Vec::new()))),
                    (Some(_), false) => self.fail(format!("a Point has {} positions", all.len() + 1)),
                }
                Ok(())
            }
            "LineString" | "LinearRing" => {
                let line = self.ring(kind)?;
                self.parts.push(Geometry::LineString(LineString(line)));
                Ok(())
            }
            "Polygon" => self.polygon(),
            "MultiGeometry" => {
                self.multi = true;
                let outside = self.walker.depth() - 1;
                while self.walker.depth() > outside {
                    let Node::Open(tag) = self.walker.next()? else { continue };
                    let local = tag.local();
                    match local.as_str() {
                        _ if !self.reading.vocabulary.knows(&tag) => match local.as_str() {
                            "Track" | "MultiTrack" => self.track(&local)?,
                            _ => self.walker.skip()?,
                        },
                        geometry if GEOMETRIES.contains(&geometry) => self.geometry(&local)?,
                        _ => self.walker.skip()?,
                    }
                }
                Ok(())
            }
            _ => {
                self.fail("it is a Model, which has no area on the ground");
                self.walker.skip()
            }
        }
    }

    /// The positions of the one `coordinates` in the innermost open element.
    fn ring(&mut self, kind: &str) -> Result<Vec<Coord<f64>>, Broken> {
        let outside = self.walker.depth() - 1;
        let mut found: Option<Vec<Coord<f64>>> = None;
        while self.walker.depth() > outside {
            let Node::Open(tag) = self.walker.next()? else { continue };
            if tag.local() != "coordinates" || !self.reading.vocabulary.knows(&tag) {
                self.walker.skip()?;
                continue;
            }
            let text = self.walker.text()?;
            let read = positions(&text, &mut self.extent);
            if found.is_some() {
                self.fail(format!("a {kind} has two lists of coordinates"));
            }
            found = Some(read.unwrap_or_else(|why| {
                self.fail(format!("in a {kind}, {why}"));
                Vec::new()
            }));
        }
        Ok(found.unwrap_or_default())
    }

    fn polygon(&mut self) -> Result<(), Broken> {
        let outside = self.walker.depth() - 1;
        let (mut outer, mut inner) = (Vec::new(), Vec::new());
        while self.walker.depth() > outside {
            let Node::Open(tag) = self.walker.next()? else { continue };
            match tag.local().as_str() {
                "outerBoundaryIs" if self.reading.vocabulary.knows(&tag) => self.boundary(&mut outer)?,
                "innerBoundaryIs" if self.reading.vocabulary.knows(&tag) => self.boundary(&mut inner)?,
                _ => self.walker.skip()?,
            }
        }
        if outer.len() > 1 {
            self.fail("a Polygon has more than one outer boundary");
        }
        match outer.pop() {
            Some(outer) => self.parts.push(Geometry::Polygon(Polygon::new(outer, inner))),
            None if inner.is_empty() => {
                self.parts.push(Geometry::Polygon(Polygon::new(LineString(Vec::new()), Vec::new())));
            }
            None => self.fail("a Polygon has inner boundaries and no outer one"),
        }
        Ok(())
    }

    fn boundary(&mut self, rings: &mut Vec<LineString<f64>>) -> Result<(), Broken> {
        let outside = self.walker.depth() - 1;
        while self.walker.depth() > outside {
            let Node::Open(tag) = self.walker.next()? else { continue };
            if tag.local() != "LinearRing" || !self.reading.vocabulary.knows(&tag) {
                self.walker.skip()?;
                continue;
            }
            let ring = self.ring("LinearRing")?;
            if ring.first() != ring.last() && !self.feature.notes.iter().any(|n| n == UNCLOSED) {
                self.feature.notes.push(UNCLOSED.into());
            }
            rings.push(LineString(ring));
        }
        Ok(())
    }

    fn finish(mut self) -> Feature {
        for (slot, value) in std::mem::take(&mut self.own) {
            if !self.feature.values.iter().any(|(s, _)| *s == slot) {
                self.feature.values.push((slot, value));
            }
        }
        self.feature.values.sort_by_key(|(slot, _)| *slot);
        if self.geometries > 1 {
            self.feature.notes.push(format!("the placemark has {} geometries; all are used", self.geometries));
        }
        self.feature.shape = match self.fault.take() {
            Some(why) => Shape::Unreadable { why, bounds: self.extent.bounds() },
            None if self.geometries == 0 => Shape::Missing,
            None => Shape::Geometry(joined(self.parts, self.multi || self.geometries > 1)),
        };
        self.feature
    }
}

/// The parts of a placemark as one geometry.
fn joined(mut parts: Vec<Geometry<f64>>, multi: bool) -> Geometry<f64> {
    if !multi && parts.len() == 1 {
        return parts.pop().unwrap_or(Geometry::GeometryCollection(GeometryCollection(Vec::new())));
    }
    let (mut points, mut lines, mut polygons) = (Vec::new(), Vec::new(), Vec::new());
    let mut others = 0;
    for part in &parts {
        match part {
            Geometry::Point(point) => points.push(*point),
            Geometry::LineString(line) => lines.push(line.clone()),
            Geometry::Polygon(polygon) => polygons.push(polygon.clone()),
            _ => others += 1,
        }
    }
    match (points.is_empty(), lines.is_empty(), polygons.is_empty(), others) {
        (true, true, false, 0) => Geometry::MultiPolygon(MultiPolygon(polygons)),
        (true, false, true, 0) => Geometry::MultiLineString(MultiLineString(lines)),
        (false, true, true, 0) => Geometry::MultiPoint(MultiPoint(points)),
        _ => Geometry::GeometryCollection(GeometryCollection(parts)),
    }
}

/// A text as a value; white space round it is the writer's layout.
fn written(text: &str) -> Value {
    match text.trim() {
        "" => Value::Null,
        text => Value::Text(text.to_owned()),
    }
}

/// A text as a value of its field's type; one that does not fit stays text, to be quoted.
fn typed(text: &str, kind: FieldType) -> Value {
    let text = text.trim();
    let value = match kind {
        FieldType::Text => None,
        FieldType::Whole => text.parse().ok().map(Value::Int),
        FieldType::Number => text.parse::<f64>().ok().filter(|n| n.is_finite()).map(Value::Float),
        FieldType::Truth => match text {
            "1" | "true" => Some(Value::Bool(true)),
            "0" | "false" => Some(Value::Bool(false)),
            _ => None,
        },
    };
    value.unwrap_or_else(|| written(text))
}

/// Whether a field's name says that it holds dates: an id may look like one.
fn is_date(name: &str) -> bool {
    let name = name.to_lowercase();
    name.contains("date") || name == "recorded"
}

/// A date as GDAL, and so QGIS, writes it into KML: `2019/05/01`, with a time after it or without. Year first, so it can
/// mean one day only.
fn with_slashes(text: &str) -> Option<jiff::civil::Date> {
    let (day, rest) = text.split_at_checked(10)?;
    let digits = |range: std::ops::Range<usize>| day.get(range).filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
    let (year, month, date) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
    let parted = day.get(4..5) == Some("/") && day.get(7..8) == Some("/") && (rest.is_empty() || rest.starts_with(' '));
    let day = jiff::civil::Date::new(year.parse().ok()?, month.parse().ok()?, date.parse().ok()?).ok()?;
    parted.then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_gdal_are_dates() {
        let day = Some(jiff::civil::date(2019, 5, 1));
        for (text, expected) in [
            ("2019/05/01", day),
            ("2019/05/01 12:00:00+00", day),
            ("2019/5/1", None),
            ("01/05/2019", None),
            ("2019/02/30", None),
            ("2019/05/01x", None),
            ("2019-05-01", None),
            ("2019/05/0é", None),
            ("", None),
        ] {
            assert_eq!(with_slashes(text), expected, "{text}");
        }
    }
}
