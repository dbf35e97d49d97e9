//! FlatGeobuf without an index, written feature by feature: nothing is kept, however many features come.

use super::shapes::Polygon;
use flatbuffers::FlatBufferBuilder;
use flatgeobuf::{
    Column, ColumnArgs, ColumnType, Crs, CrsArgs, Feature, FeatureArgs, Geometry, GeometryArgs, GeometryType, Header,
    HeaderArgs,
};
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};

const MAGIC: [u8; 8] = *b"fgb\x03fgb\0";

/// A file whose header is written again at the end, when the number of features is known.
pub struct Plain {
    out: BufWriter<File>,
    name: &'static str,
    columns: &'static [&'static str],
    fbb: FlatBufferBuilder<'static>,
    features: u64,
    bounds: [f64; 4],
}

impl Plain {
    /// Starts the file.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn new(out: BufWriter<File>, name: &'static str, columns: &'static [&'static str]) -> io::Result<Self> {
        let bounds = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
        let mut new = Self { out, name, columns, fbb: FlatBufferBuilder::new(), features: 0, bounds };
        let header = new.header();
        new.out.write_all(&MAGIC)?;
        new.out.write_all(&header)?;
        Ok(new)
    }

    /// Adds a feature; `values` stand in the order of the columns.
    ///
    /// # Errors
    /// When the disk is full or gone.
    pub fn add(&mut self, polygon: &Polygon, values: &[&str]) -> io::Result<()> {
        let xy: Vec<f64> = polygon.iter().flatten().flatten().map(|&v| f64::from(v) / 1e7).collect();
        for p in xy.chunks_exact(2) {
            let [w, s, e, n] = self.bounds;
            self.bounds = [w.min(p[0]), s.min(p[1]), e.max(p[0]), n.max(p[1])];
        }
        let ends = polygon.iter().scan(0, |end, ring| {
            *end += ring.len() as u32;
            Some(*end)
        });
        let ends: Vec<u32> = ends.collect();
        let mut properties = Vec::new();
        for (column, value) in (0_u16..).zip(values) {
            properties.extend_from_slice(&column.to_le_bytes());
            properties.extend_from_slice(&(value.len() as u32).to_le_bytes());
            properties.extend_from_slice(value.as_bytes());
        }
        let fbb = &mut self.fbb;
        fbb.reset();
        let (xy, properties) = (Some(fbb.create_vector(&xy)), Some(fbb.create_vector(&properties)));
        let ends = (ends.len() > 1).then(|| fbb.create_vector(&ends));
        let geometry = GeometryArgs { xy, ends, type_: GeometryType::Polygon, ..Default::default() };
        let geometry = Some(Geometry::create(fbb, &geometry));
        let feature = Feature::create(fbb, &FeatureArgs { geometry, properties, ..Default::default() });
        fbb.finish_size_prefixed(feature, None);
        self.features += 1;
        self.out.write_all(fbb.finished_data())
    }

    /// Completes the file.
    ///
    /// # Errors
    /// When the disk is full or gone.
    pub fn finish(mut self) -> io::Result<()> {
        let header = self.header();
        self.out.seek(SeekFrom::Start(MAGIC.len() as u64))?;
        self.out.write_all(&header)?;
        self.out.flush()
    }

    /// Of the same length whatever the number of features and the box.
    fn header(&self) -> Vec<u8> {
        let mut fbb = FlatBufferBuilder::new();
        // A number that is zero would be left out.
        fbb.force_defaults(true);
        let columns: Vec<_> = self
            .columns
            .iter()
            .map(|column| {
                let name = Some(fbb.create_string(column));
                Column::create(&mut fbb, &ColumnArgs { name, type_: ColumnType::String, ..Default::default() })
            })
            .collect();
        let columns = Some(fbb.create_vector(&columns));
        let (org, crs_name) = (Some(fbb.create_string("EPSG")), Some(fbb.create_string("WGS 84")));
        let crs = Some(Crs::create(&mut fbb, &CrsArgs { org, code: 4326, name: crs_name, ..Default::default() }));
        let (name, envelope) = (Some(fbb.create_string(self.name)), Some(fbb.create_vector(&self.bounds)));
        let args = HeaderArgs {
            name,
            envelope,
            geometry_type: GeometryType::Polygon,
            columns,
            features_count: self.features,
            index_node_size: 0,
            crs,
            ..Default::default()
        };
        let header = Header::create(&mut fbb, &args);
        fbb.finish_size_prefixed(header, None);
        fbb.finished_data().to_vec()
    }
}
