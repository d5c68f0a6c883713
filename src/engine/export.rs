//! The files of an image.

use std::fs::File;
use std::io;

use super::image::operand;
use super::{Argv, Bounds, Engine, EngineError, Kind, SHORT, session};

impl Engine {
    /// All files of an image as one tar archive, removed when dropped.
    ///
    /// # Errors
    /// When this engine cannot export them.
    pub fn export(&self, image: &str) -> Result<File, EngineError> {
        let Some(verbs) = self.driver.verbs else {
            return Err(EngineError::CannotDo { kind: self.kind(), what: "export the files of an image" });
        };
        let failed = |error: io::Error| EngineError::Other {
            what: "cannot export the files of an image".to_owned(),
            said: error.to_string(),
        };
        let folder = tempfile::Builder::new().prefix("plimsoll-files-").tempdir().map_err(failed)?;
        let path = folder.path().join("files.tar");
        let name = session::name();
        let what = "exporting the files of an image";
        let exported = self
            .expect(&verbs.create(&name, image, &session::label()), SHORT, what)
            .and_then(|_| self.expect(&verbs.export(&name, &path.display().to_string()), Bounds::seconds(300), what));
        self.clear(&verbs.remove(&name));
        exported?;
        // The name can be removed; the open file stays readable.
        File::open(&path).map_err(failed)
    }

    /// An image with its layers as a docker archive, removed when dropped.
    ///
    /// # Errors
    /// When the image is not present, or this engine cannot save images.
    pub fn save(&self, image: &str) -> Result<File, EngineError> {
        let failed = |error: io::Error| EngineError::Other {
            what: "cannot save an image".to_owned(),
            said: error.to_string(),
        };
        let image = operand(image)?;
        let folder = tempfile::Builder::new().prefix("plimsoll-image-").tempdir().map_err(failed)?;
        let path = folder.path().join("image.tar");
        let file = path.display().to_string();
        let argv = match self.driver.verbs {
            Some(verbs) => verbs.save(image, &file),
            None if self.kind() == Kind::Buildah => {
                Argv::new("buildah").args(["push", "--quiet"]).arg(image).arg(format!("docker-archive:{file}"))
            }
            None => return Err(EngineError::CannotDo { kind: self.kind(), what: "save images" }),
        };
        self.expect(&argv, Bounds::seconds(900), "saving an image")?;
        File::open(&path).map_err(failed)
    }
}
