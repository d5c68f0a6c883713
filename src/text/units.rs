//! Sizes and times as people write them, and as they are shown. Everything reads and shows them here, so that a size
//! means the same on the command line, in `plimsoll.toml` and in a rubric.
//!
//! # Sizes
//!
//! The unit decides, in any case:
//!
//! | unit | factor | agrees with |
//! | :-- | :-- | :-- |
//! | `k`, `m`, `g`, `t` and `KiB`, `MiB`, `GiB`, `TiB` | powers of 1024 | `docker run --memory 512m` |
//! | `kB`, `MB`, `GB`, `TB` | powers of 1000 | the sizes that `docker images` prints |
//! | none, or `B` | 1 | |
//!
//! Docker itself reads `512mb` as 512 MiB in `--memory` and prints 512,000,000 bytes as `512MB`. One of the two has to
//! give way if a unit is to have one meaning, and a limit that is 5 % lower than expected does less harm than marks that
//! disagree with `docker images`.
//!
//! # Times
//!
//! `ms`, `s`, `m` or `min`, and `h`; a number alone is in seconds.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// The longest time that can be written: a week.
const MAX_SECONDS: f64 = 7.0 * 86_400.0;

/// The largest size that can be written, in bytes.
const MAX_SIZE: f64 = 1e18;

/// A number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub u64);

/// A positive length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub Duration);

/// `12.5 MB` → `12.5` and `MB`.
fn number_and_unit(text: &str) -> (&str, &str) {
    let text = text.trim();
    let number = text.trim_end_matches(|ch: char| ch.is_ascii_alphabetic() || ch == ' ');
    (number, text[number.len()..].trim())
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let invalid = || format!("`{}` is not {}", text.trim(), Size::EXPECTED);
        let (number, unit) = number_and_unit(text);
        let factor: u64 = match unit.to_ascii_lowercase().as_str() {
            "" | "b" => 1,
            "kb" => 1_000,
            "mb" => 1_000_000,
            "gb" => 1_000_000_000,
            "tb" => 1_000_000_000_000,
            "k" | "kib" => 1 << 10,
            "m" | "mib" => 1 << 20,
            "g" | "gib" => 1 << 30,
            "t" | "tib" => 1 << 40,
            _ => return Err(invalid()),
        };
        if let Some(bytes) = number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor)) {
            return Ok(Self(bytes));
        }
        let bytes = number.parse::<f64>().map_err(|_| invalid())? * factor as f64;
        if (0.0..MAX_SIZE).contains(&bytes) { Ok(Self(bytes as u64)) } else { Err(invalid()) }
    }
}

impl Size {
    const EXPECTED: &'static str = "a size such as `512m`, `64MiB` or `120MB`";

    /// As a limit is shown, which is mostly a round number in powers of 1024: `1 GiB`, `512 MiB`.
    pub fn limit(self) -> String {
        match self.0 {
            bytes if bytes > 0 && bytes.is_multiple_of(1 << 30) => format!("{} GiB", bytes >> 30),
            bytes if bytes > 0 && bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
            bytes if bytes > 0 && bytes.is_multiple_of(1 << 10) => format!("{} KiB", bytes >> 10),
            _ => self.to_string(),
        }
    }
}

/// In powers of 1000, as engines show the size of images: `120.0 MB`.
impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0 as f64;
        match self.0 {
            0..1_000 => write!(f, "{} B", self.0),
            1_000..1_000_000 => write!(f, "{:.1} kB", bytes / 1e3),
            1_000_000..1_000_000_000 => write!(f, "{:.1} MB", bytes / 1e6),
            _ => write!(f, "{:.2} GB", bytes / 1e9),
        }
    }
}

