"""Starts the server with the real server's environment variables; flushes now and then, and before it ends."""

import os
import signal
import sys
import threading
from dataclasses import dataclass

from .store import Store
from .web import Server

FLUSH_SECONDS = 5


@dataclass(frozen=True)
class Settings:
    api_key: str
    read_only_key: str
    host: str
    port: int
    storage: str
    max_body: int
    version: str


def settings(env):
    return Settings(
        api_key=env.get("QDRANT__SERVICE__API_KEY", ""),
        read_only_key=env.get("QDRANT__SERVICE__READ_ONLY_API_KEY", ""),
        host=env.get("QDRANT__SERVICE__HOST", "0.0.0.0"),
        port=int(env.get("QDRANT__SERVICE__HTTP_PORT", "6333")),
        storage=env.get("QDRANT__STORAGE__STORAGE_PATH", "./storage"),
        max_body=int(env.get("QDRANT__SERVICE__MAX_REQUEST_SIZE_MB", "32")) * 1024 * 1024,
        version=env.get("LUNA_QDRANT_VERSION", "1.19.0"),
    )


def tidy(store, stopping):
    while not stopping.wait(FLUSH_SECONDS):
        for collection in store.all():
            try:
                collection.tidy()
            except Exception as error:  # noqa: BLE001 - the log still has every update; the next round tries again
                print(f"flush of {collection.name} failed: {error}", file=sys.stderr)


def main():
    chosen = settings(os.environ)
    store = Store(chosen.storage)
    server = Server((chosen.host, chosen.port), store, chosen)
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    threading.Thread(target=tidy, args=(store, stopping), daemon=True).start()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"Luna's stand-in for Qdrant: HTTP on {chosen.host}:{chosen.port}, {len(store.names())} collections", flush=True)
    stopping.wait()
    server.shutdown()
    store.close()


main()
