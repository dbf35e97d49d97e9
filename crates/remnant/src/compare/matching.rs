//! Which record of one run is which of another.

use std::collections::HashMap;

use super::folder::Record;

/// A record of either run, or of both.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) old: Option<&'a Record>,
    pub(super) new: Option<&'a Record>,
}

/// Pairs the records of two runs: by kind, layer and id, and what is left by kind and id alone, since files are renamed
/// more often than records. Of several records of one name, those that are equal in all that is known belong together,
/// then those that come first. In the order of the new run; what went is at the end, in the order of the old one.
pub(super) fn pairs<'a>(old: &'a [Record], new: &'a [Record]) -> Vec<Pair<'a>> {
    let mut partner: Vec<Option<usize>> = vec![None; new.len()];
    let mut taken = vec![false; old.len()];
    for with_layer in [true, false] {
        for alike in [Alike::Wholly, Alike::InShape, Alike::InName] {
            let mut free: HashMap<Key<'_>, Vec<usize>> = HashMap::new();
            // Turned round, so that the first one is the last of its list.
            for at in (0..old.len()).rev().filter(|&at| !taken[at]) {
                free.entry(alike.key(&old[at], with_layer)).or_default().push(at);
            }
            for (at, partner) in partner.iter_mut().enumerate().filter(|(_, partner)| partner.is_none()) {
                let found = free.get_mut(&alike.key(&new[at], with_layer)).and_then(Vec::pop);
                if let Some(number) = found {
                    taken[number] = true;
                    *partner = Some(number);
                }
            }
        }
    }
    let both = new.iter().zip(&partner).map(|(new, at)| Pair { old: at.map(|at| &old[at]), new: Some(new) });
    let went = old.iter().zip(&taken).filter(|(_, taken)| !**taken).map(|(old, _)| Pair { old: Some(old), new: None });
    both.chain(went).collect()
}

/// How alike records must be to be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alike {
    Wholly,
    InShape,
    InName,
}

type Key<'a> = [&'a str; 8];

impl Alike {
    fn key(self, record: &Record, with_layer: bool) -> Key<'_> {
        let layer = if with_layer { record.layer.as_str() } else { "" };
        let mut key = [record.kind.as_str(), &record.id, layer, "", "", "", "", ""];
        if self != Self::InName {
            key[3] = &record.shape;
        }
        if self == Self::Wholly {
            [key[4], key[5], key[6], key[7]] = [&record.class, &record.date, &record.stated, &record.fate];
        }
        key
    }
}
