//! Many things at once.

use rayon::prelude::*;

/// For a thread's stack, in bytes: parsers recurse within bounds, which need more than the usual.
const STACK: usize = 16 << 20;

/// What `each` makes of the items, in their order; `jobs` at once, 0 for as many as there are processors.
pub fn on_threads<T: Send, R: Send>(items: Vec<T>, jobs: usize, each: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
    match rayon::ThreadPoolBuilder::new().num_threads(jobs).stack_size(STACK).build() {
        Ok(pool) => pool.install(|| items.into_par_iter().map(each).collect()),
        // No threads are available.
        Err(_) => items.into_iter().map(each).collect(),
    }
}
