"""Payload filters and selectors: JSON to engine."""

import qdrant_edge as edge

from .errors import format_error, unsupported
from .vectors import point_id

CLAUSES = ("must", "should", "must_not", "min_should")


def filter_of(body):
    """A filter object, or None where none was given."""
    if body is None:
        return None
    if not isinstance(body, dict) or set(body) - set(CLAUSES):
        raise format_error("data did not match any variant of untagged enum Filter")
    clauses = {name: _conditions(body[name]) for name in ("must", "should", "must_not") if body.get(name) is not None}
    if body.get("min_should") is not None:
        least = body["min_should"]
        clauses["min_should"] = edge.MinShould(_conditions(least["conditions"]), int(least["min_count"]))
    return edge.Filter(**clauses)


def _conditions(value):
    return [_condition(item) for item in (value if isinstance(value, list) else [value])]


def _condition(body):
    if not isinstance(body, dict):
        raise format_error("data did not match any variant of untagged enum Condition")
    if "key" in body:
        return _field(body)
    if "is_empty" in body:
        return edge.IsEmptyCondition(body["is_empty"]["key"])
    if "is_null" in body:
        return edge.IsNullCondition(body["is_null"]["key"])
    if "has_id" in body:
        return edge.HasIdCondition({point_id(value) for value in body["has_id"]})
    if "has_vector" in body:
        return edge.HasVectorCondition(body["has_vector"])
    if "nested" in body:
        return edge.NestedCondition(body["nested"]["key"], filter_of(body["nested"]["filter"]))
    if set(body) & set(CLAUSES):
        return filter_of(body)
    raise format_error("data did not match any variant of untagged enum Condition")


def _field(body):
    if body.get("match") is not None:
        return edge.FieldCondition(body["key"], match=_match(body["match"]))
    if body.get("range") is not None:
        return edge.FieldCondition(body["key"], range=_range(body["range"]))
    if body.get("values_count") is not None:
        return edge.FieldCondition(body["key"], values_count=edge.ValuesCount(**body["values_count"]))
    if body.get("is_empty") is not None:
        return edge.FieldCondition(body["key"], is_empty=bool(body["is_empty"]))
    if body.get("is_null") is not None:
        return edge.FieldCondition(body["key"], is_null=bool(body["is_null"]))
    if set(body) & {"geo_bounding_box", "geo_radius", "geo_polygon"}:
        raise unsupported("geographic conditions")
    raise format_error("FieldCondition: at least one field condition must be specified")


MATCHES = {
    "value": edge.MatchValue,
    "any": edge.MatchAny,
    "except": edge.MatchExcept,
    "text": edge.MatchText,
    "text_any": edge.MatchTextAny,
    "phrase": edge.MatchPhrase,
    "prefix": edge.MatchPrefix,
}


def _match(body):
    for name, kind in MATCHES.items():
        if isinstance(body, dict) and name in body:
            return kind(body[name])
    raise format_error("data did not match any variant of untagged enum Match")


def _range(body):
    bounds = {name: body[name] for name in ("gt", "gte", "lt", "lte") if body.get(name) is not None}
    if any(isinstance(bound, str) for bound in bounds.values()):
        return edge.RangeDateTime(**bounds)
    return edge.RangeFloat(**bounds)


def payload_selector(value):
    """`with_payload`: true, false, a list of keys, or {include} / {exclude}."""
    if isinstance(value, dict):
        if "include" in value:
            return edge.PayloadSelector.Include(value["include"])
        if "exclude" in value:
            return edge.PayloadSelector.Exclude(value["exclude"])
        raise format_error("data did not match any variant of untagged enum WithPayloadInterface")
    return value


def selected(body):
    """Which points an operation means: (ids, None) or (None, filter)."""
    if isinstance(body.get("points"), list):
        return [point_id(value) for value in body["points"]], None
    if body.get("filter") is not None:
        return None, filter_of(body["filter"])
    raise format_error("data did not match any variant of untagged enum PointsSelector")
