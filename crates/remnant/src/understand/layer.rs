//! One layer: opened, placed, and its features turned into records in parallel.

use jiff::civil::Date;
use rayon::prelude::*;

use super::aliases::Aliases;
use super::fields::{Fields, Meaning, wanted};
use super::place::{Placement, Placer, crs_of, extent};
use super::records::{Parts, understand};
use crate::crs::{Crs, Operation, lonlat_plausible};
use crate::error::{Error, Location, Result};
use crate::finding::{Code, Finding};
use crate::pipeline::LayerSpec;
use crate::progress::Progress;
use crate::read::{self, Feature, Request, Source};
use crate::report::{Input, Role};
use crate::settings::{DatePolicy, Settings};

/// Features decoded at a time by one thread.
const CHUNK: usize = 1024;

/// A layer whose features are decoded but not yet understood.
pub(crate) struct OpenLayer<'a> {
    spec: &'a LayerSpec,
    number: u32,
    source: Box<dyn Source>,
    features: Vec<Vec<Feature>>,
    extent: Option<[f64; 4]>,
    crs: Crs,
    findings: Vec<Finding>,
    aliases: Option<Aliases>,
}

/// What the records of a layer have in common.
pub(super) struct Context<'a> {
    pub(super) role: Role,
    pub(super) layer: u32,
    pub(super) fields: Fields,
    pub(super) spec: &'a LayerSpec,
    pub(super) dates: DatePolicy,
    pub(super) today: Date,
    pub(super) aliases: Option<&'a Aliases>,
}

impl<'a> OpenLayer<'a> {
    /// Opens a layer, decodes its features and finds out its CRS.
    pub(crate) fn open(spec: &'a LayerSpec, number: u32, progress: &dyn Progress) -> Result<Self> {
        let aliases = spec.aliases.as_deref().map(Aliases::read).transpose()?;
        let wanted = wanted(spec.role, aliases.as_ref().map(|a| a.field.as_str()));
        let request = Request {
            path: &spec.path,
            layer: spec.layer.as_deref(),
            encoding: spec.encoding.as_deref(),
            bearings: spec.bearings,
            wanted: &wanted,
        };
        let source = read::open(&request)?;
        let count = source.len();
        progress.stage(&format!("reading {}", spec.path.display()), count as u64);
        let chunks: Vec<_> = (0..count).step_by(CHUNK).map(|at| at..(at + CHUNK).min(count)).collect();
        let features = chunks
            .into_par_iter()
            .map(|range| {
                let steps = range.len() as u64;
                let features = source.read(range)?;
                if progress.advance(steps) { Err(Error::Interrupted) } else { Ok(features) }
            })
            .collect::<Result<Vec<_>>>()?;
        let read: usize = features.iter().map(Vec::len).sum();
        let place = || Location::file(&spec.path).layer(&source.info().name);
        if read != count {
            let why = format!("{count} features were found and {read} were decoded");
            return Err(Error::failed(
                "features were lost while reading",
                place(),
                why,
                "please report this with the file",
            ));
        }
        let mut findings: Vec<Finding> =
            source.info().notes.iter().map(|note| Finding::of_layer(Code::ReaderNote, number, note)).collect();
        if count == 0 {
            findings.push(Finding::of_layer(Code::EmptyLayer, number, "the layer has no features"));
        }
        let declared = crs_of(&source.info().crs, spec.crs.as_deref(), &place())?;
        let needs_extent = declared.as_ref().is_none_or(|crs| !crs.is_lonlat_wgs84());
        let extent = if needs_extent { extent(&features) } else { None };
        let crs = match declared {
            Some(crs) => crs,
            None => assume(extent, number, &place(), &mut findings)?,
        };
        Ok(Self { spec, number, source, features, extent, crs, findings, aliases })
    }

    /// The area in degrees that the layer needs an operation for; `None` where it needs none.
    fn area(&self) -> Result<Option<[f64; 4]>> {
        if self.crs.is_lonlat_wgs84() {
            return Ok(None);
        }
        let Some(extent) = self.extent else { return Ok(None) };
        let operation = Operation::choose(&self.crs, Some(extent)).map_err(|e| self.no_operation(e))?;
        let placement = Placement { crs: String::new(), operation: Some(operation) };
        let placer = Placer::new(&placement).map_err(|e| self.no_operation(e))?;
        Ok(placer.place_box(extent).map(|[low, high]| {
            let (low, high) = (low.degrees(), high.degrees());
            [low[0], low[1], high[0], high[1]]
        }))
    }

    fn no_operation(&self, why: impl std::fmt::Display) -> Error {
        Error::unusable(
            "the layer's coordinates can't be brought to WGS 84",
            Location::file(&self.spec.path).layer(&self.source.info().name),
            why,
            "reproject the layer to EPSG:4326 with a tool that has the datum shift, or state its CRS another way",
        )
    }

