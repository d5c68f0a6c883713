//! A list that is empty more often than not.

use std::ops::Deref;

/// A list that takes one word as long as it is empty: for what few of very many values have any of.
#[derive(Clone, Debug)]
pub struct Seldom<T>(#[allow(clippy::box_collection, reason = "a list itself takes three words")] Option<Box<Vec<T>>>);

impl<T> Default for Seldom<T> {
    fn default() -> Self {
        Seldom(None)
    }
}

impl<T> Deref for Seldom<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.0.as_deref().map_or(&[], Vec::as_slice)
    }
}

impl<T> From<Vec<T>> for Seldom<T> {
    fn from(items: Vec<T>) -> Self {
        Seldom((!items.is_empty()).then(|| Box::new(items)))
    }
}

impl<'a, T> IntoIterator for &'a Seldom<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T> Seldom<T> {
    pub fn push(&mut self, item: T) {
        self.0.get_or_insert_default().push(item);
    }

    /// Drops all but the first `len`.
    pub fn truncate(&mut self, len: usize) {
        if let Some(items) = &mut self.0 {
            items.truncate(len);
        }
    }

    /// Gives back the memory that was kept for more.
    pub fn shrink_to_fit(&mut self) {
        if let Some(items) = &mut self.0 {
            items.shrink_to_fit();
        }
    }
}
