//! The pass over a document: where each placemark stands, in which folder, and what the document says of itself.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::read::xml::{Broken, Node, Tag, Walker};

/// The elements that are geometries.
pub(super) const GEOMETRIES: [&str; 6] = ["Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Model"];

/// Names of fields beyond this many are not listed.
const LISTED: usize = 4096;

/// Which prefixes mean KML in a document.
#[derive(Debug, Clone, Default)]
pub(super) struct Vocabulary {
    prefixes: HashSet<String>,
    /// The namespace of the root, whatever it is.
    own: Option<String>,
}

impl Vocabulary {
    /// By the root of a document. Many files declare no namespace, or one of their own: that of the root is KML's.
    fn of(root: &Tag<'_>) -> Self {
        let declared = root.namespaces();
        let own = declared.iter().find(|(prefix, _)| *prefix == root.prefix()).map(|(_, name)| name.as_str());
        let kml = |name: &str| Some(name) == own || is_kml(name);
        let mut prefixes: HashSet<String> =
            declared.iter().filter(|(_, name)| kml(name)).map(|(prefix, _)| prefix.clone()).collect();
        prefixes.insert(root.prefix());
        Self { prefixes, own: own.map(str::to_owned) }
    }

    /// Whether an element is one of KML.
    pub(super) fn knows(&self, tag: &Tag<'_>) -> bool {
        let prefix = tag.prefix();
        let redeclared = tag.namespaces().into_iter().find(|(p, _)| *p == prefix);
        match redeclared {
            Some((_, name)) => is_kml(&name) || self.own.as_ref() == Some(&name),
            None => self.prefixes.contains(&prefix),
        }
    }
}

fn is_kml(namespace: &str) -> bool {
    namespace.starts_with("http://www.opengis.net/kml/") || namespace.starts_with("http://earth.google.com/kml/")
}

/// The types of fields that a `Schema` gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldType {
    Text,
    Whole,
    Number,
    Truth,
}

/// What a `Schema` says: the types of its fields, by name.
pub(super) type Schema = HashMap<String, FieldType>;

/// Where a placemark stands in its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    /// The container whose layer it belongs to, in [`Layout::containers`].
    pub(super) container: Option<usize>,
}

/// What the pass found.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) vocabulary: Vocabulary,
    pub(super) placemarks: Vec<Span>,
    /// The names of folders and documents.
    pub(super) containers: Vec<String>,
    /// By id, and by name for files of KML 2.0.
    pub(super) schemas: HashMap<String, Schema>,
    /// Elements that stand for `Placemark` in files of KML 2.0.
    pub(super) aliases: HashSet<String>,
    pub(super) fields: Vec<String>,
    /// What network links point at.
    pub(super) links: Vec<String>,
    /// How many overlays and tours there are, which show no places of records.
    pub(super) overlays: usize,
    pub(super) timestamps: bool,
    pub(super) tables: bool,
    pub(super) doctype: bool,
    pub(super) entity: Option<String>,
    /// Whether `NetworkLinkControl` asks for changes of another file.
    pub(super) update: bool,
}

/// An open folder or document.
struct Container {
    depth: usize,
    at: usize,
    /// The container whose name is the layer's of what lies in it.
    layer: usize,
    folder: bool,
}

/// Goes over a whole document.
pub(super) fn scan(text: &str) -> Result<Layout, Broken> {
    let mut walker = Walker::new(text);
    let mut scan = Scan { layout: Layout::default(), open: Vec::new(), listed: BTreeSet::new() };
    let mut rooted = false;
    loop {
        let start = walker.at();
        match walker.next()? {
            Node::Open(tag) if !rooted => {
                rooted = true;
                scan.layout.vocabulary = Vocabulary::of(&tag);
                scan.root(&tag, start, &mut walker)?;
            }
            Node::Open(_) if walker.depth() == 1 => {
                return Err(walker.broken("a second root element begins after the end of the first"));
            }
            Node::Open(tag) => scan.element(&tag, start, &mut walker)?,
            Node::Close => {
                while scan.open.last().is_some_and(|c| c.depth > walker.depth()) {
                    scan.open.pop();
                }
            }
            Node::Text(text) if walker.depth() == 0 && !text.trim_matches(['\u{feff}', '\0']).trim().is_empty() => {
                return Err(walker.broken("text stands outside the root element"));
            }
            Node::Text(_) => {}
            Node::End => break,
        }
    }
    if !rooted {
        return Err(walker.broken("there is no root element"));
    }
    scan.layout.doctype = walker.doctype;
    scan.layout.entity = walker.unknown_entity;
    Ok(scan.layout)
}

struct Scan {
    layout: Layout,
    open: Vec<Container>,
    listed: BTreeSet<String>,
}

impl Scan {
    /// The root: mostly `kml`, but phones send bare features and geometries.
    fn root(&mut self, tag: &Tag<'_>, start: usize, walker: &mut Walker<'_>) -> Result<(), Broken> {
        let local = tag.local();
        match local.as_str() {
            "kml" => Ok(()),
            "Document" | "Folder" | "Placemark" => self.element(tag, start, walker),
            geometry if GEOMETRIES.contains(&geometry) => {
                walker.skip()?;
                self.layout.placemarks.push(Span { start, end: walker.at(), container: None });
                Ok(())
            }
            _ => {
                let name: String = local.chars().take(40).collect();
                Err(Broken { at: start, why: format!("the root element is `{name}`, and that of KML is `kml`") })
            }
        }
    }

