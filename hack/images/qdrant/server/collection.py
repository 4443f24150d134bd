"""One collection: a shard of the engine and the operations on its points."""

import threading

import qdrant_edge as edge

from .errors import format_error, wrong_input
from .filters import filter_of, payload_selector, selected
from .queries import order_by
from .vectors import point_id, points, render_id, render_point

DISTANCES = {"Cosine": edge.Distance.Cosine, "Euclid": edge.Distance.Euclid, "Dot": edge.Distance.Dot, "Manhattan": edge.Distance.Manhattan}
OPTIMISE_AFTER = 5_000


def edge_config(body):
    """The engine's configuration for the body of a collection's creation."""
    vectors = body.get("vectors") or {}
    named = {"": vectors} if "size" in vectors else vectors
    sparse = body.get("sparse_vectors") or {}
    return edge.EdgeConfig(
        vectors={name: _dense(params) for name, params in named.items()},
        sparse_vectors={name: _sparse(params or {}) for name, params in sparse.items()},
    )


def _dense(params):
    size, distance = params.get("size"), DISTANCES.get(params.get("distance"))
    if not isinstance(size, int) or not 0 < size <= 65536 or distance is None:
        raise format_error("vectors need a size of 1 to 65536 and a distance of Cosine, Euclid, Dot or Manhattan")
    return edge.EdgeVectorParams(size, distance)


def _sparse(params):
    modifier = params.get("modifier")
    if modifier not in (None, "none", "idf"):
        raise format_error(f"unknown variant `{modifier}`, expected `none` or `idf`")
    return edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf) if modifier == "idf" else edge.EdgeSparseVectorParams()


class Collection:
    """Reads run beside each other; writes one after the other, numbered."""

    def __init__(self, name, body, shard):
        self.name = name
        self.body = body
        self.shard = shard
        self._lock = threading.Lock()
        self._operations = 0
        self._since_optimise = 0
        self._dirty = False

    def apply(self, operation, weight=1):
        """Runs one update and yields its number. The engine has it in its log before it returns."""
        with self._lock:
            self.shard.update(operation)
            self._operations += 1
            self._since_optimise += weight
            self._dirty = True
            return self._operations

    def tidy(self):
        """Flushes, and builds indexes when enough has changed. Called now and then."""
        with self._lock:
            if not self._dirty:
                return
            if self._since_optimise >= OPTIMISE_AFTER:
                self.shard.optimize()
                self._since_optimise = 0
            self.shard.flush()
            self._dirty = False

    def close(self):
        with self._lock:
            self.shard.flush()
            self.shard.close()

    def info(self):
        facts = self.shard.info()
        schema = {key: _index_info(value) for key, value in facts.payload_schema.items()}
        params = {"vectors": self.body.get("vectors") or {}, "shard_number": 1, "replication_factor": 1, "write_consistency_factor": 1, "on_disk_payload": True}
        if self.body.get("sparse_vectors"):
            params["sparse_vectors"] = self.body["sparse_vectors"]
        return {
            "status": "green",
            "optimizer_status": "ok",
            "indexed_vectors_count": facts.indexed_vectors_count,
            "points_count": facts.points_count,
            "segments_count": facts.segments_count,
            "config": {
                "params": params,
                "hnsw_config": {"m": 16, "ef_construct": 100, "full_scan_threshold": 10000, "max_indexing_threads": 0, "on_disk": False},
                "optimizer_config": {"deleted_threshold": 0.2, "vacuum_min_vector_number": 1000, "default_segment_number": 0, "flush_interval_sec": 5},
                "wal_config": {"wal_capacity_mb": 32, "wal_segments_ahead": 0},
                "quantization_config": None,
                **({"metadata": self.body["metadata"]} if self.body.get("metadata") else {}),
            },
            "payload_schema": schema,
        }

    def upsert(self, body):
        made = points(body)
        if not made:
            raise wrong_input("Empty update request")
        return self.apply(edge.UpdateOperation.upsert_points(made), len(made))

    def delete(self, body):
        ids, where = selected(body)
        if ids is not None:
            return self.apply(edge.UpdateOperation.delete_points(ids), len(ids))
        return self.apply(edge.UpdateOperation.delete_points_by_filter(where))

    def change_payload(self, body, overwrite):
        payload, key = body.get("payload"), body.get("key")
        if not isinstance(payload, dict):
            raise format_error("missing field `payload`")
        ids, where = selected(body)
        name = ("overwrite" if overwrite else "set") + ("_payload" if ids is not None else "_payload_by_filter")
        return self.apply(getattr(edge.UpdateOperation, name)(ids if ids is not None else where, payload, key))

    def delete_payload(self, body):
        ids, where = selected(body)
        name = "delete_payload" if ids is not None else "delete_payload_by_filter"
        return self.apply(getattr(edge.UpdateOperation, name)(ids if ids is not None else where, body["keys"]))

    def create_index(self, body):
        schema = body.get("field_schema")
        kind = schema.get("type") if isinstance(schema, dict) else schema
        found = getattr(edge.PayloadSchemaType, str(kind).capitalize(), None)
        if found is None:
            raise format_error(f"unknown field_schema {schema}")
        return self.apply(edge.UpdateOperation.create_field_index(body["field_name"], found))

    def retrieve(self, body):
        ids = [point_id(value) for value in body.get("ids") or []]
        found = self.shard.retrieve(ids, payload_selector(body.get("with_payload", True)), body.get("with_vector") or False)
        return [render_point(record, False) for record in found]

    def count(self, body):
        return self.shard.count(edge.CountRequest(filter=filter_of(body.get("filter")), exact=body.get("exact", True)))

    def scroll(self, body):
        asked = {
            "limit": body.get("limit") or 10,
            "filter": filter_of(body.get("filter")),
            "with_payload": payload_selector(body.get("with_payload", True)),
            "with_vector": body.get("with_vector") or False,
        }
        if body.get("offset") is not None:
            asked["offset"] = point_id(body["offset"])
        if body.get("order_by") is not None:
            asked["order_by"] = order_by(body["order_by"])
        found, following = self.shard.scroll(edge.ScrollRequest(**asked))
        return {"points": [render_point(record, False) for record in found], "next_page_offset": None if following is None else render_id(following)}

    def facet(self, body):
        asked = edge.FacetRequest(key=body["key"], limit=body.get("limit") or 10, exact=bool(body.get("exact")), filter=filter_of(body.get("filter")))
        return {"hits": [{"value": hit.value, "count": hit.count} for hit in self.shard.facet(asked)]}


def _index_info(value):
    return {"data_type": str(value.data_type).rsplit(".", 1)[-1].lower(), "points": value.points}
