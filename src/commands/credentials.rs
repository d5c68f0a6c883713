//! Passwords that a command is given as arguments.

use crate::knowledge::credentials::{CREDENTIALS, Credential, Form, Owner};
use crate::shell::{Arg, Command};
use crate::text::Span;

/// A password on a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Password {
    pub owner: Owner,
    /// The argument that holds it.
    pub span: Span,
    /// With its quotes and what comes before it in the word.
    pub raw: String,
    /// Without quotes; `None` if only the shell knows it.
    pub text: Option<String>,
}

impl Command {
    /// The passwords among its arguments.
    pub fn credentials(&self) -> impl Iterator<Item = Password> {
        let rows = CREDENTIALS.iter().filter(|row| self.is_any(row.programs));
        rows.filter(|row| row.verb.is_empty() || self.has_arg(row.verb)).flat_map(|row| passwords(self, row))
    }
}

fn passwords(command: &Command, row: &Credential) -> Vec<Password> {
    let whole = |arg: &Arg| Password { owner: row.owner, span: arg.span, raw: arg.raw.clone(), text: arg.text.clone() };
    let rest = |arg: &Arg, text: &str| Password { text: Some(text.to_owned()), ..whole(arg) };
    let one = match row.form {
        Form::Value => command.flag_value(row.flags).as_ref().map(whole),
        Form::NextWord => {
            let at = command.args.iter().position(|arg| row.flags.iter().any(|flag| arg.is(flag)));
            at.and_then(|at| command.args.get(at + 1)).map(whole)
        }
        Form::Attached => {
            let attached = command.args.iter().filter_map(|arg| {
                let text = arg.text.as_deref()?;
                Some(rest(arg, row.flags.iter().find_map(|flag| text.strip_prefix(flag))?))
            });
            return attached.collect();
        }
        Form::AfterUser => {
            command.flag_value(row.flags).and_then(|arg| Some(rest(&arg, arg.text.as_deref()?.split_once(':')?.1)))
        }
        Form::LastOperand => {
            let clusters = || command.args.iter().map(Arg::lexeme).filter(|text| text.starts_with('-'));
            let given = clusters().any(|text| row.flags.iter().any(|letter| text.contains(letter)));
            command.operands().last().filter(|_| given).map(whole)
        }
    };
    one.into_iter().collect()
}
