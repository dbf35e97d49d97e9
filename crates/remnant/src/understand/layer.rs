//! One layer: opened, placed, and its features turned into records in parallel.

use std::cell::Cell;
use std::ops::Range;
use std::path::Path;

use jiff::civil::Date;
use rayon::prelude::*;

use super::aliases::Aliases;
use super::fields::{Fields, Meaning, wanted};
use super::in_order::in_order;
use super::mapping::{self, FieldNames};
use super::place::{Placement, Placer, Reach, box_in_degrees, crs_of};
use super::records::{Parts, understand};
use super::seen::Seen;
use crate::crs::{Crs, Operation};
use crate::error::{Error, FAULT, Location, Result};
use crate::finding::{Code, Finding};
use crate::guard;
use crate::pipeline::LayerSpec;
use crate::progress::{Progress, share};
use crate::read::{self, Digest, Feature, Limits, Request, Source, garbled};
use crate::report::{Input, Role};
use crate::settings::{DatePolicy, Settings};
use crate::store::{self, Store, Watch};

/// Features that one thread takes at a time, at most.
const CHUNK: usize = 1024;

/// Bytes of a file that it takes at a time where features are large; but no layer falls into more than so many parts on that
/// account.
const CHUNK_BYTES: u64 = 1 << 19;
const PARTS: usize = 64;

/// Features decoded at a time: few enough for a processor's own memory.
const BITE: usize = 64;

/// A layer that was gone over once.
///
/// Features are never kept: a layer in longitude and latitude on WGS 84 is understood in the same pass, any other one
/// is decoded again once it is known where it lies, and by which operation it comes there.
pub(crate) struct OpenLayer<'a> {
    spec: &'a LayerSpec,
    number: u32,
    source: Box<dyn Source>,
    seen: Seen,
    /// The records, and the fields by which they were understood.
    understood: Option<(Fields, Parts)>,
    crs: Option<Crs>,
    findings: Vec<Finding>,
    aliases: Option<Aliases>,
}

/// An operation worse than this is a warning, in metres: with it, a minefield may lie on the other side of a road.
const COARSE_M: f64 = 5.0;

/// What the records of a layer have in common.
pub(super) struct Context<'a> {
    pub(super) role: Role,
    pub(super) layer: u32,
    pub(super) fields: Fields,
    pub(super) spec: &'a LayerSpec,
    pub(super) dates: DatePolicy,
    pub(super) today: Date,
    pub(super) aliases: Option<&'a Aliases>,
    pub(super) limits: Limits,
}

/// A layer whose file is open, and of whose features nothing is known yet.
pub(crate) struct OpenSource<'a> {
    spec: &'a LayerSpec,
    source: Box<dyn Source>,
    aliases: Option<Aliases>,
}

impl<'a> OpenSource<'a> {
    /// Opens the file of a layer.
    pub(crate) fn of(spec: &'a LayerSpec, settings: &Settings) -> Result<Self> {
        let aliases = spec.aliases.as_deref().map(Aliases::read).transpose()?;
        let wanted = wanted(spec.role, aliases.as_ref().map(|a| a.field.as_str()), &spec.mapping);
        let request = Request {
            path: &spec.path,
            layer: spec.layer.as_deref(),
            encoding: spec.encoding.as_deref(),
            bearings: spec.bearings,
            wanted: &wanted,
            limits: settings.limits,
        };
        let source = read::open(&request)?;
        Ok(Self { spec, source, aliases })
    }

    /// The bytes of its files.
    pub(crate) fn bytes(&self) -> u64 {
        self.source.info().files.iter().map(|file| file.size).sum()
    }
}

