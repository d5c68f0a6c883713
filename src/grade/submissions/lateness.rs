//! How late a submission is, from what lists of the class say.

use crate::grade::rubric::LatePolicy;
use crate::grade::times::{DAY, Moment};

/// What a list of the class says about the time of a submission.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Seconds late, if the list says so itself.
    pub late: Option<i64>,
    pub submitted: Option<Moment>,
    /// The student's own due date.
    pub due: Option<Moment>,
    /// Seconds more than the others have.
    pub extension: i64,
}

impl Times {
    /// Days late, rounded up. `known` is what the submission's name says, which counts if the list says nothing.
    pub fn days_late(&self, policy: &LatePolicy, known: u32) -> u32 {
        let due = self.due.or(policy.due).map(|due| due.plus(self.extension));
        let late = match (self.late, self.submitted, due) {
            (_, Some(submitted), Some(due)) => submitted.since(due),
            (Some(late), ..) => late - self.extension,
            _ if self.extension > 0 => i64::from(known) * DAY - self.extension,
            _ => return known,
        };
        let grace = policy.grace.map_or(0, |grace| i64::try_from(grace.0.as_secs()).unwrap_or(0));
        if late <= grace {
            return 0;
        }
        u32::try_from((late + DAY - 1) / DAY).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::times::HOUR;

    #[test]
    fn days() {
        let policy = LatePolicy {
            due: "2026-11-20 23:59".parse().ok(),
            grace: "15m".parse().ok(),
            ..LatePolicy::default()
        };
        let days = |submitted: &str, extension: i64| {
            Times { submitted: submitted.parse().ok(), extension, ..Times::default() }.days_late(&policy, 0)
        };
        assert_eq!(days("2026-11-21 00:14", 0), 0);
        assert_eq!(days("2026-11-21 00:15", 0), 1);
        assert_eq!(days("2026-11-22 23:58", DAY), 1);
        assert_eq!(Times { late: Some(26 * HOUR), ..Times::default() }.days_late(&policy, 0), 2);
        assert_eq!(Times::default().days_late(&policy, 1), 1);
    }
}
