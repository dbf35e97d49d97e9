//! Writing layers, one feature at a time: GeoJSON text and FlatGeobuf.

use super::shapes::{Point, Polygon};
use super::stream::Plain;
use flatgeobuf::{ColumnType, FgbCrs, FgbWriter, FgbWriterOptions, GeometryType};
use geozero::{ColumnValue, GeomProcessor, GeozeroGeometry, PropertyProcessor};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Which formats a scenario is written in.
#[derive(Clone, Copy, Debug)]
pub struct Formats {
    /// `NAME.geojson`
    pub geojson: bool,
    /// `NAME.fgb`
    pub fgb: bool,
    /// Whether `NAME.fgb` has its index. Making one keeps 150 bytes for each feature in memory; without it nothing is
    /// kept, and the features stay in the order in which they are made.
    pub index: bool,
}

/// A layer of polygons with text fields, written as it is made.
pub struct LayerWriter {
    columns: &'static [&'static str],
    geojson: Option<BufWriter<File>>,
    fgb: Option<(FgbWriter<'static>, BufWriter<File>)>,
    plain: Option<Plain>,
    line: Vec<u8>,
    features: u64,
    points: u64,
}

impl LayerWriter {
    /// Starts `NAME.geojson` and `NAME.fgb` in a folder.
    ///
    /// # Errors
    /// When a file can't be created.
    pub fn create(
        dir: &Path,
        name: &'static str,
        columns: &'static [&'static str],
        formats: Formats,
    ) -> io::Result<Self> {
        let open = |ext: &str| -> io::Result<BufWriter<File>> {
            Ok(BufWriter::with_capacity(1 << 20, File::create(dir.join(format!("{name}.{ext}")))?))
        };
        let geojson = if formats.geojson {
            let mut out = open("geojson")?;
            out.write_all(b"{\"type\":\"FeatureCollection\",\"features\":[")?;
            Some(out)
        } else {
            None
        };
        let plain = (formats.fgb && !formats.index).then(|| Plain::new(open("fgb")?, name, columns)).transpose()?;
        let fgb = if formats.fgb && formats.index {
            let options = FgbWriterOptions {
                promote_to_multi: false,
                crs: FgbCrs { org: Some("EPSG"), code: 4326, name: Some("WGS 84"), ..Default::default() },
                ..Default::default()
            };
            let mut writer =
                FgbWriter::create_with_options(name, GeometryType::Polygon, options).map_err(io::Error::other)?;
            for column in columns {
                writer.add_column(column, ColumnType::String, |_, _| {});
            }
            Some((writer, open("fgb")?))
        } else {
            None
        };
        Ok(Self { columns, geojson, fgb, plain, line: Vec::new(), features: 0, points: 0 })
    }

    /// Adds a feature; `values` stand in the order of the columns.
    ///
    /// # Errors
    /// When the disk is full or gone.
    pub fn add(&mut self, polygon: &Polygon, values: &[&str]) -> io::Result<()> {
        if let Some(out) = &mut self.geojson {
            self.line.clear();
            self.line.extend_from_slice(if self.features == 0 { b"\n" } else { b",\n" });
            self.line.extend_from_slice(b"{\"type\":\"Feature\",\"properties\":{");
            for (k, (column, value)) in self.columns.iter().zip(values).enumerate() {
                let comma = if k == 0 { "" } else { "," };
                // Made names hold neither quotes nor control signs, so nothing needs escaping.
                write!(self.line, "{comma}\"{column}\":\"{value}\"")?;
            }
            self.line.extend_from_slice(b"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":");
            push_polygon(&mut self.line, polygon, 7);
            self.line.extend_from_slice(b"}}");
            out.write_all(&self.line)?;
        }
        if let Some((writer, _)) = &mut self.fgb {
            let columns = self.columns;
            writer
                .add_feature_geom(Geometry(polygon), |feature| {
                    for (k, (column, value)) in columns.iter().zip(values).enumerate() {
                        // The encoder writes to memory; it fails for types it does not know only.
                        feature.property(k, column, &ColumnValue::String(value)).expect("text is a known type");
                    }
                })
                .map_err(io::Error::other)?;
        }
        if let Some(plain) = &mut self.plain {
            plain.add(polygon, values)?;
        }
        self.features += 1;
        self.points += polygon.iter().map(|ring| ring.len() as u64).sum::<u64>();
        Ok(())
    }

    /// Completes the files; returns the number of features and of points written.
    ///
    /// # Errors
    /// When the disk is full or gone.
    pub fn finish(self) -> io::Result<(u64, u64)> {
        if let Some(mut out) = self.geojson {
            out.write_all(b"\n]}\n")?;
            out.flush()?;
        }
        if let Some((writer, mut out)) = self.fgb {
            writer.write(&mut out).map_err(io::Error::other)?;
            out.flush()?;
        }
        if let Some(plain) = self.plain {
            plain.finish()?;
        }
        Ok((self.features, self.points))
    }
}

/// Appends the coordinates of a polygon as JSON.
pub fn push_polygon(out: &mut Vec<u8>, polygon: &Polygon, decimals: u32) {
    out.push(b'[');
    for (k, ring) in polygon.iter().enumerate() {
        if k > 0 {
            out.push(b',');
        }
        out.push(b'[');
        for (k, &point) in ring.iter().enumerate() {
            if k > 0 {
                out.push(b',');
            }
            push_point(out, point, decimals);
        }
        out.push(b']');
    }
    out.push(b']');
}

/// Appends a point as JSON with at most `decimals` (1 to 7) decimals.
pub fn push_point(out: &mut Vec<u8>, point: Point, decimals: u32) {
    out.push(b'[');
    push_coordinate(out, point[0], decimals);
    out.push(b',');
    push_coordinate(out, point[1], decimals);
    out.push(b']');
}

/// Whole numbers of 1e-7 degrees need no float formatting, which is most of the time of a writer.
fn push_coordinate(out: &mut Vec<u8>, value: i32, decimals: u32) {
    if value < 0 {
        out.push(b'-');
    }
    let unit = 10_u32.pow(decimals);
    let value = value.unsigned_abs() / 10_u32.pow(7 - decimals);
    let (whole, mut part) = (value / unit, value % unit);
    let mut digits = [b'0'; 8];
    let mut at = 8;
    let mut rest = whole;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
    if part == 0 {
        return;
    }
    let mut width = decimals as usize;
    while part % 10 == 0 {
        part /= 10;
        width -= 1;
    }
    let mut digits = [b'0'; 8];
    for k in (0..width).rev() {
        digits[k] = b'0' + (part % 10) as u8;
        part /= 10;
    }
    out.push(b'.');
    out.extend_from_slice(&digits[..width]);
}

/// Hands a polygon to the FlatGeobuf encoder.
struct Geometry<'a>(&'a Polygon);

impl GeozeroGeometry for Geometry<'_> {
    fn process_geom<P: GeomProcessor>(&self, processor: &mut P) -> geozero::error::Result<()> {
        processor.polygon_begin(true, self.0.len(), 0)?;
        for (k, ring) in self.0.iter().enumerate() {
            processor.linestring_begin(false, ring.len(), k)?;
            for (n, point) in ring.iter().enumerate() {
                // Division by a power of ten rounds once: the same number as reading the text.
                processor.xy(f64::from(point[0]) / 1e7, f64::from(point[1]) / 1e7, n)?;
            }
            processor.linestring_end(false, k)?;
        }
        processor.polygon_end(true, 0)
    }
}
