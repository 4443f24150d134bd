"""Which path does what. Each handler gets the store, the path's parts, the query string and the body, and yields the `result`."""

import re

from . import queries
from .errors import format_error, unsupported


class Route:
    """`write` marks what a read-only key may not do."""

    def __init__(self, method, pattern, handler, write=False):
        self.method = method
        self.pattern = pattern
        self.regex = re.compile("^" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern) + "$")
        self.handler = handler
        self.write = write


def _updated(query, number):
    done = query.get("wait", ["false"])[0].lower() == "true"
    return {"operation_id": number, "status": "completed" if done else "acknowledged"}


def _on_points(name):
    """A handler that runs a method of the collection on the body and reports its number."""

    def handler(store, path, query, body):
        return _updated(query, getattr(store.get(path["name"]), name)(body))

    return handler


def _payload(overwrite):
    def handler(store, path, query, body):
        return _updated(query, store.get(path["name"]).change_payload(body, overwrite))

    return handler


def _drop_index(store, path, query, _body):
    from qdrant_edge import UpdateOperation

    return _updated(query, store.get(path["name"]).apply(UpdateOperation.delete_field_index(path["field"])))


BATCH = {"upsert": "upsert", "delete": "delete", "delete_payload": "delete_payload"}


def _batch(store, path, query, body):
    collection, results = store.get(path["name"]), []
    for operation in body.get("operations") or []:
        ((kind, inner),) = operation.items()
        if kind in ("set_payload", "overwrite_payload"):
            number = collection.change_payload(inner, kind == "overwrite_payload")
        elif kind in BATCH:
            number = getattr(collection, BATCH[kind])(inner)
        else:
            raise unsupported(f"batch operation {kind}")
        results.append(_updated(query, number))
    return results


def _query(store, path, _query_string, body):
    return {"points": queries.query(store.get(path["name"]).shard, body)}


def _query_batch(store, path, _query_string, body):
    if not isinstance(body.get("searches"), list):
        raise format_error("missing field `searches`")
    shard = store.get(path["name"]).shard
    return [{"points": queries.query(shard, one)} for one in body["searches"]]


C = "/collections/{name}"
ROUTES = [
    Route("GET", "/collections", lambda s, p, q, b: {"collections": [{"name": name} for name in s.names()]}),
    Route("POST", "/collections/aliases", lambda s, p, q, b: s.change_aliases(b.get("actions") or []), write=True),
    Route("GET", "/aliases", lambda s, p, q, b: {"aliases": s.aliases()}),
    Route("GET", "/cluster", lambda s, p, q, b: {"status": "disabled"}),
    Route("GET", C, lambda s, p, q, b: s.get(p["name"]).info()),
    Route("PUT", C, lambda s, p, q, b: s.create(p["name"], b), write=True),
    Route("DELETE", C, lambda s, p, q, b: s.delete(p["name"]), write=True),
    Route("GET", C + "/exists", lambda s, p, q, b: {"exists": s.find(p["name"]) is not None}),
    Route("GET", C + "/aliases", lambda s, p, q, b: {"aliases": s.aliases(s.get(p["name"]).name)}),
    Route("PUT", C + "/index", _on_points("create_index"), write=True),
    Route("DELETE", C + "/index/{field}", _drop_index, write=True),
    Route("PUT", C + "/points", _on_points("upsert"), write=True),
    Route("POST", C + "/points", lambda s, p, q, b: s.get(p["name"]).retrieve(b)),
    Route("POST", C + "/points/delete", _on_points("delete"), write=True),
    Route("POST", C + "/points/payload", _payload(False), write=True),
    Route("PUT", C + "/points/payload", _payload(True), write=True),
    Route("POST", C + "/points/payload/delete", _on_points("delete_payload"), write=True),
    Route("POST", C + "/points/batch", _batch, write=True),
    Route("POST", C + "/points/count", lambda s, p, q, b: {"count": s.get(p["name"]).count(b)}),
    Route("POST", C + "/points/scroll", lambda s, p, q, b: s.get(p["name"]).scroll(b)),
    Route("POST", C + "/points/query", _query),
    Route("POST", C + "/points/query/batch", _query_batch),
    Route("POST", C + "/points/query/groups", lambda s, p, q, b: queries.groups(s.get(p["name"]).shard, b)),
    Route("POST", C + "/facet", lambda s, p, q, b: s.get(p["name"]).facet(b)),
]


def match(method, path):
    """(route, path's parts), or (None, None) for an unknown path."""
    for route in ROUTES:
        found = route.regex.match(path)
        if found and route.method == method:
            return route, found.groupdict()
    return None, None
