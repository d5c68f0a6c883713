#!/usr/bin/env python3
"""Tests the pages of `plimsoll grade` and `plimsoll weigh` in a real browser: tests/oracle/pages.py OUT… [--axe FILE] [--shots DIR] [--browser PROGRAM]

OUT is a directory of results with index.html, or a single page. Chromium is controlled through its pipe, using only Python's standard library. It is an
error if a page writes to the console, requests any other resource, scrolls sideways on a narrow screen, or does not
sort, search, filter and export its table as expected. With --axe, the file `axe.min.js` of the npm package axe-core, every
page is checked for accessibility in both color schemes, on wide and narrow screens. Each cell of a treemap must be reachable with the tab key, show
its focus, and lead to its row in the table.
"""

import argparse
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile

NARROW = 390


class Browser:
    """Chromium, controlled through --remote-debugging-pipe: JSON messages that end with a NUL."""

    def __init__(self, program):
        self.profile = tempfile.TemporaryDirectory(prefix="plimsoll-pages-", ignore_cleanup_errors=True)
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()

        def lay():
            # Chromium reads from file descriptor 3 and writes to 4.
            first, second = os.dup(to_read), os.dup(from_write)
            os.dup2(first, 3)
            os.dup2(second, 4)

        args = [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
                "--disable-dev-shm-usage", f"--user-data-dir={self.profile.name}", "about:blank"]
        self.process = subprocess.Popen(args, pass_fds=(3, 4, to_read, from_write), preexec_fn=lay,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(from_write)
        self.write = os.fdopen(to_write, "wb")
        self.read = os.fdopen(from_read, "rb")
        self.rest, self.number, self.events, self.session = b"", 0, [], None

    def message(self):
        while b"\0" not in self.rest:
            more = os.read(self.read.fileno(), 1 << 16)
            if not more:
                sys.exit("the browser exited")
            self.rest += more
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **params):
        self.number += 1
        call = {"id": self.number, "method": method, "params": params}
        if self.session:
            call["sessionId"] = self.session
        self.write.write(json.dumps(call).encode() + b"\0")
        self.write.flush()
        while True:
            message = self.message()
            if message.get("id") == self.number:
                if "error" in message:
                    sys.exit(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def wait(self, name):
        while not any(event.get("method") == name for event in self.events):
            self.events.append(self.message())

    def value(self, script):
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            sys.exit(f"{script}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def end(self):
        self.process.terminate()
        self.process.wait()
        self.profile.cleanup()


SORTED = """(() => {
  const heads = [...document.querySelectorAll("#class tr.heads th")];
  const wrong = [];
  for (const [at, head] of heads.entries()) {
    for (let turn = 0; turn < 2; turn++) {
      head.querySelector("button").click();
      const order = head.getAttribute("aria-sort");
      const number = head.dataset.kind === "number";
      const cells = [...document.querySelectorAll("#class tbody tr")].map((row) => row.children[at]);
      const values = cells.map((cell) => number ? Number(cell.dataset.v ?? -2) : cell.textContent);
      const less = (a, b) => number ? a - b : a.localeCompare(b);
      const sign = order === "ascending" ? 1 : -1;
      if (values.some((value, index) => index > 0 && sign * less(values[index - 1], value) > 0) || !order)
        wrong.push(head.textContent + " " + order);
    }
  }
  return { heads: heads.length, rows: document.querySelectorAll("#class tbody tr").length, wrong };
})()"""


SEARCHED = """(() => {
  const rows = [...document.querySelectorAll("#class tbody tr")];
  const shown = () => rows.filter((row) => !row.hidden);
  const search = document.getElementById("search");
  const filter = document.getElementById("filter");
  const wrong = [];
  const name = rows[0].children[0].textContent;
  search.value = name.toUpperCase();
  search.dispatchEvent(new Event("input"));
  if (!shown().includes(rows[0]) || shown().some((row) => !row.children[0].textContent.includes(name))) wrong.push("search");
  search.value = "";
  search.dispatchEvent(new Event("input"));
  for (const option of filter.options) {
    filter.value = option.value;
    filter.dispatchEvent(new Event("change"));
    const fit = rows.filter((row) => !option.value || (row.dataset.is ?? "").split(" ").includes(option.value));
    if (fit.length !== shown().length || Number(document.getElementById("count").textContent) !== fit.length)
      wrong.push("filter " + option.value);
  }
  filter.value = "";
  filter.dispatchEvent(new Event("change"));
  const made = [];
  const create = URL.createObjectURL;
  const click = HTMLAnchorElement.prototype.click;
  URL.createObjectURL = (blob) => { made.push(blob); return "data:,"; };
  HTMLAnchorElement.prototype.click = () => {};
  document.getElementById("export").click();
  URL.createObjectURL = create;
  HTMLAnchorElement.prototype.click = click;
  return Promise.resolve(made[0]?.text()).then((text) => {
    if ((text ?? "").split("\\r\\n").length !== rows.length + 2) wrong.push("export");
    return wrong;
  });
})()"""

VIOLATIONS = """axe.run(document, { resultTypes: ["violations"] }).then((result) =>
  result.violations.map((one) => one.id + ": " + one.nodes.slice(0, 2).map((node) => node.html.slice(0, 120) + " " + (node.any[0]?.message ?? "")).join(" | ")))"""


def accessible(browser, name, axe, faults):
    browser.value(axe + "; 0")
    for scheme in ("light", "dark"):
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        for width in (NARROW, 1280):
            browser.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
            faults.extend(f"{name}: {scheme}, {width}: {one}" for one in browser.value(VIOLATIONS))
    browser.call("Emulation.setEmulatedMedia", features=[])
    browser.call("Emulation.clearDeviceMetricsOverride")


def press(browser, key, code):
    for kind in ("keyDown", "keyUp"):
        browser.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, text="\r" if key == "Enter" and kind == "keyDown" else "")


FOCUSED = """(() => {
  const cells = [...document.querySelectorAll(".map a")];
  const style = getComputedStyle(document.activeElement);
  return [cells.indexOf(document.activeElement), style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0];
})()"""


def keyboard(browser, name, faults):
    cells = browser.value("document.querySelectorAll('.map a').length")
    for index in range(cells):
        press(browser, "Tab", 9)
        at, is_shown = browser.value(FOCUSED)
        # Between the treemaps of two images are tables that scroll, which are on the way.
        for _ in range(4 if index else 0):
            if at < 0:
                press(browser, "Tab", 9)
                at, is_shown = browser.value(FOCUSED)
        if at != index or not is_shown:
            faults.append(f"{name}: cell {index} is {'not reached' if at != index else 'not seen'} by the tab key")
            return
    if cells:
        press(browser, "Enter", 13)
        if browser.value("location.hash !== document.activeElement.getAttribute('href') && !document.querySelector('tr:target')"):
            faults.append(f"{name}: a cell does not lead to its row")


def look(browser, path, shots, faults, axe):
    page = path.resolve().as_uri()
    browser.events.clear()
    browser.call("Page.navigate", url=page)
    browser.wait("Page.loadEventFired")
    for event in browser.events:
        method, params = event.get("method"), event.get("params", {})
        if method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Page.javascriptDialogOpening"):
            faults.append(f"{path.name}: {method}: {json.dumps(params)[:300]}")
        if method == "Log.entryAdded":
            faults.append(f"{path.name}: {params['entry'].get('text')}")
        if method == "Network.requestWillBeSent" and params["request"]["url"] not in (page, "data:,"):
            faults.append(f"{path.name}: requests {params['request']['url'][:200]}")
    told = {}
    keyboard(browser, path.name, faults)
    if path.name == "index.html":
        told = browser.value(SORTED)
        faults.extend(f"{path.name}: not sorted: {wrong}" for wrong in told["wrong"])
        faults.extend(f"{path.name}: {wrong}" for wrong in browser.value(SEARCHED))
        links = browser.value("[...document.querySelectorAll('a')].map((a) => a.getAttribute('href'))")
        faults.extend(f"index.html: no page {link}" for link in links if not (path.parent / link).is_file())
    for width in (NARROW, 1280):
        browser.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width == NARROW)
        over = browser.value("document.scrollingElement.scrollWidth - window.innerWidth")
        if over > 0:
            faults.append(f"{path.name}: {over} pixels too wide at {width}")
        if shots:
            shot = browser.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
            (shots / f"{path.stem}-{width}.png").write_bytes(base64.b64decode(shot["data"]))
    browser.call("Emulation.clearDeviceMetricsOverride")
    if path.name != "index.html":
        lost = browser.value("[...document.querySelectorAll('a[href^=\"#\"]')].map((a) => a.getAttribute('href')).filter((to) => !document.getElementById(to.slice(1)))")
        faults.extend(f"{path.name}: leads nowhere: {to}" for to in lost)
    if axe:
        accessible(browser, path.name, axe, faults)
    return told


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=pathlib.Path, nargs="+")
    parser.add_argument("--axe", type=pathlib.Path)
    parser.add_argument("--shots", type=pathlib.Path)
    parser.add_argument("--browser", default="chromium")
    args = parser.parse_args()
    if args.shots:
        args.shots.mkdir(parents=True, exist_ok=True)
    pages = []
    for out in args.out:
        pages += [out] if out.is_file() else [out / "index.html", *sorted((out / "students").glob("*.html"))]
    browser = Browser(args.browser)
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    browser.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    for domain in ("Page", "Runtime", "Log", "Network"):
        browser.call(f"{domain}.enable")
    faults = []
    axe = args.axe.read_text() if args.axe else None
    try:
        for index, page in enumerate(pages):
            told = look(browser, page, args.shots if index < 4 else None, faults, axe)
            if told:
                print(f"{told['heads']} columns and {told['rows']} rows, each column sorted both ways")
    finally:
        browser.end()
    print(f"{len(pages)} pages, {len(faults)} problems")
    print("\n".join(faults[:40]))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
