// Reads scripts with mvdan-sh, one JSON line each on standard input: {"text", "shell"}. Prints what `plimsoll debug-shell`
// says of them in "commands": kind, start, words and redirections, all as byte offsets; or null if it does not parse.
const { syntax } = require("mvdan-sh");
const lines = require("fs").readFileSync(0, "utf8").split("\n").filter((line) => line);

const KINDS = {
  CallExpr: "Simple", DeclClause: "Simple", LetClause: "Simple", Subshell: "Subshell", Block: "Group", IfClause: "If", WhileClause: "Loop",
  ForClause: "For", CaseClause: "Case", FuncDecl: "Function", TestClause: "Test", ArithmCmd: "Arithmetic", CoprocClause: "Coproc",
};

const span = (node) => [node.Pos().Offset(), node.End().Offset()];

function commands(text, shell) {
  const variants = { bash: syntax.LangBash, "bash-as-sh": syntax.LangBash, ksh: syntax.LangMirBSDKorn };
  // The widest grammar, as our reader's.
  const parser = syntax.NewParser(syntax.Variant(variants[shell] ?? syntax.LangBash));
  const bytes = Buffer.from(text);
  const found = [];
  syntax.Walk(parser.Parse(text, "script"), (node) => {
    if (!node || syntax.NodeType(node) !== "Stmt") return true;
    const type = node.Cmd ? syntax.NodeType(node.Cmd) : "CallExpr";
    const kind = KINDS[type];
    if (!kind) return true;
    let words = [];
    if (type === "CallExpr" && node.Cmd) words = [...node.Cmd.Assigns, ...node.Cmd.Args].map(span);
    if (type === "DeclClause") words = [node.Cmd.Variant, ...node.Cmd.Args].map(span);
    if (type === "LetClause") words = [[node.Cmd.Pos().Offset(), node.Cmd.Pos().Offset() + 3], ...node.Cmd.Exprs.map(span)];
    // A line continuation at a word's end is no part of it for us.
    const trimmed = ([start, end]) => {
      while (end >= start + 2 && bytes[end - 1] === 10 && bytes[end - 2] === 92) end -= 2;
      return [start, end];
    };
    words = words.map(trimmed);
    const redirects = node.Redirs.map((redirect) => [redirect.Pos().Offset(), redirect.Word.End().Offset()]).map(trimmed);
    const starts = [...words, ...redirects].map((pair) => pair[0]);
    const start = node.Cmd && kind !== "Simple" ? node.Cmd.Pos().Offset() : Math.min(...starts);
    found.push([kind, start, words, redirects]);
    return true;
  });
  return found;
}

for (const line of lines) {
  const { text, shell } = JSON.parse(line);
  let result = null;
  try {
    result = commands(text, shell);
  } catch (error) {
    result = String(error.Error ? error.Error() : error.message ?? error);
  }
  console.log(JSON.stringify(result));
}
