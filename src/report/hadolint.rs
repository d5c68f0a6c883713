//! hadolint's report formats, for what reads them.
//!
//! Paths and messages are untrusted and escaped by each format. Names of the tool stay hadolint's where services recognize
//! known findings by them.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::xml::{XmlElement, write_document};
use crate::hadolint::{Finding, Severity};
use crate::text::Variants;
use crate::text::escape::visible;
use crate::text::hash::hash;

/// The findings of one file.
#[derive(Clone, Debug)]
pub struct HadolintFile {
    pub path: String,
    pub found: Vec<Finding>,
}

/// The format of a report, by hadolint's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HadolintFormat {
    Tty,
    Json,
    Checkstyle,
    Codeclimate,
    GitlabCodeclimate,
    Gnu,
    Codacy,
    Sonarqube,
    Sarif,
    Junit,
}

impl Variants for HadolintFormat {
    const ALL: &'static [Self] = &[
        Self::Tty,
        Self::Json,
        Self::Checkstyle,
        Self::Codeclimate,
        Self::GitlabCodeclimate,
        Self::Gnu,
        Self::Codacy,
        Self::Sonarqube,
        Self::Sarif,
        Self::Junit,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Tty => "tty",
            Self::Json => "json",
            Self::Checkstyle => "checkstyle",
            Self::Codeclimate => "codeclimate",
            Self::GitlabCodeclimate => "gitlab_codeclimate",
            Self::Gnu => "gnu",
            Self::Codacy => "codacy",
            Self::Sonarqube => "sonarqube",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
        }
    }
}

impl HadolintFormat {
    /// Whether a run that reports in it always succeeds.
    pub fn always_succeeds(self) -> bool {
        matches!(self, Self::Codeclimate | Self::Codacy)
    }
}

/// Writes the report of all files.
pub fn write(format: HadolintFormat, files: &[HadolintFile], out: &mut dyn Write, color: bool) -> io::Result<()> {
    match format {
        HadolintFormat::Tty => lines(files, out, |found| word(found.severity, color), ""),
        HadolintFormat::Gnu => lines(files, out, |found| found.severity.as_str().to_owned(), "hadolint:"),
        HadolintFormat::Json => document(out, &each(files, json_finding).collect()),
        HadolintFormat::GitlabCodeclimate => document(out, &each(files, gitlab).collect()),
        HadolintFormat::Codeclimate => each(files, codeclimate).try_for_each(|issue| write!(out, "{issue}\0")),
        HadolintFormat::Codacy => each(files, codacy).try_for_each(|issue| write!(out, "{issue}")),
        HadolintFormat::Sonarqube => {
            let issues: Vec<Value> = each(files, sonarqube).collect();
            document(out, &json!({ "issues": issues }))
        }
        HadolintFormat::Sarif => document(out, &sarif(files)),
        HadolintFormat::Checkstyle => checkstyle(files, out),
        HadolintFormat::Junit => junit(files, out),
    }
}

fn each<'f>(
    files: &'f [HadolintFile],
    convert: fn(&HadolintFile, &Finding) -> Value,
) -> impl Iterator<Item = Value> + 'f {
    files.iter().flat_map(move |file| file.found.iter().map(move |found| convert(file, found)))
}

fn document(out: &mut dyn Write, value: &Value) -> io::Result<()> {
    write!(out, "{value}")
}

fn lines(
    files: &[HadolintFile],
    out: &mut dyn Write,
    severity: impl Fn(&Finding) -> String,
    start: &str,
) -> io::Result<()> {
    let gap = if start.is_empty() { "" } else { ":" };
    for file in files {
        for found in &file.found {
            let path = visible(&file.path);
            let (line, code, message) = (found.line, found.code, visible(&found.message));
            writeln!(out, "{start}{path}:{line}{gap} {code} {}: {message}", severity(found))?;
        }
    }
    Ok(())
}

fn word(severity: Severity, color: bool) -> String {
    let paint = match severity {
        _ if !color => return severity.as_str().to_owned(),
        Severity::Error => "1;91",
        Severity::Warning => "1;93",
        Severity::Info => "92",
        Severity::Style | Severity::Ignore => "96",
    };
    format!("\x1b[{paint}m{}\x1b[0m", severity.as_str())
}

fn json_finding(file: &HadolintFile, found: &Finding) -> Value {
    json!({
        "code": found.code,
        "column": 1,
        "file": file.path,
        "level": found.severity.as_str(),
        "line": found.line,
        "message": found.message,
    })
}