    fn element(&mut self, tag: &Tag<'_>, start: usize, walker: &mut Walker<'_>) -> Result<(), Broken> {
        let local = tag.local();
        if local == "Tour" || local == "AnimatedUpdate" {
            self.layout.overlays += 1;
            return walker.skip();
        }
        // What lies in an element that is not known may be a placemark all the same.
        if !self.layout.vocabulary.knows(tag) {
            return Ok(());
        }
        match local.as_str() {
            "Document" | "Folder" => self.container(local == "Folder", walker.depth()),
            "Placemark" => return self.placemark(start, walker),
            alias if self.layout.aliases.contains(alias) => return self.placemark(start, walker),
            "name" => {
                // The name of the folder that it stands in directly.
                let depth = walker.depth();
                let name = walker.text()?;
                if let Some(container) = self.open.last().filter(|c| c.depth + 1 == depth)
                    && let Some(held) = self.layout.containers.get_mut(container.at)
                {
                    held.clear();
                    held.push_str(name.trim());
                }
            }
            "Schema" => return self.schema(tag, walker),
            "NetworkLink" => return self.link(walker),
            "NetworkLinkControl" => {
                self.layout.update = true;
                return walker.skip();
            }
            "GroundOverlay" | "PhotoOverlay" | "ScreenOverlay" => {
                self.layout.overlays += 1;
                return walker.skip();
            }
            "Style" | "StyleMap" | "description" | "Snippet" | "Region" | "LookAt" | "Camera" => return walker.skip(),
            _ => {}
        }
        Ok(())
    }

    /// A layer is the outermost folder; what lies in no folder belongs to its innermost document.
    fn container(&mut self, folder: bool, depth: usize) {
        let at = self.layout.containers.len();
        let outer = self.open.iter().find(|c| c.folder).map(|c| c.at);
        self.layout.containers.push(String::new());
        self.open.push(Container { depth, at, layer: outer.unwrap_or(at), folder });
    }

    fn placemark(&mut self, start: usize, walker: &mut Walker<'_>) -> Result<(), Broken> {
        let outside = walker.depth() - 1;
        while walker.depth() > outside {
            let Node::Open(tag) = walker.next()? else { continue };
            let level = walker.depth() - outside - 1;
            match (tag.local().as_str(), level) {
                ("Data" | "SimpleData", _) => {
                    if let Some(name) = tag.attribute("name") {
                        self.list(name.trim());
                    }
                }
                ("name", 1) => self.list("name"),
                ("description", 1) => {
                    self.list("description");
                    self.layout.tables |= walker.text()?.to_ascii_lowercase().contains("<table");
                }
                ("when", 2) => {
                    self.layout.timestamps = true;
                    self.list("timestamp");
                }
                (local @ ("begin" | "end"), 2) => self.list(local),
                ("Placemark", _) if self.layout.vocabulary.knows(&tag) => {
                    return Err(walker.broken("a placemark lies in another one"));
                }
                _ => {}
            }
        }
        let container = self.open.last().map(|c| c.layer);
        self.layout.placemarks.push(Span { start, end: walker.at(), container });
        Ok(())
    }

    fn list(&mut self, name: &str) {
        if self.listed.len() < LISTED && !self.listed.contains(name) {
            self.listed.insert(name.to_owned());
            self.layout.fields.push(name.to_owned());
        }
    }

    fn schema(&mut self, tag: &Tag<'_>, walker: &mut Walker<'_>) -> Result<(), Broken> {
        let name = tag.attribute("name").unwrap_or_default();
        let id = tag.attribute("id").unwrap_or_else(|| name.clone());
        let mut schema = Schema::new();
        let outside = walker.depth() - 1;
        let mut parent = tag.attribute("parent");
        while walker.depth() > outside {
            let Node::Open(tag) = walker.next()? else { continue };
            match tag.local().as_str() {
                "SimpleField" | "SimpleArrayField" => {
                    let Some(field) = tag.attribute("name") else { continue };
                    let kind = match tag.attribute("type").unwrap_or_default().trim() {
                        "int" | "uint" | "short" | "ushort" => FieldType::Whole,
                        "float" | "double" => FieldType::Number,
                        "bool" => FieldType::Truth,
                        _ => FieldType::Text,
                    };
                    schema.insert(field.trim().to_owned(), kind);
                }
                "parent" => parent = Some(walker.text()?),
                _ => {}
            }
        }
        if parent.is_some_and(|p| p.trim() == "Placemark") && !name.is_empty() {
            self.layout.aliases.insert(name.clone());
            self.layout.schemas.insert(name, schema.clone());
        }
        self.layout.schemas.insert(id, schema);
        Ok(())
    }

    fn link(&mut self, walker: &mut Walker<'_>) -> Result<(), Broken> {
        let outside = walker.depth() - 1;
        let before = self.layout.links.len();
        while walker.depth() > outside {
            if let Node::Open(tag) = walker.next()?
                && tag.local() == "href"
            {
                self.layout.links.push(walker.text()?.trim().to_owned());
            }
        }
        if self.layout.links.len() == before {
            self.layout.links.push(String::new());
        }
        Ok(())
    }
}
