//! Times of submissions: when they were due and handed in, and how late they are. Read from the texts of exports; nothing here
//! asks a clock.

use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error};

const MINUTE: i64 = 60;
pub(super) const HOUR: i64 = 60 * MINUTE;
/// Seconds in a day.
pub const DAY: i64 = 24 * HOUR;
/// The longest span that is read: ten years.
const MAX_SPAN: i64 = 3650 * DAY;

/// A point in time, in seconds. Without an offset it is in the time zone of the class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Since 1970 on the clock that was read.
    local: i64,
    /// East of UTC.
    offset: Option<i64>,
}

impl Moment {
    /// Seconds since `other`. If only one of them has an offset, both are taken to be in the same time zone.
    pub fn since(self, other: Moment) -> i64 {
        match (self.offset, other.offset) {
            (Some(own), Some(others)) => (self.local - own) - (other.local - others),
            _ => self.local - other.local,
        }
    }

    /// Whether the time zone is known.
    pub fn has_offset(self) -> bool {
        self.offset.is_some()
    }

    /// So many seconds later.
    pub fn plus(self, seconds: i64) -> Self {
        Self { local: self.local.saturating_add(seconds), ..self }
    }
}

impl FromStr for Moment {
    type Err = String;

    /// `2026-11-20 23:59`, with seconds and an offset if known, or a date in words as Moodle writes it.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        iso(text).or_else(|| in_words(text)).ok_or_else(|| {
            format!("`{text}` is not a date and time such as `2026-11-20 23:59` or `2026-11-20T23:59:00+01:00`")
        })
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Seconds in a text such as `2`, `1 day 2 hours late` or `26:03:11`; a number alone is in days. The units of Moodle's and
/// Canvas's languages are known.
///
/// # Errors
/// A sentence.
pub fn span(text: &str) -> Result<i64, String> {
    let invalid = || format!("cannot read `{}` as a length of time", text.trim());
    let text = text.trim().to_lowercase();
    if let Some(seconds) = clock_span(&text) {
        return Ok(seconds);
    }
    let mut total = 0.0;
    let mut number: Option<f64> = None;
    let mut is_known = false;
    for word in words(&text) {
        if let Ok(value) = word.replace(',', ".").parse::<f64>() {
            if number.is_some() || !value.is_finite() {
                return Err(invalid());
            }
            number = Some(value);
        } else if let Some(value) = number.take() {
            total += value * unit(word).ok_or_else(invalid)? as f64;
            is_known = true;
        }
    }
    match number {
        Some(days) if !is_known => total = days * DAY as f64,
        Some(_) => return Err(invalid()),
        None if !is_known => return Err(invalid()),
        None => {}
    }
    if (0.0..=MAX_SPAN as f64).contains(&total) { Ok(total.round() as i64) } else { Err(invalid()) }
}

/// The runs of digits and of letters in a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let kind = |ch: char| match ch {
        '0'..='9' | '.' | ',' | '-' => 1,
        _ if ch.is_alphabetic() => 2,
        _ => 0,
    };
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|ch| kind(ch) == 0);
        let first = kind(rest.chars().next()?);
        let end = rest.find(|ch| kind(ch) != first).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word.trim_end_matches(['.', ',']))
    })
    .filter(|word| !word.is_empty() && *word != "-")
}

/// `26:03:11`: hours, minutes and seconds.
fn clock_span(text: &str) -> Option<i64> {
    let parts: Vec<i64> = text.split(':').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    match parts[..] {
        [hours, minutes, seconds] if (0..=87_600).contains(&hours) && minutes < 60 && seconds < 60 => {
            Some(hours * HOUR + minutes.max(0) * MINUTE + seconds.max(0))
        }
        _ => None,
    }
}

/// Seconds in a unit, by its name in English, German, French or Spanish.
fn unit(word: &str) -> Option<i64> {
    let starts = |names: &[&str]| names.iter().any(|name| word.starts_with(name));
    Some(match word {
        "d" | "j" => DAY,
        "h" | "std" => HOUR,
        "m" | "min" => MINUTE,
        "s" => 1,
        "w" => 7 * DAY,
        _ if starts(&["day", "tag", "jour", "día", "dia"]) => DAY,
        _ if starts(&["hour", "stunde", "heure", "hora"]) => HOUR,
        _ if starts(&["min"]) => MINUTE,
        _ if starts(&["sec", "sek", "seg"]) => 1,
        _ if starts(&["week", "woche", "semain", "seman"]) => 7 * DAY,
        _ => return None,
    })
}

/// `2026-11-20 23:59:00 +0100` and its variants.
fn iso(text: &str) -> Option<Moment> {
    let (date, rest) = text.split_at_checked(10)?;
    let mut parts = date.split('-');
    let (year, month, day) = (number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?);
    let rest = rest.strip_prefix(['T', 't', ' ', ',']).unwrap_or(rest).trim();
    let end = rest.find(|ch: char| !(ch.is_ascii_digit() || matches!(ch, ':' | '.'))).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(end);
    let seconds = match clock {
        "" if zone.trim().is_empty() => DAY - 1,
        clock => clock_time(clock)?,
    };
    let offset = match zone.trim() {
        "" => None,
        zone => Some(offset(zone)?),
    };
    Some(Moment { local: date_seconds(year, month, day)? + seconds, offset })
}

