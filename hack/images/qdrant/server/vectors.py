"""Points, ids and vectors: JSON to engine and back."""

import uuid
from functools import lru_cache
import json

import qdrant_edge as edge

from .errors import ApiError, format_error, wrong_input

BM25_MODEL = "qdrant/bm25"


def point_id(value):
    """An unsigned 64 bit integer or a UUID, as the server takes them."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**64:
        return value
    if isinstance(value, str):
        try:
            return uuid.UUID(value)
        except ValueError:
            pass
    raise format_error(f"value {value} is not a valid point ID, valid values are either an unsigned integer or a UUID")


def render_id(value):
    return value if isinstance(value, int) else str(value)


@lru_cache(maxsize=64)
def _bm25(options):
    config = json.loads(options)
    tokenizer = config.pop("tokenizer", None)
    stopwords = config.pop("stopwords", None)
    unknown = set(config) - {"k", "b", "avg_len", "language", "lowercase", "ascii_folding", "min_token_len", "max_token_len"}
    if unknown:
        raise wrong_input(f"Invalid BM25 config: unknown field {sorted(unknown)[0]}")
    if tokenizer is not None:
        config["tokenizer"] = _member(edge.TokenizerType, tokenizer)
    if isinstance(stopwords, str):
        config["stopwords"] = _member(edge.Language, stopwords)
    elif isinstance(stopwords, dict):
        languages = {_member(edge.Language, name) for name in stopwords.get("languages") or []}
        config["stopwords"] = edge.StopwordsSet(languages=languages, custom=set(stopwords.get("custom") or []))
    try:
        return edge.Bm25(edge.Bm25Config(**config))
    except (ValueError, TypeError) as error:
        raise wrong_input(f"Invalid BM25 config: {error}") from error


def _member(kind, name):
    found = getattr(kind, str(name).capitalize(), None)
    if found is None:
        raise wrong_input(f"Invalid BM25 config: unknown {kind.__name__} {name}")
    return found


def is_document(value):
    return isinstance(value, dict) and "text" in value and "model" in value


def embed(document, as_query):
    """A server-side BM25 document; every other model needs an inference service, which a plain server does not have either."""
    if str(document["model"]).lower() != BM25_MODEL:
        raise ApiError(400, "Wrong input: InferenceService is not initialized. Please check if it was properly configured.")
    text = document["text"]
    if not isinstance(text, str):
        raise format_error("text must be a string")
    model = _bm25(json.dumps(document.get("options") or {}, sort_keys=True))
    return model.embed_query(text) if as_query else model.embed_document(text)


def vector(value, as_query=False):
    """A dense list, a sparse object, a list of dense lists or a BM25 document."""
    if is_document(value):
        return embed(value, as_query)
    if isinstance(value, list) and value and all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in value):
        return [float(v) for v in value]
    if isinstance(value, list) and value and all(isinstance(v, list) for v in value):
        return [vector(v) for v in value]
    if isinstance(value, dict) and set(value) == {"indices", "values"}:
        return sparse(value["indices"], value["values"])
    raise format_error("data did not match any variant of untagged enum VectorInput")


def sparse(indices, values):
    if len(indices) != len(values):
        raise ApiError(422, "Validation error in JSON body: [values: must be the same length as indices]")
    if len(set(indices)) != len(indices):
        raise ApiError(422, "Validation error in JSON body: [indices: must be unique]")
    return edge.SparseVector([int(i) for i in indices], [float(v) for v in values])


def point_vectors(value):
    """The `vector` of a point: named vectors, or one for the unnamed vector."""
    if isinstance(value, dict) and not is_document(value) and set(value) != {"indices", "values"}:
        return {name: vector(item) for name, item in value.items()}
    return vector(value)


def points(body):
    """The points of an upsert, given as a list or column by column."""
    if isinstance(body.get("points"), list):
        rows = body["points"]
    elif isinstance(body.get("batch"), dict):
        rows = _from_columns(body["batch"])
    else:
        raise format_error("data did not match any variant of untagged enum PointInsertOperations")
    made = []
    for row in rows:
        if not isinstance(row, dict) or "id" not in row or "vector" not in row:
            raise format_error("missing field `id` or `vector`")
        payload = row.get("payload")
        if payload is not None and not isinstance(payload, dict):
            raise format_error("payload must be an object")
        made.append(edge.Point(point_id(row["id"]), point_vectors(row["vector"]), payload or {}))
    return made


def _from_columns(batch):
    ids = batch.get("ids") or []
    vectors = batch.get("vectors")
    payloads = batch.get("payloads") or [None] * len(ids)
    named = isinstance(vectors, dict)
    for index, identity in enumerate(ids):
        one = {name: column[index] for name, column in vectors.items()} if named else vectors[index]
        yield {"id": identity, "vector": one, "payload": payloads[index]}


def render_vector(value):
    if isinstance(value, dict):
        return {name: render_vector(item) for name, item in value.items()}
    if isinstance(value, edge.SparseVector):
        return {"indices": list(value.indices), "values": list(value.values)}
    return value


def render_point(point, scored):
    """A point as the server shows it: fields that were not asked for are absent."""
    shown = {"id": render_id(point.id)}
    if scored:
        shown["version"] = point.version
        shown["score"] = point.score
    if point.payload is not None:
        shown["payload"] = point.payload
    if point.vector is not None:
        shown["vector"] = render_vector(point.vector)
    if getattr(point, "order_value", None) is not None:
        shown["order_value"] = point.order_value
    return shown
