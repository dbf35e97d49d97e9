//! What the numbers of a layer say about its CRS: taken for granted only where they leave no doubt.
//!
//! *No doubt* means, for a layer that states no CRS: every coordinate lies within 180 by 90 degrees, and the layer lies
//! on the districts, or, without districts, on the other layers that state a CRS; where no layer states one, the first
//! condition has to do. Everything else is an error that says what the numbers look like, and lists the systems that
//! would put the layer on the districts. Numbers that look projected are never guessed: several zones and datums would
//! fit, a few to some hundred metres apart.
//!
//! A stated CRS is contradicted only where no record of the layer could be right: degrees that are all metres, metres
//! that are all degrees, a layer that lies more than a degree from the districts but wholly in their box with its axes
//! swapped.

use super::layer::OpenLayer;
use super::place::{box_in_degrees, common};
use crate::crs::{Crs, lonlat_plausible};
use crate::error::{Error, Result};
use crate::report::Role;

/// How far a layer may lie from the districts and still be theirs, in degrees.
const NEAR: f64 = 1.0;

/// No place on Earth is farther from the origin of a projection in metres.
const FARTHEST_M: f64 = 4.1e7;

/// Gives every layer a CRS or ends the run.
pub(crate) fn settle(layers: &mut [OpenLayer<'_>]) -> Result<()> {
    for layer in layers.iter() {
        unit_fits(layer)?;
    }
    let home = home(layers)?;
    for layer in layers.iter_mut() {
        if layer.crs().is_none() {
            assume(layer, home)?;
        }
    }
    let districts = box_of(layers.iter().filter(|layer| layer.role() == Role::Districts))?;
    for layer in layers.iter().filter(|layer| !matches!(layer.role(), Role::Districts | Role::Coverage)) {
        let (Some(home), Some(own)) = (districts, layer.degrees()?) else { continue };
        if !meet(own, home, NEAR) && within(swapped(own), home) {
            return Err(axes_swapped(layer, own));
        }
    }
    Ok(())
}

/// The box in degrees of the districts that state a CRS, or else of all layers that do.
fn home(layers: &[OpenLayer<'_>]) -> Result<Option<[f64; 4]>> {
    let stated = || layers.iter().filter(|layer| layer.crs().is_some());
    let districts = box_of(stated().filter(|layer| layer.role() == Role::Districts))?;
    if districts.is_some() { Ok(districts) } else { box_of(stated()) }
}

fn box_of<'a, 'b: 'a>(layers: impl Iterator<Item = &'a OpenLayer<'b>>) -> Result<Option<[f64; 4]>> {
    layers.map(OpenLayer::degrees).try_fold(None, |all, own| Ok(common(all, own?)))
}

/// A layer in degrees that holds metres, or the other way round.
fn unit_fits(layer: &OpenLayer<'_>) -> Result<()> {
    let (Some(crs), reach) = (layer.crs(), layer.reach()) else { return Ok(()) };
    let Some(extent) = reach.extent else { return Ok(()) };
    let [x, y] = [[extent[0], extent[2]], [extent[1], extent[3]]];
    let metres = extent.iter().all(|side| side.abs() < FARTHEST_M) && y.iter().any(|y| y.abs() > 1000.0);
    let numbers = format!("x {} to {}, y {} to {}", x[0], x[1], y[0], y[1]);
    if crs.is_geographic() && reach.beyond == reach.placed && metres {
        return Err(Error::unusable(
            "the layer is said to be in degrees, and its coordinates look like metres",
            layer.place(),
            format!("it states {}, and no record lies on Earth: {numbers}", crs.name()),
            "export the layer in the CRS that it states (GeoJSON without a member `crs` is in WGS 84), or state the one \
             that it is in: in GeoJSON by a member `crs`, else as with: ogr2ogr -a_srs EPSG:32638 OUT IN",
        ));
    }
    if !crs.is_geographic() && lonlat_plausible(extent) && reach.placed > 0 {
        return Err(Error::unusable(
            "the layer is said to be in metres or feet, and its coordinates look like degrees",
            layer.place(),
            format!("it states {}, and all its coordinates lie within 180 by 90: {numbers}", crs.name()),
            "state the CRS that the layer is in, as with: ogr2ogr -a_srs EPSG:4326 OUT IN",
        ));
    }
    Ok(())
}

fn assume(layer: &mut OpenLayer<'_>, home: Option<[f64; 4]>) -> Result<()> {
    let Some(extent) = layer.reach().extent else {
        layer.assume_wgs84(None);
        return Ok(());
    };
    let [west, south, east, north] = extent;
    let numbers = format!("x {west} to {east}, y {south} to {north}");
    let none = |why: String, remedy: String| {
        Err(Error::unusable("the layer has no coordinate reference system", layer.place(), why, remedy))
    };
    let remedy =
        |example: &str| format!("name the CRS with --crs, or as crs in the project file, for example {example}");
    if !lonlat_plausible(extent) {
        let fitting = home.map(|home| fitting(extent, home)).unwrap_or_default();
        let fit = match fitting.as_slice() {
            [] => String::new(),
            all => format!("; it would lie on the other layers in {}", all.join(", ")),
        };
        let example = fitting.first().map_or("EPSG:32638", |first| first.split(' ').next().unwrap_or(first));
        let why = format!("its file states none, and its coordinates ({numbers}) are not longitude and latitude{fit}");
        return none(why, remedy(&format!("--crs {example}")));
    }
    let Some(home) = home.filter(|home| !meet(extent, *home, NEAR)) else {
        let agreed = if home.is_some() { " and lie where the other layers do, so they" } else { ", so they" };
        let text = format!(
            "the layer states no coordinate reference system; its coordinates ({numbers}) can be degrees{agreed} were taken \
             as WGS 84 longitude and latitude. State the CRS to be sure"
        );
        layer.assume_wgs84(Some(text));
        return Ok(());
    };
    if meet(swapped(extent), home, NEAR) {
        return Err(axes_swapped(layer, extent));
    }
    let why = format!(
        "its file states none; its coordinates ({numbers}) could be degrees, but then it would lie far from the other \
         layers (longitude {} to {}, latitude {} to {})",
        home[0], home[2], home[1], home[3]
    );
    none(why, remedy("--crs EPSG:4326"))
}

fn axes_swapped(layer: &OpenLayer<'_>, [west, south, east, north]: [f64; 4]) -> Error {
    Error::unusable(
        "the layer looks as if latitude stood before longitude",
        layer.place(),
        format!(
            "its x runs from {west} to {east} and its y from {south} to {north}; so it lies far from the other layers, and \
             with x and y swapped it lies on them"
        ),
        "export the layer with longitude (or easting) first",
    )
}

/// The systems in common use in which an extent lies where it should, by code and name.
fn fitting(extent: [f64; 4], home: [f64; 4]) -> Vec<String> {
    // Zones of six degrees from 180 W, those of the home and their neighbours.
    let zone = |longitude: f64| ((longitude + 180.0) / 6.0).floor() as i32 + 1;
    let zones = (zone(home[0]) - 1).max(1)..=(zone(home[2]) + 1).min(60);
    let hemisphere = if home[1] + home[3] >= 0.0 { 32600 } else { 32700 };
    let utm = zones.clone().map(|zone| hemisphere + zone);
    // Pulkovo 1942, Gauss-Krueger: EPSG has zones 2 to 32, with the zone before the easting and without it.
    let eastern = zones.map(|zone| zone - 30).filter(|zone| (2..=32).contains(zone));
    let gauss = eastern.flat_map(|zone| [28400 + zone, 28460 + zone]);
    let codes = utm.chain(gauss).chain([3857]).map(|code| format!("EPSG:{code}"));
    let fits = |code: &String| {
        let crs = Crs::parse(code).ok()?;
        let own = box_in_degrees(&crs, extent).ok()??;
        meet(own, home, 0.0).then(|| format!("{code} ({})", crs.name()))
    };
    codes.filter_map(|code| fits(&code)).collect()
}

fn swapped([west, south, east, north]: [f64; 4]) -> [f64; 4] {
    [south, west, north, east]
}

/// Whether two boxes come within a distance of each other.
fn meet(one: [f64; 4], other: [f64; 4], distance: f64) -> bool {
    one[0] <= other[2] + distance
        && other[0] <= one[2] + distance
        && one[1] <= other[3] + distance
        && other[1] <= one[3] + distance
}

fn within(inner: [f64; 4], outer: [f64; 4]) -> bool {
    outer[0] <= inner[0] && outer[1] <= inner[1] && inner[2] <= outer[2] && inner[3] <= outer[3]
}
