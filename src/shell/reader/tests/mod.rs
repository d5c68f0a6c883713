//! Trees of small scripts, by construct, as snapshots.

mod mutants;
mod robust;

use super::dump::dump;
use super::*;

/// The scripts with their trees.
fn trees(scripts: &[&str]) -> String {
    let mut out = String::new();
    for script in scripts {
        let tree = read(script);
        robust::check(script, &tree);
        let indented = script.replace('\n', "\n  ");
        out += &format!("$ {indented}\n{}\n\n", dump(&tree, script));
    }
    out
}

macro_rules! snapshots {
    ($($name:ident: [$($script:expr,)*],)*) => {
        /// The scripts of all snapshots.
        const SCRIPTS: &[&[&str]] = &[$(&[$($script),*]),*];

        $(
            #[test]
            fn $name() {
                insta::with_settings!({ omit_expression => true }, {
                    insta::assert_snapshot!(trees(&[$($script),*]));
                });
            }
        )*
    };
}

snapshots! {
    lists: [
        "a b && c | d; e &",
        "a ||\n  # why\n  b\n\nc",
        "a \\\n  b \\\n  && c",
        "! a | b |& c; ! ! d; time -p e; time; !",
        "a & b; c&",
        "",
        "  # nothing\n",
    ],
    simple_commands: [
        "A=1 B= c D=2 >e f",
        "A+=1 B[0]=2 C[$i]+=3 D=(1 \"2\" [k]=3 [$k]+=4\n # five\n $(5)) E=()",
        "export A=1 B=$c D; declare -a E=(1 2); local F; readonly G=~/h:~i; make A=1",
        "a=b{1,2} c=d~e",
        "then=1",
        "echo if then fi",
    ],
    redirections: [
        "a >b 2>&1 <c >>d >|e <>f <&- >&g",
        "a &>b &>>c {fd}>d 12>e 2>&$f",
        "a <<<\"b c\" d",
        "> a; >b c",
        "a 2 >b",
        "a 2\\\n>b",
    ],
    heredocs: [
        "cat <<EOF > x\n$a \\$b \"c\" $(d)\nEOF\nb",
        "cat <<'EOF' | sh\n$a\nEOF",
        "cat <<-A <<B; c\n\ta\n\tA\nb\nB\nd",
        "cat <<\"E F\"\n`a`\nE F\n",
        "cat <<E\na",
        "cat <<E",
        "x=$(cat <<E\na\nE\n); b",
        "cat <<E\na \\\nE\nE",
        "if cat <<E; then\na\nE\nb; fi",
    ],
    conditionals: [
        "if a; then b; elif c; then d; else e; fi >f",
        "if a\nthen\\\n  b\nfi",
        "case $x in a|b) c ;; (d) ;; *) e & esac",
        "case x in a) b;& c) d;;& [a-z]*) e;; esac",
        "case x in esac",
        "case x in\n  # a\n  \"a b\"|'c'*)\n    d\n    ;;\nesac",
        "case x in done) a;; fi) b;; esac",
    ],
    loops: [
        "for x in a \"$b\" *.c; do d $x; done",
        "for x; do a; done; for x do a; done; for x\nin a\ndo b\ndone",
        "for x in; do a; done",
        "for ((i = 0; i < 3; i++)); do a; done; for ((;;)) { b; }",
        "while a; b; do c; done <d; until a; do b; done",
        "select x in a b; do c; done",
        "for x in a; { b; }",
    ],
    groups_and_functions: [
        "(a; b) >c | { d; }",
        "{\\\n  a; \\\n}",
        "f() { a; } >b; g () (c)",
        "function f { a; }; function g() { b; }; function h-i { c; }",
        "f() if a; then b; fi",
        "coproc a b; coproc C { d; }; coproc { e; }",
        "((a)); ( (b) ); ((c); d)",
        "!(a)",
        "f() a",
    ],
    tests: [
        "[[ -f $a && ! ( b == c* || \"d\" != e ) ]]",
        "[[ $a =~ ^(b|c d)[0-9]+$ && $x -lt 3 && a < b ]]",
        "[[ a ]] && [[ -n $b\n]] || [[ a = @(b|c) ]]",
        "[ -f a ] && test b",
        "[[ -f == x ]]",
        "[[ a",
        "[[ a b ]]; c",
        "[[ ]]",
    ],
    arithmetic: [
        "echo $((1 + 2 * 3 - x)) $(( (a) ? b : c ? d : e )) $((a = b += 2, c++))",
        "((i++ < 10 && !j || ~k)) ; ((a[i] *= 2)); ((2 ** 3 ** 4))",
        "echo $(( $a $op $b )) $((${a}1 + 16#ff - 0x1F)) $((\"$a\" + `b`))",
        "echo $[1 + 2] $(( )) $((1 +))",
        "echo $((a) | b) $((c); (d)) $(( (e) ))",
        "echo $((x[y[1]] + $(z)))",
        "echo $((1",
    ],
    words: [
        "echo 'a b'\"c $d\"e\\ f $'g\\'h' $\"i\"",
        "echo \"a \\\" \\$b \\c \\\n d\"",
        "echo *.a ? [a-z] [!$x\"]\"] [[:alpha:]_]* [ ] a[b",
        "echo ~ ~/a ~user/b a~ ~$c \"~\"",
        "echo {a,b}c {1..3} {a..z..2} {a} {} {a,{b,\"c\"}} {a,b a,b} ${x}{y,z} {a,$b,$(c)} {1..$n}",
        "echo @(a|b*) !(c)d +(e|\"f\")",
        "echo a\\\nb c\\\n d",
        "echo é日本 \\é 'é'",
        "echo a#b #c",
        "echo $ $% \"$\" a$",
    ],
    parameters: [
        "echo $a $1 $12 $@ $# $? $- $$ $! $* $a_b-c",
        "echo ${a} ${#a} ${#} ${#@} ${##} ${##x} ${#-} ${!a} ${!a*} ${!a@} ${!a[@]} ${!}",
        "echo ${a:-b c} ${a-} ${a:=b} ${a?c} ${a:+\"$d\"} ${a:-${b:-$(c)}} \"${a:-it's}\" \"${a:-\"b\"}\"",
        "echo ${a#*/} ${a##\"b\"} ${a%.*} ${a%%'c'} \"${a#'}'}\"",
        "echo ${a/b/c} ${a//\\//_} ${a/#b} ${a/%b/} ${a/[a-z]/$x}",
        "echo ${a:1} ${a:1:2} ${a: -1} ${a:(-1)} ${a:x?y:z:2} ${a:$b:${#c}}",
        "echo ${a^} ${a^^[a-c]} ${a,,} ${a@Q} ${a[0]} ${a[@]} ${a[*]:1} ${a[b c]} ${a[$i+1]}",
        "echo ${} ${a b} ${{ c }} ${${a}} ${a",
        "echo ${ a; } ${| b; }",
    ],
    substitutions: [
        "a $(b | c) \"$(d \"e\")\" $(<f) $( )",
        "a `b \\`c \\\\\\`d\\\\\\`\\`` \"`e \\\"f\\\" \\$g`\"",
        "a <(b) >(c) --d=<(e; f)",
        "a $(case b in c) d;; esac)",
        "a $(b # it's )\n)",
        "a `b # c` d",
        "a $(b",
        "a `b",
    ],
    mistakes: [
        "apt-get update && apt-get install -y vim && echo \"x",
        "if a; then b && c",
        "a && b) && c | d",
        "a &&\n && b",
        "(fi) && a |",
        "A=1 && b | c && done }}",
        "a; fi; cat <<EOF\nx; y\nEOF\nb",
        "for x in 1 2; do a; b $(c 'x;y'); done done &&",
        "if a; then fi; b",
        "while a; do if b; then c; done; d",
        "{ a; b",
        "a; ; b;; c",
        "case x in a) b",
        "case x a) b;; esac; c",
        "case in in b) c;; esac",
        "for do a; done",
        "for x in a do b; done; c",
        "if a then b; fi; c",
        "f() ; a",
        "a (b) c",
        "fi > x && a",
        "{ a; } b; c",
        "a=(b; c",
        "a >; b",
        "a 'b",
        "&& a",
        "in a; b",
        "if a; then in; fi",
        "{{ if .x | f(\"y\") }}; c",
    ],
}

