use super::FileState;
use crate::context::Context;
use crate::model::{BuildArgs, Model, Tri};
use crate::text::Source;

/// What is known about a path at the end of the last stage.
fn at_end(text: &str, path: &str) -> FileState {
    let context = Context::in_memory([
        ("start.sh", "#!/bin/sh\n"),
        ("bin/run.sh*", "#!/bin/sh\n"),
        ("src/app.py", ""),
        ("requirements.txt", "flask\n"),
        ("secret.txt", ""),
        (".dockerignore", "secret.txt\n"),
    ]);
    let source = Source::new("Dockerfile", text);
    let tree = crate::syntax::parse(source.text());
    let model = Model::build(&source, &tree, &BuildArgs::new(), Some(&context));
    model.file_in(model.stages.last().expect("a stage"), path)
}

#[test]
fn whether_a_file_is_there() {
    use Tri::{No, Unknown, Yes};
    for (steps, path, want) in [
        ("COPY . /app", "/app/src/app.py", Yes),
        ("COPY . /app", "/app/other.py", No),
        ("COPY . /app", "/app/secret.txt", No),
        ("COPY src /app", "/app/app.py", Yes),
        ("COPY src /app", "/app/src/app.py", No),
        ("COPY *.txt /app/", "/app/requirements.txt", Yes),
        ("COPY start.sh /usr/local/bin", "/usr/local/bin/start.sh", Yes),
        ("COPY start.sh /app/go", "/app/go", Yes),
        ("WORKDIR /app\nCOPY start.sh .", "/app/start.sh", Yes),
        ("WORKDIR /app\nCOPY start.sh /app", "/app/start.sh", Yes),
        ("COPY . /app\nRUN rm /app/start.sh", "/app/start.sh", No),
        ("COPY . /app\nRUN rm -rf /app/*", "/app/src/app.py", No),
        ("COPY . /app\nRUN cd /app && mv start.sh go.sh", "/app/go.sh", Yes),
        ("COPY . /app\nRUN cd /app && mv start.sh go.sh", "/app/start.sh", No),
        ("RUN echo a > /app/x", "/app/x", Yes),
        ("RUN mkdir -p /app/{a,b}", "/app/b", Yes),
        ("RUN ./setup.sh", "/app/x", Unknown),
        ("RUN apt-get install -y curl", "/app/x", No),
        ("RUN apt-get install -y curl", "/usr/bin/curl", Unknown),
        ("RUN git clone https://example.com/a.git /app", "/app/x", Unknown),
        ("RUN git clone https://example.com/a.git /app", "/other/x", No),
        ("RUN if true; then touch /app/x; fi", "/app/x", Unknown),
        ("ENV D=/app\nRUN touch $D/x", "/app/x", Yes),
        ("RUN ln -s /usr/local/bin/a.sh /", "/app/x", No),
        ("COPY <<EOF /app/x\na\nEOF", "/app/x", Yes),
        ("COPY . /app\nFROM scratch\nCOPY --from=0 /app/src /s", "/s/app.py", Yes),
        ("COPY . /app\nFROM scratch\nCOPY --from=0 /app/src /s", "/s/b.py", No),
        ("FROM scratch\nCOPY --from=example.com/x /a /b", "/b/c", Unknown),
        ("COPY $UNKNOWN /app", "/app/x", Unknown),
    ] {
        let text = format!("FROM debian:13\n{steps}\n");
        assert_eq!(at_end(&text, path).presence, want, "{steps}: {path}");
    }
    assert_eq!(at_end("FROM example.com/base\n", "/app/x").presence, Unknown);
    assert_eq!(at_end("FROM scratch\n", "/etc/passwd").presence, No);
}

#[test]
fn whether_a_file_is_executable() {
    use Tri::{No, Unknown, Yes};
    for (steps, path, want) in [
        ("COPY . /app", "/app/start.sh", No),
        ("COPY . /app", "/app/bin/run.sh", Yes),
        ("COPY --chmod=755 start.sh /app/", "/app/start.sh", Yes),
        ("COPY --chmod=644 bin /app/", "/app/run.sh", No),
        ("COPY . /app\nRUN chmod +x /app/start.sh", "/app/start.sh", Yes),
        ("COPY . /app\nRUN chmod +x /app/*.sh", "/app/start.sh", Yes),
        ("COPY . /app\nRUN chmod -R 755 /app", "/app/start.sh", Yes),
        ("COPY . /app\nRUN chmod +x /app/other.sh", "/app/start.sh", No),
        ("COPY . /app\nRUN chmod +x /app/start.sh\nCOPY . /app", "/app/start.sh", No),
        ("COPY . /app\nRUN find /app -name '*.sh' -exec chmod +x {} +", "/app/start.sh", Unknown),
        ("COPY . /app\nRUN make", "/app/start.sh", Unknown),
        ("COPY . /app\nRUN npm ci", "/app/start.sh", No),
        ("COPY . /app\nFROM debian:13\nCOPY --from=0 /app /app", "/app/start.sh", No),
    ] {
        let text = format!("FROM debian:13\n{steps}\n");
        assert_eq!(at_end(&text, path).executable, want, "{steps}: {path}");
    }
}

#[test]
fn who_owns_a_directory_and_whether_a_text_was_edited() {
    let owner = |steps: &str| at_end(&format!("FROM debian:13\n{steps}\n"), "/app").owner;
    assert_eq!(owner("WORKDIR /app").as_deref(), Some("root"));
    assert_eq!(owner("WORKDIR /app\nCOPY --chown=node . /app").as_deref(), Some("root"));
    assert_eq!(owner("COPY --chown=node . /app").as_deref(), Some("node"));
    assert_eq!(owner("USER node\nWORKDIR /app").as_deref(), Some("node"));
    assert_eq!(owner("WORKDIR /app\nRUN chown -R node:node /app").as_deref(), Some("node"));
    let edited = |steps: &str| at_end(&format!("FROM debian:13\nCOPY start.sh /\n{steps}\n"), "/start.sh").edited;
    assert_eq!(edited("RUN true"), Tri::No);
    assert_eq!(edited("RUN sed -i 's/\\r$//' /start.sh"), Tri::Yes);
    assert_eq!(edited("RUN dos2unix /start.sh"), Tri::Yes);
    assert_eq!(edited("RUN dos2unix /other.sh"), Tri::No);
}

#[test]
fn questions_about_a_file_are_bounded() {
    let mut text = "FROM debian:13\n".to_owned();
    for _ in 0..2000 {
        text.push_str("COPY a.py /app/\n");
    }
    // Each question looks at every change, until the budget is spent: then nothing is known.
    let source = Source::new("Dockerfile", text);
    let tree = crate::syntax::parse(source.text());
    let model = Model::build(&source, &tree, &BuildArgs::new(), None);
    let stage = model.stages.last().expect("a stage");
    let answers: Vec<Tri> = (0..2000).map(|at| model.file_in(stage, &format!("/app/{at}")).presence).collect();
    assert_eq!((answers[0], answers[1999]), (Tri::No, Tri::Unknown));
}