fn codeclimate(file: &HadolintFile, found: &Finding) -> Value {
    let severity = match found.severity {
        Severity::Error => "blocker",
        Severity::Warning => "major",
        Severity::Info => "info",
        Severity::Style | Severity::Ignore => "minor",
    };
    json!({
        "categories": ["Bug Risk"],
        "check_name": found.code,
        "description": found.message,
        "location": { "lines": { "begin": found.line, "end": found.line }, "path": file.path },
        "severity": severity,
        "type": "issue",
    })
}

fn gitlab(file: &HadolintFile, found: &Finding) -> Value {
    let mut issue = codeclimate(file, found);
    let line = found.line.to_string();
    let part = |salt: &str| hash(&[salt.as_bytes(), file.path.as_bytes(), line.as_bytes(), found.code.as_bytes()]);
    let fingerprint = format!("{:016x}{:016x}{:08x}", part("a"), part("b"), part("c") as u32);
    issue["fingerprint"] = fingerprint.into();
    issue
}

fn codacy(file: &HadolintFile, found: &Finding) -> Value {
    json!({ "filename": file.path, "line": found.line, "message": found.message, "patternId": found.code })
}

fn sonarqube(file: &HadolintFile, found: &Finding) -> Value {
    let (severity, kind) = match found.severity {
        _ if found.code == "DL1000" => ("BLOCKER", "BUG"),
        Severity::Error => ("CRITICAL", "BUG"),
        Severity::Warning => ("MAJOR", "CODE_SMELL"),
        Severity::Info => ("MINOR", "CODE_SMELL"),
        Severity::Style | Severity::Ignore => ("INFO", "CODE_SMELL"),
    };
    let range = json!({ "endColumn": 1, "endLine": found.line, "startColumn": 0, "startLine": found.line });
    json!({
        "engineId": "Hadolint",
        "primaryLocation": { "filePath": file.path, "message": found.message, "textRange": range },
        "ruleId": found.code,
        "severity": severity,
        "type": kind,
    })
}

fn sarif(files: &[HadolintFile]) -> Value {
    let result = |file: &HadolintFile, found: &Finding| {
        let level = match found.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            _ => "note",
        };
        let language = if found.code.starts_with("SC") { "sh" } else { "dockerfile" };
        let region = json!({
            "startLine": found.line, "startColumn": 1, "endLine": found.line, "endColumn": 1, "sourceLanguage": language,
        });
        let place = json!({
            "artifactLocation": { "uri": crate::text::escape::uri(&file.path) },
            "region": region,
        });
        json!({
            "ruleId": found.code,
            "level": level,
            "message": { "text": found.message },
            "locations": [{ "physicalLocation": place }],
        })
    };
    let results: Vec<Value> = each(files, result).collect();
    json!({
        "$schema": "http://json.schemastore.org/sarif-2.1.0",
        "version": "2.1.0",
        "runs": [{
            "defaultSourceLanguage": "dockerfile",
            "results": results,
            "tool": { "driver": {
                "name": "Hadolint",
                "fullName": "plimsoll in place of hadolint",
                "version": super::TOOL_VERSION,
            } },
        }],
    })
}

fn checkstyle(files: &[HadolintFile], out: &mut dyn Write) -> io::Result<()> {
    write_document(out, |xml| {
        xml.element(XmlElement::new("checkstyle").attribute("version", "4.3"), |xml| {
            files.iter().try_for_each(|file| {
                xml.element(XmlElement::new("file").attribute("name", &file.path), |xml| {
                    file.found.iter().try_for_each(|found| {
                        let error = XmlElement::new("error").attribute("column", 1).attribute("line", found.line);
                        let error = error.attribute("message", &found.message);
                        let error = error.attribute("severity", found.severity.as_str());
                        xml.empty(error.attribute("source", found.code))
                    })
                })
            })
        })
    })
}

fn junit(files: &[HadolintFile], out: &mut dyn Write) -> io::Result<()> {
    write_document(out, |xml| {
        xml.element(XmlElement::new("testsuites").attribute("name", "Hadolint"), |xml| {
            files.iter().try_for_each(|file| {
                let suite = XmlElement::new("testsuite").attribute("name", &file.path).attribute("errors", 0);
                xml.element(suite.attribute("failures", file.found.len()), |xml| {
                    file.found.iter().try_for_each(|found| {
                        let case = XmlElement::new("testcase").attribute("name", found.code);
                        xml.element(case.attribute("classname", &file.path), |xml| {
                            let text = format!("File: {}\nLine: {}\n{}", file.path, found.line, found.message);
                            let failure = XmlElement::new("failure").attribute("type", found.severity.as_str());
                            xml.text(failure.attribute("message", &found.message), &text)
                        })
                    })
                })
            })
        })
    })
}
