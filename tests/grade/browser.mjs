// Opens the pages of a class in Chromium: no console errors, no violations that axe-core finds, in both colour schemes, wide and
// narrow, in four languages; then a review with `--serve`: search, override, comment, grade again.
//
//     npm install --prefix target/browser puppeteer-core axe-core
//     NODE_PATH=target/browser/node_modules node tests/grade/browser.mjs --plimsoll target/debug/plimsoll --chromium /usr/bin/chromium

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const program = resolve(option("plimsoll", "target/debug/plimsoll"));
const require = createRequire(join(process.env.NODE_PATH ?? join(HERE, "../../target/browser/node_modules"), "x.js"));
const puppeteer = require("puppeteer-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const problems = [];
const checked = { pages: 0, views: 0, rules: 0 };
const root = mkdtempSync(join(tmpdir(), "plimsoll-browser-"));
const rubric = readFileSync(join(HERE, "cases/rubric.toml"), "utf8");
const python = "import importlib.util,pathlib,sys; spec=importlib.util.spec_from_file_location('c',sys.argv[1]); " +
  "c=importlib.util.module_from_spec(spec); spec.loader.exec_module(c); c.write_class(pathlib.Path(sys.argv[2]))";
execFileSync("python3", ["-c", python, join(HERE, "cases/class.py"), join(root, "class")]);
const grade = (args) => execFileSync(program, ["grade", ...args, "--static-only", "--exit-zero", "--quiet"], { cwd: root });

const browser = await puppeteer.launch({
  executablePath: option("chromium", "/usr/bin/chromium"),
  args: ["--no-sandbox", "--allow-file-access-from-files"],
});

/** Opens a page in each view. */
async function check(name, url, prepare = async () => {}) {
  checked.pages += 1;
  for (const scheme of ["light", "dark"]) {
    for (const width of [1280, 390]) {
      const page = await browser.newPage();
      await prepare(page);
      const where = `${name} (${scheme}, ${width} px)`;
      page.on("console", (message) => ["error", "warning"].includes(message.type()) && problems.push(`${where}: ${message.text()}`));
      page.on("pageerror", (error) => problems.push(`${where}: ${error.message}`));
      page.on("request", (request) => {
        const own = request.url().startsWith("file:") || request.url().startsWith("data:") || request.url().startsWith("http://127.0.0.1");
        if (!own) problems.push(`${where}: asks for ${request.url()}`);
      });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await page.setViewport({ width, height: 900 });
      await page.setBypassCSP(true);
      await page.goto(url, { waitUntil: "load" });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (overflow > 0) problems.push(`${where}: ${overflow} px wider than the screen`);
      await page.evaluate(axe);
      const found = await page.evaluate(async () => {
        const { violations, passes } = await globalThis.axe.run(document);
        return { violations: violations.map((one) => `${one.id}: ${one.help}: ${one.nodes.slice(0, 2).map((node) => node.html.slice(0, 120)).join(" | ")}`), passes: passes.length };
      });
      problems.push(...found.violations.map((text) => `${where}: ${text}`));
      checked.rules = Math.max(checked.rules, found.passes);
      checked.views += 1;
      await page.close();
    }
  }
}

for (const lang of ["en", "de", "es", "fr"]) {
  writeFileSync(join(root, "rubric.toml"), rubric.replace("pass = 50", `pass = 50\nlang = "${lang}"`));
  grade(["rubric.toml", "class", "--out", lang]);
  await check(`${lang}: class`, pathToFileURL(join(root, lang, "index.html")).href);
  const students = readdirSync(join(root, lang, "students")).filter((name) => name.endsWith(".html"));
  const some = lang === "en" ? students.filter((_, at) => at % 4 === 0) : students.slice(2, 4);
  for (const name of some) await check(`${lang}: ${name}`, pathToFileURL(join(root, lang, "students", name)).href);
}

/** What the browser must have led to. */
function expect(is, what) {
  if (!is) problems.push(`review: ${what}`);
}

const overrides = join(root, "overrides.csv");
const serving = spawn(program, ["grade", "rubric.toml", "class", "--static-only", "--out", "reviewed", "--overrides", overrides, "--serve"], { cwd: root });
try {
  const url = await new Promise((done, fail) => {
    let said = "";
    serving.stdout.on("data", (data) => {
      said += data;
      const found = said.match(/http:\S+/);
      if (found) done(found[0]);
    });
    serving.on("exit", () => fail(new Error("plimsoll has ended")));
  });
  const signIn = async (page) => page.goto(url, { waitUntil: "load" });
  const page = await browser.newPage();
  page.on("console", (message) => message.type() === "error" && problems.push(`review: ${message.text()}`));
  page.on("pageerror", (error) => problems.push(`review: ${error.message}`));
  await signIn(page);
  expect(!page.url().includes("token"), "the token stays in the address bar");
  await page.type("#search", "s04");
  const shown = await page.$$eval("#class tbody tr", (rows) => rows.filter((row) => !row.hidden).length);
  expect(shown === 1, `search shows ${shown} students`);
  await Promise.all([page.waitForNavigation(), page.click("#class tbody tr:not([hidden]) a")]);
  await page.type("input[name='points.P']", "2.5");
  await page.type("input[name='comment.P']", "the task did not say it");
  await page.type("input[name='comment.']", "see me");
  await Promise.all([page.waitForNavigation(), page.click("form.review button")]);
  expect(page.url().endsWith("/students/s04-untagged.html"), `saved at ${page.url()}`);
  expect((await page.content()).includes("the task did not say it"), "the comment is not on the page");
  await Promise.all([page.waitForNavigation(), page.goto(new URL("/", url).href)]);
  await Promise.all([page.waitForNavigation(), page.click("form.review button")]);
  const csv = readFileSync(join(root, "reviewed", "grades.csv"), "utf8");
  const row = csv.split("\n").find((line) => line.startsWith("s04-untagged,")) ?? "";
  expect(row.includes(",12.5,15,83,") && row.endsWith("see me,2.5,5,5"), `the row is ${row}`);
  const kept = "student,criterion,points,comment,late-days\ns04-untagged,,,see me,\ns04-untagged,P,2.5,the task did not say it,\n";
  expect(existsSync(overrides) && readFileSync(overrides, "utf8") === kept, "the overrides are not as expected");
  await check("review: class", new URL("/", url).href);
  await check("review: student", new URL("/students/s04-untagged.html", url).href);
} finally {
  serving.kill();
  await browser.close();
  rmSync(root, { recursive: true, force: true });
}

const result = `${checked.pages} pages in ${checked.views} views (light and dark, 1280 and 390 px; English, German, Spanish, French): ` +
  `${problems.length} console errors, requests, overflows and axe-core violations; up to ${checked.rules} axe-core rules passed on a page.\n`;
console.log(problems.join("\n") + (problems.length ? "\n" : "") + result);
process.exit(problems.length ? 1 : 0);
