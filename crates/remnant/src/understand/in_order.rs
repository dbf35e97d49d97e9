//! Work in parallel whose results are gathered in their order.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::error::{Error, Result};

/// What is there of the results.
struct Gathered<T, A> {
    all: A,
    /// The number of results that are in `all`.
    count: usize,
    /// Results that came before one that has a lower number.
    early: BTreeMap<usize, T>,
    /// The failure with the lowest number.
    failure: Option<(usize, Error)>,
}

/// Does `part` of every number below `count` in parallel, the lowest first, and adds the results to `begun` in the order
/// of their numbers. Few results wait at a time, so that all of them never take memory beside what they are added to.
///
/// # Errors
/// That of the lowest number that fails.
pub(super) fn in_order<T: Send, A: Send>(
    count: usize,
    begun: A,
    part: impl Fn(usize) -> Result<T> + Sync,
    add: impl Fn(&mut A, T) -> Result<()> + Sync,
) -> Result<A> {
    let gathered = Mutex::new(Gathered { all: begun, count: 0, early: BTreeMap::new(), failure: None });
    let next = AtomicUsize::new(0);
    let worker = |_: usize| {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return;
            }
            let done = part(number);
            let mut held = gathered.lock().unwrap_or_else(PoisonError::into_inner);
            let Gathered { all, count: so_far, early, failure } = &mut *held;
            match done {
                Ok(result) => {
                    early.insert(number, result);
                    while let Some(result) = early.remove(so_far) {
                        if let Err(error) = add(all, result) {
                            failure.get_or_insert((*so_far, error));
                        }
                        *so_far += 1;
                    }
                }
                Err(error) => {
                    if failure.as_ref().is_none_or(|first| number < first.0) {
                        *failure = Some((number, error));
                    }
                }
            }
            if failure.is_some() {
                return;
            }
        }
    };
    // A worker takes what comes next when it is free, so that none waits for another.
    (0..rayon::current_num_threads().min(count)).into_par_iter().with_max_len(1).for_each(worker);
    let Gathered { all, failure, .. } = gathered.into_inner().unwrap_or_else(PoisonError::into_inner);
    failure.map_or(Ok(all), |(_, error)| Err(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Location;

    #[test]
    fn results_come_in_order_whatever_they_take() {
        for count in [0, 1, 2, 1000] {
            let part = |number: usize| {
                std::thread::sleep(std::time::Duration::from_micros(number as u64 * 7919 % 40));
                Ok(number)
            };
            let add = |all: &mut Vec<usize>, number| {
                all.push(number);
                Ok(())
            };
            let all = in_order(count, Vec::new(), part, add).expect("no failure");
            assert_eq!(all, (0..count).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_first_failure_is_told_whichever_comes_first() {
        for _ in 0..50 {
            let part = |number: usize| match number {
                40 | 41 | 60 => {
                    std::thread::sleep(std::time::Duration::from_micros(if number == 40 { 300 } else { 0 }));
                    Err(Error::unusable(number.to_string(), Location::default(), "", ""))
                }
                _ => Ok(()),
            };
            let failed = in_order(100, (), part, |(), ()| Ok(()));
            assert!(matches!(failed, Err(Error::Unusable(trouble)) if trouble.what == "40"));
        }
    }
}
