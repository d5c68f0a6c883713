//! Programs that take a password as an argument, and how.

/// Whose password it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// An account of the system.
    Account,
    /// A login elsewhere.
    Login,
    Database,
    /// A remote screen.
    Screen,
}

/// Where on the command line the password is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The value of a flag: `--password secret`, `-psecret`.
    Value,
    /// The word after a flag.
    NextWord,
    /// What follows in the same word: `-psecret`.
    Attached,
    /// The value of a flag, after a user and a colon: `-u me:secret`.
    AfterUser,
    /// The last operand, if a cluster of flags has the letter.
    LastOperand,
}

/// One way in which programs take a password.
#[derive(Debug)]
pub struct Credential {
    pub programs: &'static [&'static str],
    /// A word that has to be there; none if empty.
    pub verb: &'static str,
    pub form: Form,
    pub flags: &'static [&'static str],
    pub owner: Owner,
}

const fn row(
    programs: &'static [&'static str],
    verb: &'static str,
    form: Form,
    flags: &'static [&'static str],
    owner: Owner,
) -> Credential {
    Credential { programs, verb, form, flags, owner }
}

#[rustfmt::skip]
pub const CREDENTIALS: &[Credential] = &[
    row(&["useradd", "usermod"], "", Form::Value, &["-p", "--password"], Owner::Account),
    row(&["vncpasswd", "x11vnc"], "", Form::NextWord, &["-storepasswd"], Owner::Screen),
    row(&["curl"], "", Form::AfterUser, &["-u", "--user"], Owner::Login),
    row(&["wget"], "", Form::Value, &["--password", "--http-password", "--ftp-password"], Owner::Login),
    row(&["docker", "podman", "helm", "buildah", "skopeo"], "login", Form::NextWord, &["-p", "--password"], Owner::Login),
    row(&["svn"], "", Form::NextWord, &["--password"], Owner::Login),
    row(&["sshpass"], "", Form::Attached, &["-p"], Owner::Login),
    row(&["htpasswd"], "", Form::LastOperand, &["b"], Owner::Login),
    row(&["mysql", "mariadb", "mysqladmin", "mysqldump"], "", Form::Attached, &["--password=", "-p"], Owner::Database),
];

/// Signs of servers and programs that ask for the password of an account, as Dockerfiles write them.
pub const LOGIN_SIGNS: &[&str] = &[
    "cockpit", "code-server", "cups", "cyrus", "doas", "dovecot", "expect", "ftp", "gdm", "getty", "gotty",
    "guacamole", "jupyterhub", "ldap", "lightdm", "nomachine", "nxserver", "openvpn", "pam", "polkit", "postfix",
    "radius", "rdp", "rlogin", "rstudio", "samba", "sasl", "shellinabox", "smb", "ssh", "sudo", "systemd", "telnet",
    "ttyd", "unix_chkpwd", "vnc", "webmin", "wetty", "x2go",
];