/// Seconds in `23:59` or `23:59:00.123`.
fn clock_time(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let (hours, minutes) = (number(parts.next()?)?, number(parts.next()?)?);
    let seconds = parts.next().map_or(Some(0), |seconds| number(seconds.split('.').next()?))?;
    let is_valid = hours < 24 && minutes < 60 && seconds < 61 && parts.next().is_none();
    is_valid.then_some(hours * HOUR + minutes * MINUTE + seconds)
}

fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z" | "UTC" | "GMT") {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = zone[1..].chars().filter(char::is_ascii_digit).collect();
    let is_valid = matches!(digits.len(), 2 | 4) && zone[1..].chars().all(|ch| ch.is_ascii_digit() || ch == ':');
    is_valid.then_some(())?;
    let minutes = if digits.len() == 4 { number(&digits[2..])? } else { 0 };
    Some(sign * (number(&digits[..2])? * HOUR + minutes * MINUTE))
}

/// `Friday, 20 November 2026, 11:59 PM`, in English, German, French or Spanish.
fn in_words(text: &str) -> Option<Moment> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|ch: char| !(ch.is_alphanumeric() || ch == ':')).filter(|it| !it.is_empty()).collect();
    let month = words.iter().find_map(|word| month(word))?;
    let numbers = || words.iter().filter(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
    let day = numbers().find(|word| word.len() <= 2).and_then(|word| number(word))?;
    let year = numbers().find(|word| word.len() == 4).and_then(|word| number(word))?;
    let mut seconds = words.iter().find(|word| word.starts_with(|ch: char| ch.is_ascii_digit()) && word.contains(':')).map_or(Some(DAY - 1), |word| clock_time(word))?;
    let (is_am, is_pm) = (words.contains(&"am"), words.contains(&"pm"));
    if is_pm && seconds < 12 * HOUR {
        seconds += 12 * HOUR;
    } else if is_am && seconds >= 12 * HOUR {
        seconds -= 12 * HOUR;
    }
    Some(Moment { local: date_seconds(year, month, day)? + seconds, offset: None })
}

/// The number of a month by the start of its name.
fn month(word: &str) -> Option<i64> {
    const MONTHS: [&[&str]; 12] = [
        &["jan", "ene", "jän"],
        &["feb", "fév", "fev"],
        &["mar", "mär"],
        &["apr", "avr", "abr"],
        &["may", "mai", "mayo"],
        &["jun", "juin"],
        &["jul", "juil"],
        &["aug", "aoû", "aou", "ago"],
        &["sep"],
        &["oct", "okt"],
        &["nov"],
        &["dec", "dez", "déc", "dic"],
    ];
    // Days of the week that start as a month does.
    if ["mardi", "martes"].contains(&word) || !word.chars().all(char::is_alphabetic) {
        return None;
    }
    let at = MONTHS.iter().position(|names| names.iter().any(|name| word.starts_with(name)))?;
    i64::try_from(at + 1).ok()
}

fn number(text: &str) -> Option<i64> {
    (!text.is_empty() && text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Seconds from 1970 to the start of a day, in the Gregorian calendar.
fn date_seconds(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Years start in March, so that the leap day is the last one.
    let shifted = if month <= 2 { year - 1 } else { year };
    let era_day = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + era_day - 719_468;
    Some(days * DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        for (text, want) in [
            ("2", 2 * DAY),
            ("0", 0),
            ("1 day 2 hours late", 26 * HOUR),
            ("1 Tag 2 Stunden später", 26 * HOUR),
            ("L'affectation a été soumise 3 jours 1 heure en retard", 73 * HOUR),
            ("2 días 5 minutos después", 2 * DAY + 5 * MINUTE),
            ("26:03:11", 26 * HOUR + 3 * MINUTE + 11),
            ("1.5", 36 * HOUR),
            ("36h", 36 * HOUR),
        ] {
            assert_eq!(span(text), Ok(want), "{text}");
        }
        for text in ["two", "", "late", "3 apples", "1 2", "-1", "1e300 days"] {
            assert!(span(text).is_err(), "{text}: {:?}", span(text));
        }
    }

    #[test]
    fn moments() {
        let moment = |text: &str| text.parse::<Moment>().unwrap_or_else(|error| panic!("{error}"));
        let due = moment("2026-11-20T23:59:00+01:00");
        assert_eq!(moment("2026-11-20 22:59:00 UTC").since(due), 0);
        assert_eq!(moment("2026-11-21 00:09:00 +0100").since(due), 10 * MINUTE);
        assert_eq!(moment("2026-11-21T00:09:00+01").since(due), 10 * MINUTE);
        let due = moment("2026-11-20 23:59");
        for text in [
            "Saturday, 21 November 2026, 11:59 PM",
            "Samstag, 21. November 2026, 23:59",
            "samedi 21 novembre 2026, 23:59",
            "sábado, 21 de noviembre de 2026, 23:59",
            "Extension granted until: Saturday, 21 November 2026, 11:59 PM",
        ] {
            assert_eq!(moment(text).since(due), DAY, "{text}");
        }
        assert_eq!(moment("1970-01-02 00:00").since(Moment { local: 0, offset: None }), DAY);
        assert_eq!(moment("2024-03-01 00:00").since(moment("2024-02-28 00:00")), 2 * DAY);
        assert!("tomorrow".parse::<Moment>().is_err() && "2026-13-01 00:00".parse::<Moment>().is_err());
    }
}
