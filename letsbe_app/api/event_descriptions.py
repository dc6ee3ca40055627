"""The section ``webhooks`` of the description (OpenAPI 3.1): every event, made from its model."""

import re
from typing import Any, Final

from letsbe_app.api.examples import example_of
from letsbe_app.people.events.catalog import EVENTS, EventData

Json = dict[str, Any]

_HEADERS: Final = {
    "webhook-id": "Names the event; the same at every try and in every redelivery.",
    "webhook-timestamp": "Seconds since 1970 of this try. Refuse what is older than five minutes.",
    "webhook-signature": "One or two signatures, `v1,` and base 64, with a space between; one must fit.",
}


def add_events(document: Json) -> None:
    """Add every event and the schemas of their messages."""
    schemas = document["components"]["schemas"]
    document["webhooks"] = {}
    for event in EVENTS:
        name = f"{event.__name__}Event"
        schemas[name] = _message_schema(event)
        document["webhooks"][event.type] = {"post": _operation(event, name, schemas)}


def _message_schema(event: type[EventData]) -> Json:
    data = event.model_json_schema()
    data["title"] = f"{event.__name__}Data"
    fields: Json = {
        "type": {"const": event.type, "type": "string"},
        "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
        "data": data,
    }
    return {
        "type": "object",
        "title": f"{event.__name__}Event",
        "properties": fields,
        "required": list(fields),
    }


def _operation(event: type[EventData], name: str, schemas: Json) -> Json:
    return {
        "tags": [event.type.partition(".")[0]],
        "summary": re.sub(r"(?<!^)(?=[A-Z])", " ", event.__name__),
        "description": event.__doc__,
        "operationId": f"on_{event.type.replace('.', '_')}",
        "parameters": [
            {
                "name": header,
                "in": "header",
                "required": True,
                "description": text,
                "schema": {"type": "string"},
            }
            for header, text in _HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": f"#/components/schemas/{name}"},
                    "example": example_of(schemas[name], schemas),
                }
            },
        },
        "responses": {
            "2XX": {"description": "Taken."},
            "410": {"description": "Gone for good: the address is switched off."},
            "default": {
                "description": "Tried again, eleven times over about 28 hours; `Retry-After` is respected."
            },
        },
    }
