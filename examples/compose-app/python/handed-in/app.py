import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from database import query

TABLE = "create table if not exists guest (number serial, name text)"
LATEST = "select name from guest order by number desc limit 1"


def ask(sql):
    host, password = os.environ["DATABASE_HOST"], os.environ["DATABASE_PASSWORD"]
    return query(sql, host=host, user="app", password=password, database="app")


class Greeter(BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            ask(TABLE)
            rows = ask(LATEST)
            status, text = 200, f"Hello, {rows[0][0] if rows else 'nobody'}!"
        except Exception as error:
            status, text = 500, f"no answer from the database: {error}"
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())


ThreadingHTTPServer(("", 8080), Greeter).serve_forever()
