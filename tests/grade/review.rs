//! `plimsoll grade --serve`, as a browser uses it: search, override, comment, grade again. It ends in the expected files.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::directory;

const RUBRIC: &str = "title = 'Week 3'\nplimsoll = '0.1.0'\npass = 50\n\
    [[criterion]]\nid = 'pinned'\npoints = 10\nrules = ['pinned']\n\
    [[criterion]]\nid = 'user'\npoints = 10\nrequire = { not-root = true }\n";

/// The program, which is ended when this is dropped.
struct Serving {
    child: Child,
    port: u16,
    token: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Serving {
    fn start(root: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        command.args(["grade", "rubric.toml", "class", "--static-only", "--overrides", "overrides.csv", "--serve"]);
        let mut child =
            command.current_dir(root).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut line).expect("it says its URL");
        let (_, url) = line.trim().split_once("http://127.0.0.1:").expect("a URL");
        let (port, token) = url.split_once("/?token=").expect("a token");
        Self { child, port: port.parse().expect("a number"), token: token.to_owned() }
    }

    /// Sends a request and returns the response, head and body.
    fn send(&self, head: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        write!(stream, "{head}\r\nConnection: close\r\n{length}\r\n{body}").expect("it is sent");
        let mut response = Vec::new();
        stream.read_to_end(&mut response).expect("it answers");
        String::from_utf8_lossy(&response).into_owned()
    }

    fn own(&self) -> String {
        format!("Host: 127.0.0.1:{}\r\nCookie: plimsoll-review={}", self.port, self.token)
    }

    fn get(&self, path: &str) -> String {
        self.send(&format!("GET {path} HTTP/1.1\r\n{}", self.own()), "")
    }

    fn post(&self, path: &str, body: &str) -> String {
        let kind = "Content-Type: application/x-www-form-urlencoded";
        self.send(&format!("POST {path} HTTP/1.1\r\n{}\r\n{kind}", self.own()), body)
    }
}

#[test]
fn a_review_ends_in_the_expected_files() {
    let class = directory(&[
        ("rubric.toml", RUBRIC),
        ("class/ada/Dockerfile", "FROM python:3.13-slim\nUSER 1000\n"),
        ("class/bob/Dockerfile", "FROM python\nUSER 1000\n"),
        ("class/cy/Dockerfile", "FROM python\n"),
    ]);
    let root = class.path();
    let serving = Serving::start(root);
    let first = serving.get("/");
    assert!(first.starts_with("HTTP/1.1 200") && first.contains("students/bob.html"), "{first}");
    let secret = first.split("name=\"form\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a form");
    let page = serving.get("/students/bob.html");
    assert!(page.contains("name=\"points.pinned\"") && page.contains("has no tag"), "{page}");
    // An override with a comment, a comment on the whole, and a total.
    let saved = serving.post(
        "/marks",
        &format!(
            "form={secret}&student=bob&points.pinned=7%2C5&comment.pinned=agreed+in+class%2C+see+mail&points.user="
        ),
    );
    assert!(saved.starts_with("HTTP/1.1 303") && saved.contains("Location: /students/bob.html"), "{saved}");
    let saved = serving.post("/marks", &format!("form={secret}&student=cy&points.total=4&comment.=come+and+see+me"));
    assert!(saved.starts_with("HTTP/1.1 303"), "{saved}");
    // What is not a mark changes nothing.
    for (form, status) in [
        (format!("form={secret}&student=bob&points.pinned=many"), "422"),
        (format!("form={secret}&student=eve&points.pinned=1"), "422"),
        (format!("form={}&student=bob&points.pinned=1", serving.token), "403"),
        ("student=bob&points.pinned=1".to_owned(), "403"),
    ] {
        let refused = serving.post("/marks", &form);
        assert!(refused.starts_with(&format!("HTTP/1.1 {status}")), "{form}: {refused}");
    }
    let overrides = "student,criterion,points,comment,late-days\nbob,pinned,7.5,\"agreed in class, see mail\",\ncy,,,come and see me,\n\
                     cy,total,4,,\n";
    let read = |path: &str| std::fs::read_to_string(root.join(path)).expect("it is there");
    assert_eq!(read("overrides.csv"), overrides);
    // The teacher changes the rubric, and grades again.
    std::fs::write(root.join("rubric.toml"), RUBRIC.replace("id = 'user'\npoints = 10", "id = 'user'\npoints = 20"))
        .expect("it can be written");
    let again = serving.post("/regrade", &format!("form={secret}"));
    assert!(again.starts_with("HTTP/1.1 303"), "{again}");
    let expected = "id,name,login,email,total,max,percent,passed,status,bonus,penalty,late-days,submission,flags,comment,pinned,user\n\
        ada,,,,30,30,100,yes,graded,0,0,0,ada,,,10,20\n\
        bob,,,,27.5,30,91,yes,graded,0,0,0,bob,changed by the teacher,,7.5,20\n\
        cy,,,,4,30,13,no,graded,0,0,0,cy,changed by the teacher,come and see me,0,0\n";
    assert_eq!(read("grades/grades.csv"), expected);
    assert!(serving.get("/grades.csv").ends_with(expected));
    assert_eq!(read("overrides.csv"), overrides);
    drop(serving);
    // A later run reads the same file.
    let args = ["grade", "rubric.toml", "class", "--static-only", "--overrides", "overrides.csv", "--exit-zero"];
    assert_eq!(crate::plimsoll(root, &args).status.code(), Some(0));
    assert_eq!(read("grades/grades.csv"), expected);
}

#[test]
fn nobody_else_gets_in() {
    let class = directory(&[("rubric.toml", RUBRIC), ("class/ada/Dockerfile", "FROM python\n")]);
    let serving = Serving::start(class.path());
    let (port, token) = (serving.port, &serving.token);
    let host = format!("Host: 127.0.0.1:{port}");
    let cookie = format!("Cookie: plimsoll-review={token}");
    for (head, status) in [
        (format!("GET / HTTP/1.1\r\n{host}"), "403"),
        (format!("GET /?token=0 HTTP/1.1\r\n{host}"), "403"),
        (format!("GET / HTTP/1.1\r\n{host}\r\nCookie: plimsoll-review=0"), "403"),
        (format!("GET /?token={token} HTTP/1.1\r\nHost: evil.example:{port}"), "421"),
        (format!("GET / HTTP/1.1\r\nHost: evil.example\r\n{cookie}"), "421"),
        (format!("POST /regrade HTTP/1.1\r\n{host}\r\n{cookie}\r\nOrigin: http://evil.example"), "403"),
        (format!("GET /students/../../rubric.toml HTTP/1.1\r\n{host}\r\n{cookie}"), "404"),
        (format!("PUT / HTTP/1.1\r\n{host}\r\n{cookie}"), "405"),
        (format!("GET /?token={token} HTTP/1.1\r\n{host}"), "303"),
        (format!("GET / HTTP/1.1\r\n{host}\r\n{cookie}"), "200"),
    ] {
        let response = serving.send(&head, "");
        assert!(response.starts_with(&format!("HTTP/1.1 {status}")), "{head}: {response}");
    }
}
