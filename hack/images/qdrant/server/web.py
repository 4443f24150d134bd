"""HTTP: keys, the response envelope, health, metrics."""

import hmac
import json
import threading
import time
import urllib.parse
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .errors import ApiError, format_error, from_engine
from .routes import match

OPEN = {"/": None, "/healthz": "healthz check passed", "/livez": "healthz check passed", "/readyz": "all shards are ready"}


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address, store, settings):
        super().__init__(address, Handler)
        self.store = store
        self.settings = settings
        self.responses = Counter()
        self.seconds = Counter()
        self.counting = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 90

    def log_message(self, *_args):
        """Quiet: the real server logs requests only when it is told to."""

    def do_GET(self):
        self._answer()

    do_POST = do_PUT = do_DELETE = do_PATCH = do_GET

    def _answer(self):
        started = time.perf_counter()
        url = urllib.parse.urlsplit(self.path)
        try:
            raw = self._read()
            status, body, pattern = self._dispatch(url, raw)
        except ApiError as error:
            status, body, pattern = error.status, {"status": {"error": error.message}}, None
        elapsed = time.perf_counter() - started
        if isinstance(body, dict) and "status" in body:
            body["time"] = elapsed
        self._count(pattern, status, elapsed)
        self._send(status, body)

    def _read(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > self.server.settings.max_body:
            self.close_connection = True
            raise ApiError(413, f"JSON payload ({length} bytes) is larger than allowed (limit: {self.server.settings.max_body} bytes).")
        return self.rfile.read(length) if length else b""

    def _dispatch(self, url, raw):
        if self.command == "GET" and url.path in OPEN:
            text = OPEN[url.path]
            version = {"title": "qdrant - vector search engine", "version": self.server.settings.version, "commit": "luna-stand-in"}
            return (200, text, url.path) if text else (200, version, "/")
        writable = self._authorise()
        if isinstance(writable, str):
            return 401, writable, None
        if self.command == "GET" and url.path == "/metrics":
            return 200, self._metrics(), "/metrics"
        route, path = match(self.command, url.path)
        if route is None:
            return 404, "", None
        if route.write and not writable:
            raise ApiError(403, "Forbidden: Write access is required")
        names = {name: urllib.parse.unquote(value) for name, value in path.items()}
        result = _run(route, self.server.store, names, urllib.parse.parse_qs(url.query), raw)
        return 200, {"result": result, "status": "ok"}, f"{self.command} {route.pattern}"

    def _authorise(self):
        """True for the full key, False for the read-only one, a sentence for neither."""
        settings = self.server.settings
        if not settings.api_key and not settings.read_only_key:
            return True
        given = self.headers.get("api-key") or (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        if not given:
            return "Must provide an API key or an Authorization bearer token"
        for key, writable in ((settings.api_key, True), (settings.read_only_key, False)):
            if key and hmac.compare_digest(given.encode(), key.encode()):
                return writable
        return "Invalid API key or JWT"

    def _count(self, pattern, status, elapsed):
        if pattern is None or " " not in pattern:
            return
        method, endpoint = pattern.split(" ", 1)
        with self.server.counting:
            self.server.responses[(method, endpoint, status)] += 1
            self.server.seconds[(method, endpoint, status)] += elapsed

    def _metrics(self):
        collections = self.server.store.all()
        points = sum(collection.shard.info().points_count for collection in collections)
        lines = [
            "# TYPE app_info gauge",
            f'app_info{{name="qdrant",version="{self.server.settings.version}"}} 1',
            "# TYPE collections_total gauge",
            f"collections_total {len(collections)}",
            "# TYPE collections_vector_total gauge",
            f"collections_vector_total {points}",
            "# TYPE rest_responses_total counter",
        ]
        with self.server.counting:
            for (method, endpoint, status), count in sorted(self.server.responses.items()):
                lines.append(f'rest_responses_total{{method="{method}",endpoint="{endpoint}",status="{status}"}} {count}')
            lines.append("# TYPE rest_responses_duration_seconds summary")
            for (method, endpoint, status), count in sorted(self.server.responses.items()):
                labels = f'{{method="{method}",endpoint="{endpoint}",status="{status}"}}'
                lines.append(f"rest_responses_duration_seconds_sum{labels} {self.server.seconds[(method, endpoint, status)]:.6f}")
                lines.append(f"rest_responses_duration_seconds_count{labels} {count}")
        return "\n".join(lines) + "\n"

    def _send(self, status, body):
        text = isinstance(body, str)
        data = body.encode() if text else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8" if text else "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()


def _run(route, store, names, query, raw):
    try:
        body = json.loads(raw) if raw else {}
    except ValueError as error:
        raise format_error(error) from error
    if not isinstance(body, dict):
        raise format_error("expected an object")
    try:
        return route.handler(store, names, query, body)
    except ApiError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise format_error(f"{type(error).__name__}: {error}") from error
    except Exception as error:  # noqa: BLE001 - the engine raises bare exceptions
        raise from_engine(error) from error
