//! Days of the calendar, as people write them in options and comments.

use std::fmt;
use std::str::FromStr;

/// A day, written `YYYY-MM-DD`. Ordered in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        read(text).ok_or_else(|| format!("`{text}` is not a date such as 2027-03-01"))
    }
}

fn read(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return None };
    let number = |text: &str, len: usize| {
        let is_number = text.len() == len && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse::<u16>().ok()).flatten()
    };
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    let day = u8::try_from(day).ok().filter(|day| (1..=days).contains(day))?;
    Some(Date { year, month: u8::try_from(month).ok()?, day })
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl<'de> serde::Deserialize<'de> for Date {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_that_exist() {
        for (text, exists) in [
            ("2027-03-01", true),
            ("2028-02-29", true),
            ("2027-02-29", false),
            ("2100-02-29", false),
            ("2000-02-29", true),
            ("2027-13-01", false),
            ("2027-00-10", false),
            ("2027-04-31", false),
            ("2027-3-1", false),
            ("27-03-01", false),
            ("+027-03-01", false),
            ("2027-03-01-", false),
            ("", false),
        ] {
            let read = text.parse::<Date>();
            assert_eq!(read.is_ok(), exists, "{text}");
            assert!(read.is_err() || read.is_ok_and(|date| date.to_string() == text), "{text}");
        }
        assert!("2027-03-01".parse::<Date>() < "2027-10-01".parse::<Date>());
    }
}
