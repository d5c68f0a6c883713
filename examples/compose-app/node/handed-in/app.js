import { createServer } from "node:http";

import { query } from "./database.js";

const TABLE = "create table if not exists guest (number serial, name text)";
const LATEST = "select name from guest order by number desc limit 1";

const ask = (sql) =>
  query(sql, {
    host: process.env.DATABASE_HOST,
    user: "app",
    password: process.env.DATABASE_PASSWORD,
    database: "app",
  });

createServer(async (request, response) => {
  try {
    await ask(TABLE);
    const rows = await ask(LATEST);
    response.writeHead(200).end(`Hello, ${rows.length > 0 ? rows[0][0] : "nobody"}!`);
  } catch (error) {
    response.writeHead(500).end(`no answer from the database: ${error.message}`);
  }
}).listen(8080);
