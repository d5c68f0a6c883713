//! Points: decimal, so that sums are exact on every machine.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

#[cfg(feature = "schemas")]
use schemars::JsonSchema;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Thousandths of a point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schemas", derive(JsonSchema), schemars(transparent))]
pub struct Points(#[cfg_attr(feature = "schemas", schemars(with = "f64"))] i64);

/// The largest number of points; keeps sums far from the limits of an integer.
const MAX_POINTS: f64 = 1e9;

impl Points {
    pub const ZERO: Points = Points(0);

    pub fn is_zero(&self) -> bool {
        self.0 == 0
    }

    pub const fn hundredths(hundredths: i64) -> Self {
        Self(hundredths * 10)
    }

    pub fn whole(points: i64) -> Self {
        Self(points.saturating_mul(1000))
    }

    /// `None` if the number is out of range or not finite.
    pub fn new(points: f64) -> Option<Self> {
        (points.is_finite() && points.abs() <= MAX_POINTS).then(|| Self((points * 1000.0).round() as i64))
    }

    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    pub fn abs(self) -> Self {
        Self(self.0.abs())
    }

    pub fn times(self, count: usize) -> Self {
        Self(self.0.saturating_mul(i64::try_from(count).unwrap_or(i64::MAX)))
    }

    /// The fraction `part`/`all` of the points, rounded to the nearest thousandth.
    pub fn share(self, part: u64, all: u64) -> Self {
        if all == 0 {
            return self;
        }
        let (part, all) = (i128::from(part), i128::from(all));
        let scaled = i128::from(self.0) * part * 2;
        let half = if scaled < 0 { -all } else { all };
        Self(i64::try_from((scaled + half) / (all * 2)).unwrap_or(i64::MAX))
    }

    /// The fraction `part`/`all` of the points as a multiple of `step`, rounded once, halves up.
    pub fn scaled(self, part: Points, all: Points, step: Points) -> Self {
        if all.0 <= 0 || step.0 <= 0 {
            return self;
        }
        let (numerator, step) = (i128::from(self.0) * i128::from(part.0), i128::from(step.0));
        let divisor = i128::from(all.0) * step;
        let steps = (2 * numerator + divisor).div_euclid(2 * divisor);
        Self(i64::try_from(steps * step).unwrap_or(i64::MAX))
    }

    /// The nearest multiple of `step`, halves rounded up. A step of zero changes nothing.
    pub fn rounded(self, step: Points) -> Self {
        if step.0 <= 0 {
            return self;
        }
        Self((2 * self.0 + step.0).div_euclid(2 * step.0).saturating_mul(step.0))
    }
}

impl fmt::Display for Points {
    /// `7`, `2.5`, `-0.125`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, rest) = (self.0.unsigned_abs() / 1000, self.0.unsigned_abs() % 1000);
        let text = match rest {
            0 => format!("{sign}{whole}"),
            rest => format!("{sign}{whole}.{}", format!("{rest:03}").trim_end_matches('0')),
        };
        f.pad(&text)
    }
}

impl Serialize for Points {
    /// Writes whole points as integers.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 1000 == 0 {
            serializer.serialize_i64(self.0 / 1000)
        } else {
            serializer.serialize_f64(self.as_f64())
        }
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = Points;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of points")
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Points, E> {
                Points::new(number).ok_or_else(|| E::custom("number of points out of range"))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Points, E> {
                self.visit_f64(number as f64)
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Points, E> {
                self.visit_f64(number as f64)
            }
        }
        deserializer.deserialize_any(Number)
    }
}

impl Add for Points {
    type Output = Points;

    fn add(self, other: Points) -> Points {
        Points(self.0.saturating_add(other.0))
    }
}

impl Sub for Points {
    type Output = Points;

    fn sub(self, other: Points) -> Points {
        Points(self.0.saturating_sub(other.0))
    }
}

impl Neg for Points {
    type Output = Points;

    fn neg(self) -> Points {
        Points(-self.0)
    }
}

impl AddAssign for Points {
    fn add_assign(&mut self, other: Points) {
        *self = *self + other;
    }
}

impl SubAssign for Points {
    fn sub_assign(&mut self, other: Points) {
        *self = *self - other;
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Points>>(points: I) -> Points {
        points.fold(Points::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(number: f64) -> Points {
        Points::new(number).expect("a number")
    }

    #[test]
    fn shown_rounded_shared() {
        for (number, text) in [(0.0, "0"), (7.0, "7"), (2.5, "2.5"), (-0.125, "-0.125"), (33.333, "33.333")] {
            assert_eq!(points(number).to_string(), text);
        }
        for (number, step, want) in
            [(7.25, 0.5, "7.5"), (7.24, 0.5, "7"), (66.667, 1.0, "67"), (1.1, 0.0, "1.1"), (-0.3, 0.5, "-0.5")]
        {
            assert_eq!(points(number).rounded(points(step)).to_string(), want, "{number} {step}");
        }
        assert_eq!(points(10.0).share(1, 3).to_string(), "3.333");
        assert_eq!(points(10.0).share(2, 3).to_string(), "6.667");
        assert_eq!(Points::new(f64::NAN), None);
        assert_eq!(points(100.0).scaled(points(10.0), points(65.0), points(0.01)).to_string(), "15.38");
        assert_eq!(points(30.0).scaled(points(7.0), points(15.0), points(0.01)).to_string(), "14");
    }
}
