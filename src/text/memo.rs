//! A place in a value where a layer above keeps what it has found out about it.

use std::any::Any;
use std::sync::OnceLock;

/// What one layer above knows about a value, computed once. The value's own layer cannot name the type. A copy of the
/// value starts without it.
#[derive(Debug, Default)]
pub(crate) struct Memo(OnceLock<Box<dyn Any + Send + Sync>>);

impl Memo {
    /// What is kept here: at first `T::default()`.
    ///
    /// # Panics
    /// When asked for two types: one layer keeps its facts here.
    pub(crate) fn get<T: Default + Send + Sync + 'static>(&self) -> &T {
        self.0.get_or_init(|| Box::new(T::default())).downcast_ref().expect("one layer keeps its facts here")
    }
}

impl Clone for Memo {
    fn clone(&self) -> Self {
        Self::default()
    }
}