impl<'a> OpenLayer<'a> {
    /// Goes over the features of a layer and finds out its CRS. `progress` is told that this leads from one share of the work
    /// to another.
    pub(crate) fn open(
        opened: OpenSource<'a>,
        number: u32,
        settings: &Settings,
        store: &Store,
        progress: &dyn Progress,
        (from, to): (f64, f64),
    ) -> Result<Self> {
        let OpenSource { spec, source, aliases } = opened;
        let place = Location::file(&spec.path).layer(&source.info().name);
        let crs = crs_of(&source.info().crs, spec.crs.as_deref(), &place)?;
        let notes = source.info().notes.iter();
        let mut findings: Vec<Finding> = notes.map(|note| Finding::of_layer(Code::ReaderNote, number, note)).collect();
        if source.is_empty() {
            findings.push(Finding::of_layer(Code::EmptyLayer, number, "the layer has no features"));
        }
        let (seen, understood) = (Seen::default(), None);
        let mut layer = Self { spec, number, source, seen, understood, crs, findings, aliases };
        progress.stage(&format!("reading {}", spec.path.display()), layer.source.len() as u64);
        progress.outlook(from, to);
        if layer.crs.as_ref().is_some_and(Crs::is_lonlat_wgs84) && layer.aliases.is_none() {
            // Without a schema, the first features tell which fields there are; should later ones have others that
            // matter, the layer is gone over again.
            let slots = if layer.source.info().fields.is_empty() {
                Seen::of(&decoded(layer.source.as_ref(), 0..layer.source.len().min(CHUNK), &spec.path)?).slots
            } else {
                Vec::new()
            };
            let fields = layer.choose(&slots);
            let context = layer.context(fields, None, settings);
            let (seen, parts) = layer.pass(Some((&context, &Placement::wgs84())), store, progress)?;
            let understood = Some((context.fields, parts));
            (layer.seen, layer.understood) = (seen, understood);
        } else {
            layer.seen = layer.pass(None, store, progress)?.0;
        }
        Ok(layer)
    }

    /// Goes over all features; understands them, where it is known how.
    fn pass(
        &self,
        how: Option<(&Context<'_>, &Placement)>,
        store: &Store,
        progress: &dyn Progress,
    ) -> Result<(Seen, Parts)> {
        let count = self.source.len();
        let chunk = self.chunk();
        let room_for = |records| Parts::with_room(self.spec.role, if how.is_some() { records } else { 0 });
        let part = |number: usize| {
            let range = number * chunk..((number + 1) * chunk).min(count);
            let (mut seen, mut parts) = (Seen::default(), room_for(range.len()));
            let placer = how.map(|(_, placement)| Placer::new(placement));
            let placer = placer.transpose().map_err(|e| self.no_operation(e))?;
            for start in range.clone().step_by(BITE) {
                let bite = start..range.end.min(start + BITE);
                let features = decoded(self.source.as_ref(), bite, &self.spec.path)?;
                seen.look(&features);
                let Some(((context, _), placer)) = how.zip(placer.as_ref()) else { continue };
                let at = Cell::new(0);
                let place = || self.place().feature(at.get());
                guard::caught("understanding a feature", place, || {
                    for feature in features {
                        at.set(feature.number);
                        understand(context, placer, feature, &mut parts);
                    }
                    Ok(())
                })?;
            }
            store::together(&mut parts.survey);
            if progress.advance(range.len() as u64) { Err(Error::Interrupted) } else { Ok((seen, parts)) }
        };
        let begun = (Seen::default(), room_for(count), Watch::new(store));
        let add = |(seen, parts, watch): &mut (Seen, Parts, Watch<'_>), (more_seen, more_parts)| {
            seen.append(more_seen);
            parts.append(more_parts);
            watch.look(&mut parts.survey)
        };
        let (seen, mut parts, watch) = in_order(count.div_ceil(chunk), begun, part, add)?;
        watch.end(&mut parts.survey)?;
        if seen.features != count {
            let why = format!("{count} features were found and {} were decoded", seen.features);
            return Err(Error::failed(
                "features were lost while reading",
                self.place(),
                why,
                "please report this with the file",
            ));
        }
        Ok((seen, parts))
    }

    /// How many of its features one thread takes at a time.
    fn chunk(&self) -> usize {
        let (count, bytes) = (self.source.len() as u64, self.files().map(|file| file.size).sum::<u64>());
        let fit = CHUNK_BYTES.saturating_mul(count) / bytes.max(1);
        let least = self.source.len().div_ceil(PARTS).clamp(1, CHUNK);
        usize::try_from(fit).unwrap_or(CHUNK).clamp(least, CHUNK)
    }

    /// What its fields mean, where features have these slots.
    fn choose(&self, slots: &[bool]) -> Fields {
        let alias = self.aliases.as_ref().map(|a| a.field.as_str());
        Fields::choose(self.spec.role, alias, &self.spec.mapping, &self.source.info().fields, slots)
    }

    fn context<'c>(&self, fields: Fields, aliases: Option<&'c Aliases>, settings: &Settings) -> Context<'c>
    where
        'a: 'c,
    {
        Context {
            role: self.spec.role,
            layer: self.number,
            spec: self.spec,
            dates: settings.dates,
            today: settings.today,
            aliases,
            limits: settings.limits,
            fields,
        }
    }

