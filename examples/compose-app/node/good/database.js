// A small client of PostgreSQL: one query, its rows as lists of texts.

import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { connect } from "node:net";

export function query(sql, { host, user, password, database }) {
  return new Promise((resolve, reject) => {
    const link = connect(5432, host);
    const rows = [];
    const login = new Login(password);
    let loggedIn = false;
    let received = Buffer.alloc(0);
    const fail = (error) => {
      link.destroy();
      reject(error);
    };
    const handle = (kind, body) => {
      if (kind === "E") {
        fail(new Error(body.toString().split("\0M").pop().split("\0")[0]));
      } else if (kind === "R") {
        const answer = login.answer(body);
        if (answer) link.write(message("p", answer));
      } else if (kind === "D") {
        rows.push(row(body));
      } else if (kind === "Z" && !loggedIn) {
        loggedIn = true;
        link.write(message("Q", Buffer.from(`${sql}\0`)));
      } else if (kind === "Z") {
        link.end();
        resolve(rows);
      }
    };
    link.setTimeout(5000, () => fail(new Error("the server does not answer")));
    link.on("error", fail);
    link.on("connect", () => {
      const names = Buffer.from(["user", user, "database", database, "", ""].join("\0"));
      link.write(message("", Buffer.concat([number(196608), names])));
    });
    link.on("data", (bytes) => {
      received = Buffer.concat([received, bytes]);
      while (received.length > 4) {
        const length = received.readInt32BE(1);
        if (received.length <= length) break;
        const [kind, body] = [String.fromCharCode(received[0]), received.subarray(5, length + 1)];
        received = received.subarray(length + 1);
        handle(kind, body);
      }
    });
  });
}

// The login by SCRAM-SHA-256.
class Login {
  constructor(password) {
    this.password = password;
    this.first = `n=,r=${randomBytes(18).toString("base64")}`;
  }

  answer(body) {
    const step = body.readInt32BE(0);
    if (step === 10) {
      const text = Buffer.from(`n,,${this.first}`);
      return Buffer.concat([Buffer.from("SCRAM-SHA-256\0"), number(text.length), text]);
    }
    if (step === 11) return Buffer.from(this.proof(body.subarray(4).toString()));
    return null;
  }

  proof(challenge) {
    const parts = Object.fromEntries(challenge.split(",").map((part) => [part[0], part.slice(2)]));
    const salted = pbkdf2Sync(this.password, Buffer.from(parts.s, "base64"), Number(parts.i), 32, "sha256");
    const hmac = (key, text) => createHmac("sha256", key).update(text).digest();
    const client = hmac(salted, "Client Key");
    const last = `c=biws,r=${parts.r}`;
    const signed = hmac(createHash("sha256").update(client).digest(), `${this.first},${challenge},${last}`);
    const proof = client.map((byte, at) => byte ^ signed[at]);
    return `${last},p=${Buffer.from(proof).toString("base64")}`;
  }
}

function number(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function message(kind, body) {
  return Buffer.concat([Buffer.from(kind), number(body.length + 4), body]);
}

function row(body) {
  const values = [];
  let at = 2;
  for (let left = body.readInt16BE(0); left > 0; left--) {
    const length = body.readInt32BE(at);
    at += 4;
    values.push(length < 0 ? null : body.subarray(at, at + length).toString());
    at += Math.max(length, 0);
  }
  return values;
}
