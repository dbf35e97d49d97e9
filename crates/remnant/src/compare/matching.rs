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
    let same = |a: &Record, b: &Record| {
        (&a.class, &a.date, &a.shape, &a.stated, &a.fate) == (&b.class, &b.date, &b.shape, &b.stated, &b.fate)
    };
    let close = |a: &Record, b: &Record| a.shape == b.shape;
    let any = |_: &Record, _: &Record| true;
    for with_layer in [true, false] {
        let key = |r: &'a Record| (r.kind.as_str(), r.id.as_str(), if with_layer { r.layer.as_str() } else { "" });
        for alike in [&same as &dyn Fn(&Record, &Record) -> bool, &close, &any] {
            let mut free: HashMap<_, Vec<usize>> = HashMap::new();
            // Turned round, so that the first one is the last of its list.
            for at in (0..old.len()).rev().filter(|&at| !taken[at]) {
                free.entry(key(&old[at])).or_default().push(at);
            }
            for (at, partner) in partner.iter_mut().enumerate().filter(|(_, partner)| partner.is_none()) {
                let Some(list) = free.get_mut(&key(&new[at])) else { continue };
                // Few records share a name; a list of millions would be one of records without a name of their own, and
                // the first fitting one is near its end.
                let Some(place) = list.iter().rposition(|&n| alike(&old[n], &new[at])) else { continue };
                let number = list.remove(place);
                taken[number] = true;
                *partner = Some(number);
            }
        }
    }
    let both = new.iter().zip(&partner).map(|(new, at)| Pair { old: at.map(|at| &old[at]), new: Some(new) });
    let went = old.iter().zip(&taken).filter(|(_, taken)| !**taken).map(|(old, _)| Pair { old: Some(old), new: None });
    both.chain(went).collect()
}
