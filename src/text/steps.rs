//! Counted steps: how much work this thread has done on one file, the same on every machine.
//!
//! Code whose work depends on the input calls [`count`]. [`within`] gives a piece of work a limit: at the limit it is
//! ended by unwinding, and [`within`] returns an error. No clock is involved.
//!
//! Code that looks at a bounded number of things, so that a file's time grows with its size, calls [`Limit::limited`]:
//! the thread remembers that something was left out, and linting reports it.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// How many steps any file may take, and how many more for each of its bytes. The files of the corpus take at most a
/// hundredth of it.
const BASE: u64 = 50_000_000;
const PER_BYTE: u64 = 2_000;

/// How often [`count`] looks whether the user has interrupted the run, in steps.
const INTERVAL: u64 = 1 << 14;

/// Why a piece of work was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// It took more steps than it may.
    Limit,
    /// The user has interrupted the run.
    Interrupted,
}

struct Meter {
    done: Cell<u64>,
    /// When to look at the limit and at the user's interruption next.
    next: Cell<u64>,
    /// Outside of [`within`] there is none, and nothing is ended.
    limit: Cell<Option<u64>>,
    /// Whether [`Limit::limited`] has left something out.
    cut: Cell<bool>,
}

thread_local! {
    static METER: Meter =
        const { Meter { done: Cell::new(0), next: Cell::new(u64::MAX), limit: Cell::new(None), cut: Cell::new(false) } };
}

static INTERRUPT: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// From now on work within a limit also ends when `flag` is set.
pub fn stop_at(flag: Arc<AtomicBool>) {
    let _ = INTERRUPT.set(flag);
}

/// Iterators that end at a limit.
pub trait Limit: Iterator + Sized {
    /// The first `most` items. That there are more is reported as a finding of `incomplete-check`.
    ///
    /// Where only what is near counts, `take` says so.
    fn limited(self, most: usize) -> Limited<Self> {
        Limited { items: self, left: most }
    }
}

impl<I: Iterator> Limit for I {}

/// See [`Limit::limited`].
#[derive(Clone)]
pub struct Limited<I> {
    items: I,
    left: usize,
}

impl<I: Iterator> Iterator for Limited<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        if let Some(left) = self.left.checked_sub(1) {
            self.left = left;
            return self.items.next();
        }
        if self.items.next().is_some() {
            METER.with(|meter| meter.cut.set(true));
        }
        None
    }
}

/// Whether [`Limit::limited`] has left something out on this thread since this was last asked.
pub fn take_cut() -> bool {
    METER.with(|meter| meter.cut.take())
}

/// The limit for a file of this many bytes.
pub fn limit(bytes: usize) -> u64 {
    BASE + PER_BYTE * bytes as u64
}

/// Counts steps; ends the work if there are too many.
#[inline]
pub fn count(steps: usize) {
    METER.with(|meter| {
        let done = meter.done.get().saturating_add(steps as u64);
        meter.done.set(done);
        if done >= meter.next.get() {
            look(meter);
        }
    });
}

#[cold]
fn look(meter: &Meter) {
    let (done, Some(limit)) = (meter.done.get(), meter.limit.get()) else {
        return meter.next.set(u64::MAX);
    };
    let stopped = match INTERRUPT.get() {
        _ if done > limit => Some(Stopped::Limit),
        Some(flag) if flag.load(Ordering::Relaxed) => Some(Stopped::Interrupted),
        _ => None,
    };
    if let Some(why) = stopped {
        // While it unwinds, nothing is ended.
        set_limit(meter, None);
        resume_unwind(Box::new(why));
    }
    set_limit(meter, Some(limit));
}

fn set_limit(meter: &Meter, limit: Option<u64>) {
    meter.limit.set(limit);
    meter.next.set(limit.map_or(u64::MAX, |limit| limit.saturating_add(1).min(meter.done.get() + INTERVAL)));
}

/// Does the work, unless it takes more steps than `limit`. Any other panic goes on.
///
/// # Errors
/// Why the work was ended.
pub fn within<R>(limit: u64, work: impl FnOnce() -> R) -> Result<R, Stopped> {
    let outer = METER.with(|meter| {
        let outer = meter.limit.get();
        if outer.is_none() {
            meter.cut.set(false);
        }
        let limit = meter.done.get().saturating_add(limit);
        set_limit(meter, Some(outer.map_or(limit, |outer| outer.min(limit))));
        outer
    });
    let ended = catch_unwind(AssertUnwindSafe(work));
    METER.with(|meter| set_limit(meter, outer));
    ended.map_err(|payload| match payload.downcast::<Stopped>() {
        Ok(stopped) => *stopped,
        Err(other) => resume_unwind(other),
    })
}

/// Does the work and counts its steps.
#[cfg(any(test, feature = "internals"))]
pub fn counted<R>(work: impl FnOnce() -> R) -> (R, u64) {
    let done = || METER.with(|meter| meter.done.get());
    let before = done();
    let result = work();
    (result, done() - before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_ends_at_its_limit() {
        let work = |steps: usize| (0..steps).inspect(|_| count(1)).count();
        assert_eq!(within(10, || work(10)), Ok(10));
        assert_eq!(within(10, || work(11)), Err(Stopped::Limit));
        // An inner limit does not lift the outer one.
        assert_eq!(within(10, || within(100, || work(50))), Ok(Err(Stopped::Limit)));
        assert_eq!(counted(|| work(100)), (100, 100));
    }

    #[test]
    fn what_is_left_out_is_remembered() {
        assert_eq!((0..3).limited(3).count(), 3);
        assert!(!take_cut());
        assert_eq!((0..4).limited(3).collect::<Vec<_>>(), [0, 1, 2]);
        assert!(take_cut() && !take_cut());
        // What nobody asked for was not left out.
        assert_eq!((0..4).limited(3).next(), Some(0));
        assert!(!take_cut());
    }

    #[test]
    fn a_panic_is_no_limit() {
        let panicked = catch_unwind(|| within(10, || resume_unwind(Box::new("a bug"))));
        assert!(panicked.is_err());
    }
}
