//! The class of `cases/class.txt`, by reading alone: `cases/class.py` grades it on engines.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plimsoll::grade::export::jsonl;
use plimsoll::grade::rubric::Rubric;
use plimsoll::grade::sheet::MarkStatus;
use plimsoll::text::Source;

use crate::{exported, grade, put};

const CLASS: &str = include_str!("cases/class.txt");
const GREET: &str = include_str!("cases/greet.sh");

struct Case {
    student: String,
    /// The criteria that are met by reading.
    met: String,
    files: BTreeMap<String, String>,
    orders: Vec<String>,
}

fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut current = String::new();
    for line in CLASS.lines() {
        if let Some(head) = line.strip_prefix("== ") {
            let mut cells = head.split('|').map(|cell| cell.trim().to_owned());
            let mut cell = || cells.next().expect("four cells");
            let files =
                BTreeMap::from([("Dockerfile".to_owned(), String::new()), ("greet.sh".to_owned(), GREET.to_owned())]);
            cases.push(Case { student: cell(), met: cell(), files, orders: Vec::new() });
            current = "Dockerfile".to_owned();
        } else if let Some(case) = cases.last_mut() {
            let known = [
                "no ", "move to ", "rename to ", "line endings", "pack as ", "beside ", "fill with ", "link from ",
                "encode as ",
            ];
            match line.strip_prefix("-- ") {
                Some(order) if known.iter().any(|known| order.starts_with(known)) => case.orders.push(order.to_owned()),
                Some(name) => {
                    current = name.to_owned();
                    case.files.insert(current.clone(), String::new());
                }
                None => *case.files.entry(current.clone()).or_default() += &format!("{line}\n"),
            }
        }
    }
    cases
}

fn submit(root: &Path, elsewhere: &Path, case: &Case) {
    let mut files: BTreeMap<String, Vec<u8>> =
        case.files.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())).collect();
    let text = case.files["Dockerfile"].as_str();
    let mut directory = root.join(&case.student);
    let (mut archive, mut beside) = (None, None);
    for order in &case.orders {
        let word = order.split(' ').next_back().expect("a word").to_owned();
        let mut dockerfile = |bytes: Vec<u8>| _ = files.insert("Dockerfile".to_owned(), bytes);
        match order {
            order if order.starts_with("no ") => _ = files.remove(&word),
            order if order.starts_with("move to ") => directory = directory.join(word),
            order if order.starts_with("pack as ") => archive = Some(word),
            order if order.starts_with("beside ") => beside = Some(word),
            order if order.starts_with("link from ") => link(&elsewhere.join(&case.student), &mut directory),
            order if order.starts_with("line endings") => dockerfile(text.replace('\n', "\r\n").into_bytes()),
            order if order == "encode as DOCX" => dockerfile([b"PK\x03\x04", text.as_bytes()].concat()),
            order if order.starts_with("encode as ") => {
                let units = text.encode_utf16().flat_map(u16::to_le_bytes);
                dockerfile([0xff, 0xfe].into_iter().chain(units).collect());
            }
            order if order.starts_with("fill with ") => {
                let count: usize = word.parse().expect("a number");
                files.extend((0..count).map(|number| (format!("data/{number}.txt"), Vec::new())));
            }
            _ => {
                let bytes = files.remove("Dockerfile").unwrap_or_default();
                files.insert(word, bytes);
            }
        }
    }
    if let Some(name) = archive {
        let bytes = if name.ends_with(".zip") { zip(&files) } else { tar_gz(&files) };
        files = BTreeMap::from([(name, bytes)]);
    }
    files.extend(beside.map(|name| (name, b"%PDF-1.7\n".to_vec())));
    files.iter().for_each(|(name, bytes)| put(&directory, name, bytes));
}

/// Makes the directory a link to another one, which is made; without links, it stays where it is.
fn link(target: &Path, directory: &mut PathBuf) {
    #[cfg(unix)]
    {
        std::fs::create_dir_all(target).expect("a directory");
        std::os::unix::fs::symlink(target, &*directory).expect("a link");
        target.clone_into(directory);
    }
    #[cfg(not(unix))]
    let _ = (target, directory);
}

fn zip(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).expect("a file");
        writer.write_all(bytes).expect("written");
    }
    writer.finish().expect("an archive").into_inner()
}

fn tar_gz(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, &bytes[..]).expect("a file");
    }
    tar.into_inner().and_then(flate2::write::GzEncoder::finish).expect("an archive")
}

#[test]
fn the_marks_of_reading() {
    let (class, elsewhere) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
    let cases = cases();
    assert!(cases.len() >= 60);
    cases.iter().for_each(|case| submit(class.path(), elsewhere.path(), case));
    let source = Source::new("rubric.toml", include_str!("cases/rubric.toml"));
    let (rubric, warnings) = Rubric::of(&Arc::new(source)).unwrap_or_else(|_| panic!("the rubric is valid"));
    assert!(warnings.is_empty());
    let graded = grade(&rubric, class.path());
    let mut wrong = Vec::new();
    for (case, sheet) in cases.iter().zip(&graded.sheets) {
        assert_eq!(case.student, sheet.student.id);
        let met = sheet.marks.iter().filter(|mark| mark.status == MarkStatus::Met).map(|mark| mark.id.as_str());
        let met: String = met.collect();
        if met != case.met {
            wrong.push(format!("{}: {met}, expected {}", case.student, case.met));
        }
        // What needs an engine is named, and nothing is passed over it.
        assert!(sheet.passed.is_none() && sheet.omitted.len() == 4, "{}", case.student);
        let losses = sheet.marks.iter().flat_map(|mark| &mark.losses);
        for loss in losses.filter(|loss| sheet.dockerfile.is_some() && sheet.text.is_some() && loss.place.is_some()) {
            assert!(!loss.earn_back.is_empty(), "{}: nothing says what to do about: {}", case.student, loss.what);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let again = grade(&rubric, class.path());
    assert!(exported(|out| jsonl(&graded, out)) == exported(|out| jsonl(&again, out)));
}
