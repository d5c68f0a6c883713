#!/usr/bin/env python3
"""Looks at the pages of `plimsoll grade` in a real browser: tests/oracle/pages.py OUT [--shots DIR] [--browser PROGRAM]

OUT is a folder of results with index.html. Chromium is driven through its pipe, with nothing but Python's own library. It is an
error when a page writes to the console, asks for anything but itself, has to be scrolled sideways on a narrow screen, or does not
sort its table as the reader wants it.
"""

import argparse
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile

NARROW = 320


class Browser:
    """Chromium, spoken to by --remote-debugging-pipe: JSON that ends with a NUL."""

    def __init__(self, program):
        self.profile = tempfile.TemporaryDirectory(prefix="plimsoll-pages-")
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()

        def lay():
            # It reads from 3 and writes to 4.
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
                sys.exit("the browser has gone")
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
  const heads = [...document.querySelectorAll("#class thead th")];
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


def look(browser, path, shots, faults):
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
            faults.append(f"{path.name}: asks for {params['request']['url'][:200]}")
    told = {}
    if path.name == "index.html":
        told = browser.value(SORTED)
        faults.extend(f"{path.name}: not sorted: {wrong}" for wrong in told["wrong"])
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
    return told


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--shots", type=pathlib.Path)
    parser.add_argument("--browser", default="chromium")
    args = parser.parse_args()
    if args.shots:
        args.shots.mkdir(parents=True, exist_ok=True)
    pages = [args.out / "index.html", *sorted((args.out / "students").glob("*.html"))]
    browser = Browser(args.browser)
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    browser.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    for domain in ("Page", "Runtime", "Log", "Network"):
        browser.call(f"{domain}.enable")
    faults = []
    try:
        for index, page in enumerate(pages):
            told = look(browser, page, args.shots if index < 4 else None, faults)
            if told:
                print(f"{told['heads']} columns and {told['rows']} rows, each column sorted both ways")
    finally:
        browser.end()
    print(f"{len(pages)} pages, {len(faults)} faults")
    print("\n".join(faults[:40]))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