    /// Every file that was read for it.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Digest> {
        self.source.info().files.iter().chain(self.aliases.as_ref().map(|a| &a.file))
    }

    /// What it is read as.
    pub(super) fn role(&self) -> Role {
        self.spec.role
    }

    /// Where it is, for messages.
    pub(super) fn place(&self) -> Location {
        Location::file(&self.spec.path).layer(&self.source.info().name)
    }

    /// Its CRS; `None` where nobody has stated one.
    pub(super) fn crs(&self) -> Option<&Crs> {
        self.crs.as_ref()
    }

    /// Where its coordinates lie, in its own CRS.
    pub(super) fn reach(&self) -> Reach {
        self.seen.reach
    }

    /// Takes it for longitude and latitude on WGS 84, with a finding.
    pub(super) fn assume_wgs84(&mut self, why: Option<String>) {
        self.crs = Some(Crs::wgs84());
        self.findings.extend(why.map(|why| Finding::of_layer(Code::AssumedCrs, self.number, why)));
    }

    fn needs_operation(&self) -> Option<&Crs> {
        self.crs.as_ref().filter(|crs| !crs.is_lonlat_wgs84())
    }

    /// The box of the layer in degrees; `None` where it has no CRS yet or no coordinates.
    pub(super) fn degrees(&self) -> Result<Option<[f64; 4]>> {
        if self.crs.as_ref().is_some_and(Crs::is_lonlat_wgs84) { Ok(self.seen.reach.on_earth) } else { self.area() }
    }

    /// The area in degrees that the layer needs an operation for; `None` where it needs none.
    fn area(&self) -> Result<Option<[f64; 4]>> {
        let (Some(crs), Some(extent)) = (self.needs_operation(), self.seen.reach.extent) else { return Ok(None) };
        box_in_degrees(crs, extent).map_err(|e| self.no_operation(e))
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
    pub(crate) fn understand(
        mut self,
        area: Option<[f64; 4]>,
        settings: &Settings,
        store: &Store,
        progress: &dyn Progress,
    ) -> Result<(Input, Parts)> {
        let placement = self.placement(area)?;
        let fields = self.choose(&self.seen.slots);
        let aliases = self.aliases.take();
        let context = self.context(fields, aliases.as_ref(), settings);
        self.check_fields(&context)?;
        self.check_texts(&context.fields);
        let records = self.seen.features as u64;
        let mut all = match self.understood.take() {
            Some((fields, parts)) if fields == context.fields => parts,
            _ => {
                let path = self.spec.path.display();
                progress.stage(&format!("understanding {path}"), records);
                progress.outlook(share::READ, share::UNDERSTOOD);
                self.pass(Some((&context, &placement)), store, progress)?.1
            }
        };
        all.findings.splice(0..0, self.findings.drain(..));
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
        let Some(crs) = self.needs_operation() else {
            return Ok(Placement::wgs84());
        };
        let name = match crs.authority_code() {
            Some(code) => format!("{} ({code})", crs.name()),
            None => crs.name().to_owned(),
        };
        let operation = match (&self.spec.operation, area) {
            (Some(code), area) => Operation::named(crs, area.unwrap_or([-180.0, -90.0, 180.0, 90.0]), code),
            (None, Some(area)) => Operation::choose_for_area(crs, area),
            (None, None) => Operation::choose(crs, self.seen.reach.extent),
        };
        let operation = operation.map_err(|e| self.no_operation(e))?;
        let accuracy = operation.accuracy_m();
        let coarse = accuracy.is_none_or(|m| m > COARSE_M) || operation.is_doubtful();
        let code = if coarse { Code::CoarseShift } else { Code::CrsAccuracy };
        if operation.note().is_some() || accuracy.is_none_or(|m| m >= 1.0) {
            let accuracy = accuracy.map_or("not stated".to_owned(), |m| format!("{m} m"));
            let note = operation.note().map(|note| format!("; {note}")).unwrap_or_default();
            let text = format!(
                "the layer was brought to WGS 84 by \"{}\", whose accuracy is {accuracy}{note}",
                operation.name()
            );
            self.findings.push(Finding::of_layer(code, self.number, text));
        }
        Ok(Placement { crs: name, operation: Some(operation) })
    }

    /// The fields that the layer has, for messages; unknown where they can't be found out.
    fn fields(&self, limits: Limits) -> Vec<String> {
        let (layer, encoding) = (self.spec.layer.as_deref(), self.spec.encoding.as_deref());
        read::field_names(&self.spec.path, layer, encoding, limits).unwrap_or_default()
    }

    /// The error about a field that the project file names and the layer has not.
    fn no_such_field(&self, word: &str, said: &FieldNames, limits: Limits) -> Error {
        let fields = self.fields(limits);
        let there: Vec<&str> = fields.iter().map(String::as_str).collect();
        let at = said.demanded.as_deref().unwrap_or_default();
        let names = said.names.join(", ");
        let near = said.names.iter().find_map(|name| mapping::nearest(name, &there));
        let near = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        let all = if there.is_empty() { "it has no fields".to_owned() } else { format!("it has {}", there.join(", ")) };
        Error::unusable(
            format!("the layer has no field {names}, which is said to be its {word}"),
            self.place().field(word),
            format!("{at} maps fields.{word}; {all}{near}"),
            format!("name one of the layer's fields in fields.{word}, or take that line out"),
        )
    }

    /// Text that seems to have been read in the wrong encoding, field by field.
    fn check_texts(&mut self, fields: &Fields) {
        let found = fields
            .names()
            .into_par_iter()
            .filter_map(|(slot, name)| garbled(self.seen.texts(slot)).map(|garbled| garbled.told(name)));
        let found: Vec<String> = found.collect();
        self.findings.extend(found.into_iter().map(|text| Finding::of_layer(Code::GarbledText, self.number, text)));
    }

    /// What a layer must say, or be told by the call.
    fn check_fields(&mut self, context: &Context<'_>) -> Result<()> {
        let any = self.seen.features > 0;
        // A layer without features may well have no schema either.
        if let Some((word, said)) = context.fields.missing(context.role, &self.spec.mapping).filter(|_| any) {
            return Err(self.no_such_field(word, said, context.limits));
        }
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
                format!(
                    "it has none of the fields kind, release, release_type, activity, activity_type, type; it has {}",
                    self.fields(context.limits).join(", ")
                ),
                "give the kind of all its records with --release-kind cancelled, reduced or cleared, or map the field in \
                 the project file: fields.kind = \"NAME\"",
            ));
        }
        Ok(())
    }
}

/// The features of a range. Where a reader panics, they are read one by one to name the one that it panics at.
fn decoded(source: &dyn Source, range: Range<usize>, path: &Path) -> Result<Vec<Feature>> {
    let place = || Location::file(path).layer(&source.info().name);
    let read = |range: Range<usize>, place: &dyn Fn() -> Location| {
        guard::caught("reading a feature", place, || source.read(range))
    };
    let all = read(range.clone(), &place);
    let Err(Error::Failed(trouble)) = &all else { return all };
    if trouble.what == FAULT {
        for at in range {
            read(at..at + 1, &|| place().feature(at as u64 + 1))?;
        }
    }
    all
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
