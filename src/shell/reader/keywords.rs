//! Reserved words, and the tokens at which a list of commands ends.

use super::{Reader, TokenKind};
use crate::text::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    If,
    Then,
    Elif,
    Else,
    Fi,
    For,
    Select,
    While,
    Until,
    Do,
    Done,
    Case,
    Esac,
    In,
    Function,
    Coproc,
    Time,
    Not,
    Open,
    Close,
    Test,
}

/// What may end the list at work, or one around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stops(u16);

impl Stops {
    pub(super) const NONE: Stops = Stops(0);
    pub(super) const THEN: Stops = Stops(1);
    pub(super) const ELIF: Stops = Stops(2);
    pub(super) const ELSE: Stops = Stops(4);
    pub(super) const FI: Stops = Stops(8);
    pub(super) const DO: Stops = Stops(16);
    pub(super) const DONE: Stops = Stops(32);
    pub(super) const ESAC: Stops = Stops(64);
    pub(super) const BRACE: Stops = Stops(128);
    pub(super) const PAREN: Stops = Stops(256);
    /// `;;`, `;&`, `;;&`
    pub(super) const ARM_END: Stops = Stops(512);
    /// `in`, which ends nothing.
    const IN: Stops = Stops(1024);

    pub(super) fn and(self, other: Stops) -> Stops {
        Stops(self.0 | other.0)
    }

    pub(super) fn has(self, other: Stops) -> bool {
        self.0 & other.0 != 0
    }
}

/// What no keyword can be followed by, and words end at.
pub(super) fn is_meta(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')')
}

impl Reader<'_> {
    /// Whether a word ends before the byte at `at`.
    pub(super) fn ends_word(&mut self, at: usize) -> bool {
        let at = self.after_joints(at);
        at >= self.end || is_meta(self.byte(at))
    }

    /// The reserved word here, if any, and its length.
    pub(super) fn keyword(&mut self) -> Option<(Keyword, usize)> {
        let (keyword, len) = match self.peek() {
            b'{' => (Keyword::Open, 1),
            b'}' => (Keyword::Close, 1),
            b'!' => (Keyword::Not, 1),
            b'[' if self.peek_at(1) == b'[' => (Keyword::Test, 2),
            b'a'..=b'z' => {
                let rest = &self.text[self.pos..self.end.min(self.pos + 9)];
                let len = rest.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
                let keyword = match &rest[..len] {
                    b"if" => Keyword::If,
                    b"then" => Keyword::Then,
                    b"elif" => Keyword::Elif,
                    b"else" => Keyword::Else,
                    b"fi" => Keyword::Fi,
                    b"for" => Keyword::For,
                    b"select" => Keyword::Select,
                    b"while" => Keyword::While,
                    b"until" => Keyword::Until,
                    b"do" => Keyword::Do,
                    b"done" => Keyword::Done,
                    b"case" => Keyword::Case,
                    b"esac" => Keyword::Esac,
                    b"in" => Keyword::In,
                    b"function" => Keyword::Function,
                    b"coproc" => Keyword::Coproc,
                    b"time" => Keyword::Time,
                    _ => return None,
                };
                (keyword, len)
            }
            _ => return None,
        };
        self.ends_word(self.pos + len).then_some((keyword, len))
    }

    /// Takes this reserved word if it is here.
    pub(super) fn take_keyword(&mut self, wanted: Keyword) -> Option<Span> {
        let (_, len) = self.keyword().filter(|(keyword, _)| *keyword == wanted)?;
        Some(self.take(TokenKind::Keyword, len))
    }

    /// The token here that ends lists, if it is one, and its length.
    pub(super) fn closer(&mut self) -> Option<(Stops, usize)> {
        match self.peek() {
            b')' => Some((Stops::PAREN, 1)),
            b';' => self.arm_end().map(|len| (Stops::ARM_END, len)),
            b'}' | b't' | b'e' | b'f' | b'd' | b'i' => {
                let (keyword, len) = self.keyword()?;
                let stop = match keyword {
                    Keyword::Then => Stops::THEN,
                    Keyword::Elif => Stops::ELIF,
                    Keyword::Else => Stops::ELSE,
                    Keyword::Fi => Stops::FI,
                    Keyword::Do => Stops::DO,
                    Keyword::Done => Stops::DONE,
                    Keyword::Esac => Stops::ESAC,
                    Keyword::Close => Stops::BRACE,
                    Keyword::In => Stops::IN,
                    _ => return None,
                };
                Some((stop, len))
            }
            _ => None,
        }
    }

    /// The length of `;;`, `;&` or `;;&`.
    pub(super) fn arm_end(&self) -> Option<usize> {
        let wide = self.grammar.has(super::ExtensionKind::FallThrough);
        match (self.peek_at(1), self.peek_at(2)) {
            (b';', b'&') if wide => Some(3),
            (b';', _) => Some(2),
            (b'&', next) if wide && next != b'&' => Some(2),
            _ => None,
        }
    }
}
