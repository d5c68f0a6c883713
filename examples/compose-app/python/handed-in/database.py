"""A small client of PostgreSQL: one query, its rows as lists of texts."""

import base64
import hashlib
import hmac
import os
import socket
import struct


def query(sql, host, user, password, database):
    with socket.create_connection((host, 5432), timeout=5) as link:
        stream = link.makefile("rwb")
        _log_in(stream, user, password, database)
        _send(stream, b"Q", sql.encode() + b"\0")
        rows = []
        while True:
            kind, body = _receive(stream)
            if kind == b"D":
                rows.append(_row(body))
            elif kind == b"Z":
                return rows


def _log_in(stream, user, password, database):
    names = ["user", user, "database", database, ""]
    start = struct.pack("!i", 196608) + b"\0".join(name.encode() for name in names) + b"\0"
    stream.write(struct.pack("!i", len(start) + 4) + start)
    stream.flush()
    nonce = base64.b64encode(os.urandom(18)).decode()
    first = f"n=,r={nonce}"
    while True:
        kind, body = _receive(stream)
        if kind == b"Z":
            return
        if kind != b"R":
            continue
        step = struct.unpack("!i", body[:4])[0]
        if step == 10:
            message = f"n,,{first}".encode()
            _send(stream, b"p", b"SCRAM-SHA-256\0" + struct.pack("!i", len(message)) + message)
        elif step == 11:
            _send(stream, b"p", _prove(password, first, body[4:].decode()))
        elif step not in (0, 12):
            raise RuntimeError(f"the server asks for a login of kind {step}")


def _prove(password, first, challenge):
    parts = dict(part.split("=", 1) for part in challenge.split(","))
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(parts["s"]), int(parts["i"]))
    client = hmac.digest(salted, b"Client Key", "sha256")
    last = f"c=biws,r={parts['r']}"
    signed = hmac.digest(hashlib.sha256(client).digest(), f"{first},{challenge},{last}".encode(), "sha256")
    proof = bytes(a ^ b for a, b in zip(client, signed))
    return f"{last},p={base64.b64encode(proof).decode()}".encode()


def _send(stream, kind, body):
    stream.write(kind + struct.pack("!i", len(body) + 4) + body)
    stream.flush()


def _receive(stream):
    kind = stream.read(1)
    if not kind:
        raise RuntimeError("the server hung up")
    body = stream.read(struct.unpack("!i", stream.read(4))[0] - 4)
    if kind == b"E":
        raise RuntimeError(body[1:].split(b"\0M")[-1].split(b"\0")[0].decode(errors="replace"))
    return kind, body


def _row(body):
    count, at, row = struct.unpack("!h", body[:2])[0], 2, []
    for _ in range(count):
        length = struct.unpack("!i", body[at : at + 4])[0]
        at += 4
        row.append(None if length < 0 else body[at : at + length].decode())
        at += max(length, 0)
    return row
