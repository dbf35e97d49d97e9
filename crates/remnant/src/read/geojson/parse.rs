//! A feature: its members in any order, and the values that are wanted.

use std::borrow::Cow;

use super::geometry::Decoder;
use super::json::{Broken, Cursor, Raw};
use super::split::{GEOMETRIES, Span, declared};
use crate::read::{DeclaredCrs, Feature, Shape, Value, Wanted};

/// Decodes features, and learns the order of their properties: files repeat it, so that a name is looked up once.
pub(super) struct Parser<'a> {
    bytes: &'a [u8],
    wanted: &'a Wanted,
    crs: &'a DeclaredCrs,
    learnt: Vec<(&'a [u8], Option<u16>)>,
    decoder: Decoder,
}

/// Names beyond this many are looked up each time.
const LEARNT: usize = 512;

impl<'a> Parser<'a> {
    pub(super) fn new(bytes: &'a [u8], wanted: &'a Wanted, crs: &'a DeclaredCrs) -> Self {
        Self { bytes, wanted, crs, learnt: Vec::new(), decoder: Decoder::default() }
    }

    /// Decodes the item of a span.
    pub(super) fn item(&mut self, span: Span, number: u64) -> Result<Feature, Broken> {
        let mut feature = Feature { number, id: None, values: Vec::new(), shape: Shape::Missing, notes: Vec::new() };
        // The text ends for the cursor where the item does, so that a fault can't reach into the next one.
        let mut cursor = Cursor::new(self.bytes.get(..span.end).unwrap_or(self.bytes), span.start);
        if cursor.token() == Some(b'{') {
            self.object(&mut cursor, &mut feature)?;
        } else {
            cursor.skip()?;
            feature.shape = Shape::Unreadable { why: "this element is not an object".into(), bounds: None };
        }
        if cursor.at != span.end {
            return Err(cursor.broken("a feature should end here"));
        }
        feature.notes.append(&mut self.decoder.notes);
        feature.values.sort_by_key(|(slot, _)| *slot);
        Ok(feature)
    }

    fn object(&mut self, cursor: &mut Cursor<'a>, feature: &mut Feature) -> Result<(), Broken> {
        let start = cursor.at;
        cursor.at += 1;
        let mut kind: Option<Cow<'a, str>> = None;
        let (mut geometry, mut properties, mut id) = (0, 0, 0);
        let mut foreign_crs = false;
        let mut more = !cursor.take(b'}');
        while more {
            let key = cursor.key()?;
            match key.plain().unwrap_or_default() {
                b"type" if cursor.token() == Some(b'"') => kind = Some(cursor.string()?.cow()),
                b"geometry" => {
                    geometry += 1;
                    feature.shape = self.decoder.shape(cursor)?;
                }
                b"properties" => {
                    properties += 1;
                    feature.values.clear();
                    self.properties(cursor, feature)?;
                }
                b"id" => {
                    id += 1;
                    feature.id = match self.value(cursor, feature)? {
                        Value::Null => None,
                        Value::Text(text) => Some(text),
                        Value::Int(number) => Some(number.to_string()),
                        Value::Float(number) => Some(number.to_string()),
                        Value::Bool(_) | Value::Date(_) => {
                            feature.notes.push("the feature's id is neither text nor a number; it is not used".into());
                            None
                        }
                    };
                }
                b"crs" => {
                    cursor.token();
                    let start = cursor.at;
                    cursor.skip()?;
                    foreign_crs = declared(cursor.since(start)).0 != *self.crs;
                }
                _ => cursor.skip()?,
            }
            more = cursor.more_members()?;
        }
        for (name, count) in [("geometry", geometry), ("properties", properties), ("id", id)] {
            if count > 1 {
                feature.notes.push(format!("the member `{name}` stands there {count} times; the last one is used"));
            }
        }
        match kind.as_deref() {
            Some("Feature") => {}
            Some(kind) if GEOMETRIES.contains(&kind) => {
                feature.shape = self.decoder.shape(&mut Cursor::new(cursor.bytes, start))?;
                feature.notes.push(format!("a bare {kind} stands where a feature should; it has no values"));
            }
            kind => {
                let found = kind.map_or("none".to_owned(), |k| k.chars().take(40).collect());
                feature.notes.push(format!("the type should be `Feature` and is `{found}`; it is read as one"));
            }
        }
        if foreign_crs {
            let why = "the feature states a coordinate system of its own, other than its layer's".into();
            feature.shape = Shape::Unreadable { why, bounds: None };
        }
        Ok(())
    }

    fn properties(&mut self, cursor: &mut Cursor<'a>, feature: &mut Feature) -> Result<(), Broken> {
        if cursor.token() != Some(b'{') {
            let start = cursor.at;
            cursor.skip()?;
            if cursor.since(start) != b"null" {
                feature.notes.push("the properties are not an object; they are not used".into());
            }
            return Ok(());
        }
        cursor.at += 1;
        let mut position = 0;
        let mut more = !cursor.take(b'}');
        while more {
            let key = cursor.key()?;
            match self.slot(key, position) {
                None => cursor.skip()?,
                Some(slot) => {
                    let value = self.value(cursor, feature)?;
                    match feature.values.iter_mut().find(|(s, _)| *s == slot) {
                        None => feature.values.push((slot, value)),
                        Some((_, held)) => {
                            *held = value;
                            let name: String = key.text().0.chars().take(60).collect();
                            feature.notes.push(format!("the field `{name}` stands there twice; the last one is used"));
                        }
                    }
                }
            }
            position += 1;
            more = cursor.more_members()?;
        }
        Ok(())
    }

    /// The slot of a property's name; most often the name that stood at this position before.
    fn slot(&mut self, key: Raw<'a>, position: usize) -> Option<u16> {
        if let Some((name, slot)) = self.learnt.get(position)
            && *name == key.bytes
        {
            return *slot;
        }
        if let Some((_, slot)) = self.learnt.iter().find(|(name, _)| *name == key.bytes) {
            return *slot;
        }
        let slot = self.wanted.slot(&key.text().0);
        if self.learnt.len() < LEARNT {
            self.learnt.push((key.bytes, slot));
        }
        slot
    }

    fn value(&mut self, cursor: &mut Cursor<'a>, feature: &mut Feature) -> Result<Value, Broken> {
        Ok(match cursor.token() {
            Some(b'"') => {
                let (text, replaced) = cursor.string()?.text();
                if replaced {
                    let shown: String = text.chars().take(60).collect();
                    feature.notes.push(format!("a text is not valid UTF-8 or not validly escaped: {shown}"));
                }
                Value::Text(text)
            }
            Some(b'0'..=b'9' | b'-') if !cursor.rest().starts_with(b"-I") => {
                let digits = cursor.number()?;
                match (digits.parse::<i64>(), digits.parse::<f64>()) {
                    (Ok(whole), _) if digits != "-0" => Value::Int(whole),
                    (_, Ok(number)) if number.is_finite() => Value::Float(number),
                    // Too large for a number: the text can at least be quoted.
                    _ => Value::Text(digits.to_owned()),
                }
            }
            Some(b'{' | b'[') => {
                let start = cursor.at;
                cursor.skip()?;
                Value::Text(String::from_utf8_lossy(cursor.since(start)).into_owned())
            }
            _ => match cursor.word()? {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "NaN" => Value::Float(f64::NAN),
                "Infinity" => Value::Float(f64::INFINITY),
                "-Infinity" => Value::Float(f64::NEG_INFINITY),
                _ => Value::Null,
            },
        })
    }
}