#[test]
fn shells_differ() {
    let shells = [Dialect::Bash, Dialect::Posix, Dialect::Ash];
    for (script, accepted) in [
        ("[[ a == b && c < d ]]", [true, true, true]),
        ("[[ a =~ (b|c) ]]", [true, false, false]),
        ("[[ (a) ]]", [true, false, false]),
        ("(( 1 )); ((i++)); (( a < 3 ))", [true, true, true]),
        ("function f { a; }", [true, false, true]),
        ("a &> b", [true, true, true]),
        ("a &>> b", [true, true, false]),
        ("a <(b)", [true, false, true]),
        ("a $'b\\'c'", [true, false, true]),
        ("a <<< b", [true, false, false]),
        ("case a in b) c;& esac", [true, false, false]),
        ("a |& b", [true, false, false]),
        ("a=(1 2)", [true, false, false]),
        ("a !(b)", [false, false, false]),
        ("[[ a == !(b) ]]", [true, false, false]),
        ("a {fd}>b", [true, true, true]),
        ("echo ${a/b/c} ${a[1]} ${{a}} ${}", [true, true, true]),
        ("for ((i=0;i<3;i++)); do a; done", [true, false, false]),
        ("select a in b; do c; done", [true, false, false]),
        ("time -p a | b", [true, true, true]),
        ("f() a", [false, true, true]),
        ("for a in b; { c; }", [true, false, false]),
        ("! ! a", [true, false, false]),
        ("a | ! b", [false, false, false]),
        ("a-b() { c; }", [true, false, false]),
        ("for a-b in c; do d; done", [true, false, false]),
        ("echo $((a) | b)", [true, false, false]),
        ("cat <<E\n${a\nE", [true, false, false]),
        ("if a; then fi", [false, false, false]),
        ("a; }", [false, false, false]),
        ("case a in b|c) d; esac", [true, true, true]),
        ("in a", [false, false, false]),
        ("function a b", [false, true, false]),
        ("echo `if`", [true, false, false]),
    ] {
        let found = shells.map(|shell| accepts(script, shell));
        assert_eq!(found, accepted, "{script}");
    }
}
