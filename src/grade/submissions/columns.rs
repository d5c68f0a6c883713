//! Columns of lists of students: their headings in the exports of learning platforms, in several languages.

use std::borrow::Cow;

/// A column that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::grade) enum Column {
    Id,
    /// Moodle's identifier of a participant.
    Identifier,
    Name,
    First,
    Last,
    Login,
    Email,
    Platform,
    Late,
    Status,
    Submitted,
    Due,
    Extension,
    Group,
    Grade,
    MaxGrade,
    Feedback,
}

/// Headings in lower case, the preferred ones first.
const HEADINGS: [(Column, &[&str]); 17] = [
    (
        Column::Id,
        &[
            "id", "student id", "student-id", "student_id", "id number", "matriculation", "matr. nr.", "matrikelnummer",
            "sis user id", "sid", "uin", "roster_identifier", "username", "numéro d'identification", "numéro d'étudiant", "número de id",
            "número de identificación", "matrícula", "anmeldename", "benutzername", "nom d'utilisateur",
            "nombre de usuario",
        ],
    ),
    (Column::Identifier, &["identifier", "identifiant", "identificador"]),
    (
        Column::Name,
        &[
            "name", "full name", "student", "student name", "display name", "vollständiger name", "nom complet",
            "nombre completo", "studierende", "studierende/r", "studierender", "teilnehmer/in", "étudiant",
            "étudiant(e)", "estudiante", "alumno",
        ],
    ),
    (Column::First, &["first name", "first-name", "firstname", "given name", "vorname", "prénom", "nombre"]),
    (
        Column::Last,
        &[
            "last name", "last-name", "lastname", "surname", "family name", "nachname", "familienname",
            "nom de famille", "nom", "apellido(s)", "apellidos", "apellido",
        ],
    ),
    (
        Column::Login,
        &[
            "login", "github_username", "github username", "github", "sis login id", "user", "sis-login-id",
            "id de connexion sis", "id de inicio de sesión del sis", "id de inicio de sesión de sis",
        ],
    ),
    (
        Column::Email,
        &[
            "email", "e-mail", "email address", "uid", "mail", "e-mail-adresse", "adresse de courriel", "courriel",
            "adresse e-mail", "dirección de correo", "correo electrónico", "correo",
        ],
    ),
    (Column::Platform, &["platform id", "platform-id", "canvas id", "moodle id", "participant", "submission id"]),
    (
        Column::Late,
        &[
            "days-late", "days late", "days_late", "late", "lateness (h:m:s)", "lateness", "tage verspätet",
            "verspätung", "jours de retard", "retard", "días de retraso", "retraso",
        ],
    ),
    (Column::Status, &["status", "statut", "estado"]),
    (
        Column::Submitted,
        &[
            "submitted", "submission time", "submitted at", "submission_timestamp", "submission date", "last modified (submission)",
            "zuletzt geändert (abgabe)", "dernière modification (travail remis)",
            "última modificación (entrega)",
        ],
    ),
    (Column::Due, &["due", "due date", "due-date", "fällig", "échéance", "vencimiento"]),
    (Column::Extension, &["extension", "verlängerung", "prolongation", "prórroga"]),
    (Column::Group, &["group", "gruppe", "groupe", "grupo", "team", "group name", "group_name", "groupname"]),
    (Column::Grade, &["grade", "bewertung", "note", "calificación"]),
    (Column::MaxGrade, &["maximum grade", "bestwertung", "note maximale", "calificación máxima"]),
    (
        Column::Feedback,
        &[
            "feedback comments", "feedback als kommentar", "feedback par commentaires", "commentaires de feedback",
            "comentarios de retroalimentación",
        ],
    ),
];

/// Where a column is in a row of headings.
pub(in crate::grade) fn position<'h>(heads: impl Iterator<Item = &'h str>, column: Column) -> Option<usize> {
    let names = HEADINGS.iter().find(|(known, _)| *known == column).map_or(&[][..], |(_, names)| names);
    let heads: Vec<String> = heads.map(|head| head.trim().to_lowercase().replace('’', "'")).collect();
    names.iter().find_map(|name| heads.iter().position(|head| head == name))
}

/// The number of a participant in Moodle's identifier, such as `Participant 12345` or `Teilnehmer/in12345`.
pub(in crate::grade) fn participant(identifier: &str) -> Option<&str> {
    let digits = identifier.trim().trim_start_matches(|ch: char| !ch.is_ascii_digit());
    let is_one = digits.len() < identifier.trim().len() && !digits.is_empty();
    (is_one && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// The text of a list: UTF-8, UTF-16 with a byte order mark, or else Windows-1252, which spreadsheets write.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units).into()
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest),
        bytes => match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => bytes.iter().map(|byte| windows_1252(*byte)).collect::<String>().into(),
        },
    }
}

fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        byte => char::from(byte),
    }
}

/// A table with a row of headings, as spreadsheets and learning platforms write it.
pub(in crate::grade) struct Table {
    pub(in crate::grade) delimiter: u8,
    pub(in crate::grade) heads: Vec<String>,
    /// Each with its line, from 1.
    pub(in crate::grade) rows: Vec<(u64, Vec<String>)>,
}

impl Table {
    /// # Errors
    /// A phrase that says why it is not a table.
    pub(in crate::grade) fn read(text: &str) -> Result<Self, String> {
        let mut text = text.trim_start_matches('\u{feff}');
        let mut skipped = 0;
        // Excel's own declaration of the separator.
        if let Some(rest) = text.strip_prefix("sep=").and_then(|rest| rest.split_once('\n')) {
            (text, skipped) = (rest.1, 1);
        }
        let first = text.lines().next().unwrap_or_default();
        let count = |by: u8| first.bytes().filter(|byte| *byte == by).count();
        let delimiter = [b'\t', b';', b','].into_iter().max_by_key(|by| count(*by)).unwrap_or(b',');
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
        let invalid = |error: csv::Error| format!("is not CSV: {error}");
        let heads = reader.headers().map_err(invalid)?.iter().map(str::to_owned).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(invalid)?;
            let line = record.position().map_or(0, |position| position.line()) + skipped;
            rows.push((line, record.iter().map(str::to_owned).collect()));
        }
        Ok(Self { delimiter, heads, rows })
    }

    /// Where a column is.
    pub(in crate::grade) fn position(&self, column: Column) -> Option<usize> {
        position(self.heads.iter().map(String::as_str), column)
    }
}

/// A cell's text, if it has one.
pub(in crate::grade) fn cell(row: &[String], at: Option<usize>) -> Option<String> {
    let text = row.get(at?)?.trim();
    (!text.is_empty() && text != "-").then(|| text.to_owned())
}