impl FromStr for Time {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (number, unit) = number_and_unit(text);
        let factor = match unit {
            "" | "s" => Some(1.0),
            "ms" => Some(0.001),
            "m" | "min" => Some(60.0),
            "h" => Some(3600.0),
            _ => None,
        };
        let seconds = factor.zip(number.parse::<f64>().ok()).map(|(factor, number)| number * factor);
        match seconds {
            Some(seconds) if seconds > 0.0 && seconds <= MAX_SECONDS => Ok(Self(Duration::from_secs_f64(seconds))),
            _ => Err(format!("`{}` is not {}", text.trim(), Time::EXPECTED)),
        }
    }
}

impl Time {
    const EXPECTED: &'static str = "a time such as `20s` or `2m`";
}

/// `12.3 s`, `4 min 5 s`, `2 h 10 min`; seconds alone without a needless fraction.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        match seconds {
            0..60 if self.0.subsec_millis() < 50 => write!(f, "{seconds} s"),
            0..60 => write!(f, "{:.1} s", self.0.as_secs_f64()),
            60..3600 if seconds.is_multiple_of(60) => write!(f, "{} min", seconds / 60),
            60..3600 => write!(f, "{} min {} s", seconds / 60, seconds % 60),
            _ if seconds % 3600 < 60 => write!(f, "{} h", seconds / 3600),
            _ => write!(f, "{} h {} min", seconds / 3600, seconds % 3600 / 60),
        }
    }
}

/// Reads what may be written as a string or as a number; holds what is expected, in words.
pub struct StringOrNumber<T>(&'static str, std::marker::PhantomData<T>);

impl<T> StringOrNumber<T> {
    pub fn new(expected: &'static str) -> Self {
        Self(expected, std::marker::PhantomData)
    }
}

impl<T: FromStr<Err = String>> Visitor<'_> for StringOrNumber<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StringOrNumber::new(Size::EXPECTED))
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StringOrNumber::new(Time::EXPECTED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, bytes) in [
            ("512m", Some(512 << 20)),
            ("512M", Some(512 << 20)),
            ("512MiB", Some(512 << 20)),
            ("512mb", Some(512_000_000)),
            ("120MB", Some(120_000_000)),
            ("1.5 GiB", Some(3 << 29)),
            ("64kB", Some(64_000)),
            ("1t", Some(1 << 40)),
            ("100", Some(100)),
            ("100 B", Some(100)),
            ("0", Some(0)),
            ("-1", None),
            ("1x", None),
            ("", None),
            ("nan", None),
            ("99999999999g", None),
        ] {
            assert_eq!(text.parse::<Size>().ok(), bytes.map(Size), "{text}");
        }
        assert_eq!("much".parse::<Size>().unwrap_err(), "`much` is not a size such as `512m`, `64MiB` or `120MB`");
    }

    #[test]
    fn sizes_shown() {
        let shown = [999, 1_500, 120_000_000, 1_040_000_000].map(|bytes| Size(bytes).to_string());
        assert_eq!(shown, ["999 B", "1.5 kB", "120.0 MB", "1.04 GB"]);
        let limits = [1 << 30, 512 << 20, 64 << 10, 120_000_000].map(|bytes| Size(bytes).limit());
        assert_eq!(limits, ["1 GiB", "512 MiB", "64 KiB", "120.0 MB"]);
    }

    #[test]
    fn times() {
        let seconds = |text: &str| text.parse::<Time>().ok().map(|time| time.0.as_secs_f64());
        assert_eq!(["20", "20s", "2m", "1.5 min", "250ms"].map(seconds), [20.0, 20.0, 120.0, 90.0, 0.25].map(Some));
        assert_eq!(["0", "-1s", "9999h", "soon", ""].map(seconds), [None; 5]);
        let shown = |seconds: f64| Time(Duration::from_secs_f64(seconds)).to_string();
        assert_eq!([shown(10.0), shown(1.25), shown(120.0), shown(245.0)], ["10 s", "1.2 s", "2 min", "4 min 5 s"]);
        assert_eq!([shown(3600.0), shown(7800.0)], ["1 h", "2 h 10 min"]);
    }
}
