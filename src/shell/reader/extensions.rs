//! What goes beyond the POSIX grammar, and which shells have it.

use crate::shell::Dialect;
use crate::text::Span;

/// A construct that POSIX `sh` does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension {
    pub kind: ExtensionKind,
    /// The construct, or the operator that makes it one.
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExtensionKind {
    /// `<(a)`, `>(a)`
    ProcessSubstitution,
    /// `@(a|b)`
    ExtGlob,
    /// `$'a'`
    AnsiQuote,
    /// `$"a"`
    LocalizedQuote,
    /// `for ((;;))`
    ArithmeticFor,
    /// `(( a ))`
    ArithmeticCommand,
    /// `$[a]`
    BracketArithmetic,
    Select,
    /// `{a,b}`, `{1..3}`
    BraceExpansion,
    /// `[[ a ]]`
    Test,
    /// `<<<`
    HereString,
    /// `&>`
    WriteBoth,
    /// `&>>`
    AppendBoth,
    /// `>& file`
    DuplicateToFile,
    /// `{name}>`
    NamedDescriptor,
    /// A descriptor of two or more digits.
    WideDescriptor,
    /// `a+=b`
    AppendAssignment,
    /// `|&`
    PipeBoth,
    /// `a=(b)`
    Array,
    /// `a[0]=b`
    SubscriptAssignment,
    Coproc,
    FunctionKeyword,
    /// A function's name that is not a variable's name.
    FunctionName,
    /// `$(< file)`
    FileSubstitution,
    /// `;&`, `;;&`
    FallThrough,
    /// `${!a}`
    Indirection,
    /// `${a[0]}`
    ArrayReference,
    /// `${!a[@]}`
    ArrayKeys,
    /// `${!a*}`
    NamePrefix,
    /// `${a:1:2}`
    Slice,
    /// `${a^^}`
    CaseModification,
    /// `${a/b/c}`
    Replacement,
    /// `${a@Q}`
    Transformation,
    /// `${ a; }`
    FunctionSubstitution,
    /// `for a in b; { c; }`
    BraceBody,
    /// `16#ff`
    Base,
    /// `a++`, `--a`
    Increment,
    /// `a ** b`
    Power,
    /// `time a`
    Time,
    /// `! ! a`, and `!` without a command.
    NotTwice,
}

impl ExtensionKind {
    /// Whether a shell has it.
    pub fn is_in(self, dialect: Dialect) -> bool {
        use ExtensionKind::*;
        match dialect {
            Dialect::Posix | Dialect::PowerShell | Dialect::Cmd | Dialect::Other => false,
            Dialect::Bash | Dialect::Zsh => self != FunctionSubstitution,
            Dialect::Ksh => !matches!(self, AppendBoth | WriteBoth | PipeBoth | Coproc | FallThrough | BraceBody),
            Dialect::Ash => matches!(
                self,
                ProcessSubstitution
                    | AnsiQuote
                    | Test
                    | WriteBoth
                    | DuplicateToFile
                    | WideDescriptor
                    | FunctionKeyword
                    | Slice
                    | Replacement
                    | Increment
                    | Power
                    | Base
                    | Time
            ),
        }
    }
}

/// Which constructs are recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grammar {
    /// Those of all shells.
    Widest,
    /// Those of this one, as `sh -n` reads a script.
    Only(Dialect),
}

impl Grammar {
    pub(super) fn has(self, kind: ExtensionKind) -> bool {
        use ExtensionKind::*;
        match self {
            Grammar::Widest => true,
            // Bash recognises patterns of this kind only in `[[ … ]]`, unless an option is set.
            Grammar::Only(Dialect::Bash | Dialect::Zsh | Dialect::Ksh) => {
                !matches!(kind, ExtGlob | FunctionSubstitution)
            }
            // A word like any other.
            Grammar::Only(Dialect::Ash) if kind == Test => false,
            Grammar::Only(dialect) => kind.is_in(dialect),
        }
    }

    /// Whether it reads as dash and busybox do where bash is more lenient or more strict.
    pub(super) fn is_dash(self) -> bool {
        matches!(self, Grammar::Only(Dialect::Posix | Dialect::Ash))
    }

    pub(super) fn is_bash(self) -> bool {
        matches!(self, Grammar::Only(Dialect::Bash | Dialect::Zsh | Dialect::Ksh))
    }
}
