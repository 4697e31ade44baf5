"""Reads the OpenTelemetry lines of a timeline with the protocol's own library, and checks them."""
import base64
import json
import sys

from google.protobuf import json_format
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData


def with_base64_ids(value):
    """The protocol writes ids in hexadecimal form, where protobuf's JSON has base64."""
    if isinstance(value, list):
        return [with_base64_ids(one) for one in value]
    if not isinstance(value, dict):
        return value
    ids = ("traceId", "spanId", "parentSpanId")
    return {
        name: base64.b64encode(bytes.fromhex(one)).decode() if name in ids else with_base64_ids(one)
        for name, one in value.items()
    }


def attributes(span):
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


spans = []
for line in open(sys.argv[1]):
    data = json_format.ParseDict(with_base64_ids(json.loads(line)), TracesData())
    spans += [span for resource in data.resource_spans for scope in resource.scope_spans for span in scope.spans]

known = {span.span_id for span in spans}
assert len(known) == len(spans), "an id is used twice"
assert all(len(span.span_id) == 8 and len(span.trace_id) == 16 for span in spans)
assert [span.name for span in spans if not span.parent_span_id] == ["run"]
assert all(span.parent_span_id in known for span in spans if span.parent_span_id)
assert all(span.start_time_unix_nano <= span.end_time_unix_nano for span in spans)

inserts = [attributes(span) for span in spans if span.name == "insert shop.orders"]
assert [one["seaworthy.outcome"] for one in inserts] == ["ok", "unknown"], inserts
assert inserts[1]["error.type"] == "WriteConcernTimeout"
assert inserts[0]["db.system.name"] == "mongodb"
assert inserts[0]["db.namespace"] == "shop" and inserts[0]["db.collection.name"] == "orders"
lines = [attributes(span)["code.line.number"] for span in spans if span.name == "insert_one"]
assert lines == [4, 6], lines
events = [event.name for span in spans for event in span.events]
assert events.count("fault begins") == 3 and events.count("fault ends") == 2, events
print(f"read {len(spans)} spans")
