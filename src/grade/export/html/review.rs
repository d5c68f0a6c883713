//! The forms of `plimsoll grade --serve`, in which a teacher overrides marks.

use crate::grade::overrides::{Override, TOTAL};
use crate::grade::sheet::Sheet;

/// What a page needs to send marks back.
pub struct ReviewForm<'a> {
    /// Tells our forms from those of other sites.
    pub secret: &'a str,
    /// What the teacher has said about the student.
    pub overrides: Vec<&'a Override>,
}

/// A row of the form.
pub(super) struct ReviewRow<'a> {
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    /// The computed points and their maximum; `None` for a comment on the whole.
    pub(super) computed: Option<String>,
    pub(super) points: String,
    pub(super) comment: &'a str,
}

impl ReviewForm<'_> {
    fn of(&self, criterion: &str) -> Option<&Override> {
        self.overrides.iter().rfind(|one| one.criterion == criterion).copied()
    }

    /// One row for each criterion, one for the total, and one for the whole.
    pub(super) fn rows<'s>(&'s self, sheet: &'s Sheet, total: &'s str, whole: &'s str) -> Vec<ReviewRow<'s>> {
        let row = |id: &'s str, title: &'s str, computed: Option<String>| {
            let own = self.of(id);
            let points = own.and_then(|one| one.points).map(|points| points.to_string());
            let comment = own.and_then(|one| one.comment.as_deref()).unwrap_or_default();
            ReviewRow { id, title, computed, points: points.unwrap_or_default(), comment }
        };
        let marks = sheet.marks.iter().map(|mark| {
            let computed = mark.computed.unwrap_or(mark.points);
            row(&mark.id, &mark.title, Some(format!("{computed} / {}", mark.max)))
        });
        let total = row(TOTAL, total, Some(format!("{} / {}", sheet.total, sheet.max)));
        marks.chain([total, row("", whole, None)]).collect()
    }

    /// The days late that the teacher has set.
    pub(super) fn late_days(&self) -> String {
        self.of("").and_then(|one| one.late_days).map(|days| days.to_string()).unwrap_or_default()
    }
}
