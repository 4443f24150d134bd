"""The universal query: JSON to engine, with prefetches, fusion and groups."""

import qdrant_edge as edge

from .errors import format_error, not_found, unsupported, wrong_input
from .filters import filter_of, payload_selector
from .vectors import is_document, point_id, render_point, vector

DEFAULT_LIMIT = 10
SUPPORTED = "nearest, document, sparse, point id, fusion, rrf, order_by"


def query(shard, body):
    """Answers one query with rendered points."""
    return [render_point(point, True) for point in shard.query(request(shard, body))]


def request(shard, body, limit=None):
    prefetches = _prefetches(shard, body)
    scoring, excluded = _scoring(shard, body.get("query"), body.get("using") or "")
    if prefetches and scoring is None:
        raise wrong_input("A query is needed to merge the prefetches. Can't have prefetches without defining a query.")
    if isinstance(scoring, (edge.Fusion.Rrf, edge.Fusion.Dbsf)) and not prefetches:
        raise wrong_input("Validation error: Fusion queries cannot be used without prefetches")
    return edge.QueryRequest(
        prefetches=prefetches,
        query=scoring,
        filter=_without(filter_of(body.get("filter")), excluded),
        params=_params(body.get("params")),
        limit=_count(body.get("limit"), DEFAULT_LIMIT) if limit is None else limit,
        offset=_count(body.get("offset"), 0),
        score_threshold=body.get("score_threshold"),
        with_payload=payload_selector(body.get("with_payload") or False),
        with_vector=body.get("with_vector") or False,
    )


def _prefetches(shard, body):
    given = body.get("prefetch") or []
    return [_prefetch(shard, one) for one in (given if isinstance(given, list) else [given])]


def _prefetch(shard, body):
    scoring, excluded = _scoring(shard, body.get("query"), body.get("using") or "")
    return edge.Prefetch(
        limit=_count(body.get("limit"), DEFAULT_LIMIT),
        query=scoring,
        prefetches=_prefetches(shard, body),
        params=_params(body.get("params")),
        filter=_without(filter_of(body.get("filter")), excluded),
        score_threshold=body.get("score_threshold"),
    )


def _scoring(shard, body, using):
    """The engine's query, and the id of the point it was made from, which the server leaves out of the answer."""
    if body is None:
        return None, None
    if isinstance(body, (int, str)):
        return edge.Query.Nearest(_stored(shard, point_id(body), using), using=using), point_id(body)
    if isinstance(body, list) or is_document(body) or (isinstance(body, dict) and "indices" in body):
        return edge.Query.Nearest(vector(body, as_query=True), using=using), None
    if not isinstance(body, dict):
        raise format_error("data did not match any variant of untagged enum QueryInterface")
    if "nearest" in body:
        if body.get("mmr") is not None:
            raise unsupported("mmr")
        return _scoring(shard, body["nearest"], using)
    if "fusion" in body:
        return _fusion(body["fusion"]), None
    if "rrf" in body:
        return edge.Fusion.Rrf(_count(body["rrf"].get("k"), 2), body["rrf"].get("weights")), None
    if "order_by" in body:
        return order_by(body["order_by"]), None
    raise unsupported(f"queries other than {SUPPORTED}")


def _fusion(name):
    if name == "rrf":
        return edge.Fusion.Rrf(2)
    if name == "dbsf":
        return edge.Fusion.Dbsf()
    raise format_error(f"unknown variant `{name}`, expected `rrf` or `dbsf`")


def order_by(body):
    """`order_by` of a scroll or a query."""
    if isinstance(body, str):
        body = {"key": body}
    direction = edge.Direction.Desc if body.get("direction") == "desc" else edge.Direction.Asc
    return edge.OrderBy(body["key"], direction, body.get("start_from"))


def _stored(shard, identity, using):
    found = shard.retrieve([identity], False, [using])
    if not found:
        raise not_found(f"No point with id {identity} found")
    held = found[0].vector
    one = held.get(using) if isinstance(held, dict) else held
    if one is None:
        raise wrong_input(f"Point {identity} has no vector {using!r}")
    return one


def _without(given, identity):
    if identity is None:
        return given
    excluded = edge.Filter(must_not=[edge.HasIdCondition({identity})])
    return excluded if given is None else edge.Filter(must=[given, excluded])


def _params(body):
    if not body:
        return None
    return edge.SearchParams(hnsw_ef=body.get("hnsw_ef"), exact=bool(body.get("exact")), indexed_only=bool(body.get("indexed_only")))


def _count(value, default):
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise format_error(f"invalid value {value}: expected an unsigned integer")
    return value


def groups(shard, body):
    """Best groups by a payload field: asks for more candidates than needed and keeps the first of each value."""
    key, size, wanted = body.get("group_by"), _count(body.get("group_size"), 3), _count(body.get("limit"), DEFAULT_LIMIT)
    if not key:
        raise format_error("missing field `group_by`")
    asked = dict(body, with_payload=True)
    found = {}
    for point in shard.query(request(shard, asked, limit=max(100, wanted * size * 10))):
        for value in _values(point.payload, key):
            if value not in found and len(found) >= wanted:
                continue
            hits = found.setdefault(value, [])
            if len(hits) < size:
                hits.append(render_point(point, True))
    if not body.get("with_payload"):
        for hits in found.values():
            for hit in hits:
                hit.pop("payload", None)
    return {"groups": [{"id": value, "hits": hits} for value, hits in found.items()]}


def _values(payload, key):
    value = payload
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    many = value if isinstance(value, list) else [value]
    return [one for one in many if isinstance(one, (str, int)) and not isinstance(one, bool)]
