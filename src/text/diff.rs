//! What differs between two texts, line by line.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput};

/// Neighbouring lines that are the same in both texts, or that one replaces in the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    /// The lines of the old text, from 0.
    pub old: Range<usize>,
    /// The lines of the new text, from 0.
    pub new: Range<usize>,
    pub is_same: bool,
}

/// All lines of two texts, in order: what is the same and what differs alternate.
pub fn stretches<'t, T: AsRef<[u8]> + ?Sized + 't>(old: &[&'t T], new: &[&'t T]) -> Vec<Stretch> {
    let mut input = InternedInput::<&[u8]>::default();
    input.update_before(old.iter().map(|line| line.as_ref()));
    input.update_after(new.iter().map(|line| line.as_ref()));
    compare(&input)
}

fn compare(input: &InternedInput<&[u8]>) -> Vec<Stretch> {
    let mut diff = Diff::compute(Algorithm::Myers, input);
    diff.postprocess_no_heuristic(input);
    let mut all = Vec::new();
    let (mut old, mut new) = (0, 0);
    let range = |range: Range<u32>| range.start as usize..range.end as usize;
    for hunk in diff.hunks() {
        let (removed, added) = (range(hunk.before), range(hunk.after));
        if removed.start > old {
            all.push(Stretch { old: old..removed.start, new: new..added.start, is_same: true });
        }
        (old, new) = (removed.end, added.end);
        all.push(Stretch { old: removed, new: added, is_same: false });
    }
    if input.before.len() > old {
        all.push(Stretch { old: old..input.before.len(), new: new..input.after.len(), is_same: true });
    }
    all
}

/// The changes in groups, each with up to `context` of the same lines around it. Changes with no more than twice as many
/// lines between them are in one group.
pub fn hunks(all: &[Stretch], context: usize) -> Vec<Vec<Stretch>> {
    let mut hunks = Vec::new();
    let mut hunk: Vec<Stretch> = Vec::new();
    for (at, stretch) in all.iter().enumerate() {
        if !stretch.is_same {
            hunk.push(stretch.clone());
            continue;
        }
        let is_between = at > 0 && at + 1 < all.len();
        if is_between && stretch.old.len() <= 2 * context {
            hunk.push(stretch.clone());
            continue;
        }
        let shown = stretch.old.len().min(context);
        if at > 0 {
            let (old, new) = (stretch.old.start, stretch.new.start);
            hunk.push(Stretch { old: old..old + shown, new: new..new + shown, is_same: true });
            hunks.push(std::mem::take(&mut hunk));
        }
        if at + 1 < all.len() {
            let (old, new) = (stretch.old.end, stretch.new.end);
            hunk.push(Stretch { old: old - shown..old, new: new - shown..new, is_same: true });
        }
    }
    if !hunk.is_empty() {
        hunks.push(hunk);
    }
    hunks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(hunks: &[Vec<Stretch>]) -> String {
        let part = |part: &Stretch| format!("{}{:?}>{:?}", if part.is_same { '=' } else { '!' }, part.old, part.new);
        let hunks = hunks.iter().map(|hunk| hunk.iter().map(part).collect::<Vec<_>>().join(" "));
        hunks.collect::<Vec<_>>().join(" | ")
    }

    fn diff(old: &str, new: &str, context: usize) -> (String, String) {
        let (old, new): (Vec<&str>, Vec<&str>) = (old.split(' ').collect(), new.split(' ').collect());
        let all = stretches(&old, &new);
        (show(std::slice::from_ref(&all)), show(&hunks(&all, context)))
    }

    #[test]
    fn all_lines_are_in_a_stretch() {
        assert_eq!(diff("a b c d", "a x c d e", 0).0, "=0..1>0..1 !1..2>1..2 =2..4>2..4 !4..4>4..5");
        assert_eq!(diff("a b", "a b", 0).0, "=0..2>0..2");
        assert_eq!(stretches::<str>(&[], &[]), []);
    }

    #[test]
    fn close_changes_share_a_hunk() {
        let old = "a b c d e f g h i j";
        assert_eq!(diff(old, "a X c d e f g h I j", 1).1, "=0..1>0..1 !1..2>1..2 =2..3>2..3 | =7..8>7..8 !8..9>8..9 =9..10>9..10");
        assert_eq!(diff(old, "a X c d E f g h i j", 1).1, "=0..1>0..1 !1..2>1..2 =2..4>2..4 !4..5>4..5 =5..6>5..6");
        assert_eq!(diff(old, old, 1).1, "");
    }
}
