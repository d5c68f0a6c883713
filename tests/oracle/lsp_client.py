"""A small language server client that uses standard input and output."""

import json
import subprocess
import threading
import queue


class Client:
    def __init__(self, command, capabilities=None, options=None):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.number = 0
        self.messages = queue.Queue()
        self.notes = []
        threading.Thread(target=self._read, daemon=True).start()
        params = {
            "processId": None,
            "rootUri": None,
            "capabilities": capabilities or {},
            "initializationOptions": options,
        }
        self.capabilities = self.request("initialize", params)["capabilities"]
        self.notify("initialized", {})

    def _read(self):
        out = self.process.stdout
        while True:
            length = None
            while line := out.readline().strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if length is None:
                self.messages.put(None)
                return
            self.messages.put(json.loads(out.read(length)))

    def _send(self, message):
        body = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def notify(self, method, params):
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def _next(self, timeout):
        message = self.messages.get(timeout=timeout)
        if message is None:
            raise EOFError("the server ended")
        if "method" in message and "id" in message:
            # Requests from the server get an empty response.
            self._send({"jsonrpc": "2.0", "id": message["id"], "result": None})
        return message

    def request(self, method, params, timeout=60):
        self.number += 1
        self._send({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params})
        while True:
            message = self._next(timeout)
            if message.get("id") == self.number and "method" not in message:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error'].get('message')}")
                return message["result"]
            self.notes.append(message)

    def findings(self, uri, version=None, timeout=60):
        """Waits until the findings for a document are published."""
        while True:
            for index, note in enumerate(self.notes):
                params = note.get("params") or {}
                if note.get("method") == "textDocument/publishDiagnostics" and params["uri"] == uri:
                    del self.notes[index]
                    if version is None or params.get("version") in (None, version):
                        return params["diagnostics"]
                    break
            else:
                self.notes.append(self._next(timeout))

    def open(self, uri, text, version=1, language="dockerfile"):
        document = {"uri": uri, "languageId": language, "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, uri, version, range_, text, whole):
        """Replaces a range, or sends the whole new text, depending on what the server supports."""
        sync = self.capabilities.get("textDocumentSync") or 0
        kind = sync.get("change", 0) if isinstance(sync, dict) else sync
        change = {"range": range_, "text": text} if kind == 2 else {"text": whole}
        document = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})

    def close(self, uri):
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def memory(self):
        """Returns the peak memory of the server in MB."""
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024

    def stop(self):
        try:
            self.request("shutdown", None, timeout=5)
            self.notify("exit", None)
            self.process.wait(timeout=5)
        except Exception:
            self.process.kill()
            self.process.wait()
