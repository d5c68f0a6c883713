//! What of a sheet only its own pages need, in a temporary file: so the memory that a class takes hardly grows with it.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::sheet::{DetailPlace, ImageFigures, Loss, Sheet, ShownFile};

/// The long parts of a sheet.
#[derive(Default, Serialize, Deserialize)]
struct Details {
    /// Each with the criterion's id.
    marks: Vec<(String, Vec<Loss>, Vec<String>)>,
    notes: Vec<String>,
    text: Option<String>,
    compose: Option<ShownFile>,
    image: Option<ImageFigures>,
}

/// The details of all sheets of a class; a copy has the same ones. The file goes with the last copy.
#[derive(Clone, Debug, Default)]
pub struct DetailStore(Arc<Mutex<Option<File>>>);

impl PartialEq for DetailStore {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl DetailStore {
    /// Moves the details of a sheet to the file. They stay in the sheet if they cannot be written.
    pub fn put(&self, sheet: &mut Sheet) {
        let mut details = Details {
            notes: std::mem::take(&mut sheet.notes),
            text: sheet.text.take(),
            compose: sheet.compose.take(),
            image: sheet.image.take(),
            ..Details::default()
        };
        for mark in &mut sheet.marks {
            let (losses, praise) = (std::mem::take(&mut mark.losses), std::mem::take(&mut mark.praise));
            details.marks.push((mark.id.clone(), losses, praise));
        }
        match self.append(&details) {
            Ok(place) => {
                sheet.details = Some(place);
                sheet.marks.shrink_to_fit();
            }
            Err(_) => details.restore(sheet),
        }
    }

    /// The whole sheet.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn whole(&self, sheet: &Sheet) -> io::Result<Sheet> {
        let mut whole = sheet.clone();
        if let Some(place) = whole.details.take() {
            self.read(place)?.restore(&mut whole);
        }
        Ok(whole)
    }

    fn append(&self, details: &Details) -> io::Result<DetailPlace> {
        let bytes = serde_json::to_vec(details)?;
        let mut file = self.file();
        let file = match &mut *file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        let start = file.seek(SeekFrom::End(0))?;
        file.write_all(&bytes)?;
        Ok(DetailPlace { start, len: bytes.len() })
    }

    fn read(&self, place: DetailPlace) -> io::Result<Details> {
        let mut bytes = vec![0; place.len];
        let mut file = self.file();
        let file = file.as_mut().ok_or(io::ErrorKind::NotFound)?;
        file.seek(SeekFrom::Start(place.start))?;
        file.read_exact(&mut bytes)?;
        Ok(serde_json::from_slice(&bytes)?)
    }

    fn file(&self) -> MutexGuard<'_, Option<File>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Details {
    /// Moves the details back. Marks that the sheet does not have are left out.
    fn restore(mut self, sheet: &mut Sheet) {
        for mark in &mut sheet.marks {
            if let Some(at) = self.marks.iter().position(|(id, ..)| *id == mark.id) {
                (_, mark.losses, mark.praise) = self.marks.remove(at);
            }
        }
        (sheet.notes, sheet.text, sheet.compose, sheet.image) = (self.notes, self.text, self.compose, self.image);
    }
}