    /// Turns the features into records. `area` is the common area of all layers that need an operation.
    pub(crate) fn understand(mut self, area: Option<[f64; 4]>, settings: &Settings) -> Result<(Input, Parts)> {
        let placement = self.placement(area)?;
        let info = self.source.info();
        let aliases = self.aliases.take();
        let alias_field = aliases.as_ref().map(|a| a.field.as_str());
        let fields = Fields::choose(self.spec.role, alias_field, &info.fields, &self.features);
        let context = Context {
            role: self.spec.role,
            layer: self.number,
            spec: self.spec,
            dates: settings.dates,
            today: settings.today,
            aliases: aliases.as_ref(),
            fields,
        };
        self.check_fields(&context)?;
        let records: u64 = self.features.iter().map(|chunk| chunk.len() as u64).sum();
        let features = std::mem::take(&mut self.features);
        let parts: Vec<Parts> = features
            .into_par_iter()
            .map(|chunk| {
                let placer = Placer::new(&placement).map_err(|e| self.no_operation(e))?;
                let mut parts = Parts::default();
                for feature in chunk {
                    understand(&context, &placer, feature, &mut parts);
                }
                Ok(parts)
            })
            .collect::<Result<_>>()?;
        let mut all = Parts::default();
        all.findings.append(&mut self.findings);
        parts.into_iter().for_each(|part| all.append(part));
        for key in aliases.iter().flat_map(|a| a.unused()) {
            let text = format!("no feature of this layer is the one that the alias table calls {key}");
            all.findings.push(Finding::of_layer(Code::UnusedAlias, self.number, text));
        }
        let operation = placement.operation.as_ref();
        let files = self.source.info().files.iter().chain(aliases.as_ref().map(|a| &a.file));
        let input = Input {
            role: self.spec.role,
            path: self.spec.path.display().to_string(),
            layer: self.source.info().name.clone(),
            format: self.source.info().format.to_owned(),
            crs: placement.crs,
            operation: operation.map_or_else(String::new, |o| o.name().to_owned()),
            accuracy_m: operation.and_then(|o| o.accuracy_m()).map(|m| m.to_string()),
            files: files.map(|f| (f.path.display().to_string(), f.sha256.clone())).collect(),
            records,
            used: all.used,
            repaired: all.repaired,
            set_aside: all.set_aside,
        };
        Ok((input, all))
    }

    fn placement(&mut self, area: Option<[f64; 4]>) -> Result<Placement> {
        if self.crs.is_lonlat_wgs84() {
            return Ok(Placement { crs: "WGS 84 longitude/latitude (OGC:CRS84)".to_owned(), operation: None });
        }
        let crs = match self.crs.authority_code() {
            Some(code) => format!("{} ({code})", self.crs.name()),
            None => self.crs.name().to_owned(),
        };
        let operation = match area {
            Some(area) => Operation::choose_for_area(&self.crs, area),
            None => Operation::choose(&self.crs, self.extent),
        };
        let operation = operation.map_err(|e| self.no_operation(e))?;
        let accuracy = operation.accuracy_m();
        if let Some(note) = operation.note() {
            self.findings.push(Finding::of_layer(Code::CrsAccuracy, self.number, note));
        } else if accuracy.is_none_or(|m| m >= 1.0) {
            let accuracy = accuracy.map_or("not stated".to_owned(), |m| format!("{m} m"));
            let text =
                format!("the layer was brought to WGS 84 by \"{}\", whose accuracy is {accuracy}", operation.name());
            self.findings.push(Finding::of_layer(Code::CrsAccuracy, self.number, text));
        }
        Ok(Placement { crs, operation: Some(operation) })
    }

    /// What a layer must say, or be told by the call.
    fn check_fields(&mut self, context: &Context<'_>) -> Result<()> {
        let any = self.features.iter().any(|chunk| !chunk.is_empty());
        let no_field = |meaning| any && context.fields.name(meaning).is_none();
        if context.role == Role::Hazards && no_field(Meaning::Class) && context.spec.class.is_none() {
            let text = "the layer has no field for the class of hazards, so all are taken as suspected; \
                        name their class with --hazard-class if all are of one";
            self.findings.push(Finding::of_layer(Code::NoClassField, self.number, text));
        }
        if context.role == Role::Releases && no_field(Meaning::Kind) && context.spec.kind.is_none() {
            return Err(Error::unusable(
                "the release layer does not say how its land was released",
                Location::file(&self.spec.path).layer(&self.source.info().name),
                "it has none of the fields kind, release, release_type, activity, activity_type, type",
                "give the kind of all its records with --release-kind cancelled, reduced or cleared, or rename the field",
            ));
        }
        Ok(())
    }
}

/// The CRS of a layer that has none, where its numbers leave no doubt.
fn assume(extent: Option<[f64; 4]>, number: u32, place: &Location, findings: &mut Vec<Finding>) -> Result<Crs> {
    match extent {
        None => Ok(Crs::wgs84()),
        Some(extent) if lonlat_plausible(extent) => {
            let text = "the layer states no coordinate reference system; its coordinates can only be degrees and were taken \
                        as WGS 84 longitude and latitude. State the CRS to be sure";
            findings.push(Finding::of_layer(Code::AssumedCrs, number, text));
            Ok(Crs::wgs84())
        }
        Some([west, south, east, north]) => Err(Error::unusable(
            "the layer has no coordinate reference system",
            place.clone(),
            format!(
                "its file states none, and its coordinates (x {west} to {east}, y {south} to {north}) are not longitude and \
                 latitude"
            ),
            "name the CRS with --crs, for example --crs EPSG:32638",
        )),
    }
}

/// The common area in degrees of all layers that need a coordinate operation, so that all get the same one.
pub(crate) fn common_area(layers: &[OpenLayer<'_>]) -> Result<Option<[f64; 4]>> {
    let mut common: Option<[f64; 4]> = None;
    for layer in layers {
        if let Some(area) = layer.area()? {
            common = Some(
                common.map_or(area, |c| [c[0].min(area[0]), c[1].min(area[1]), c[2].max(area[2]), c[3].max(area[3])]),
            );
        }
    }
    Ok(common)
}
