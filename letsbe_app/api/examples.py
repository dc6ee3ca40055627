"""Examples for the description of the API: made from the schemas themselves, so that they always fit."""

from typing import Any, Final

Schema = dict[str, Any]

_ID: Final = "01k9zq5w8x7v3m2n1c4b6t8r0e"
_BY_NAME: Final[dict[str, Any]] = {
    "id": f"x_{_ID}",
    "user_id": f"usr_{_ID}",
    "customer_id": f"cus_{_ID}",
    "tenant_id": f"ten_{_ID}",
    "order_id": f"ord_{_ID}",
    "conversation_id": f"cnv_{_ID}",
    "message_id": f"msg_{_ID}",
    "approval_id": f"apr_{_ID}",
    "agent_id": "it-admin",
    "email": "ada@bakery.example",
    "business_name": "Ada's Bakery",
    "password": "a long sentence is a good one",  # an example
    "new_password": "another long sentence",  # an example
    "role": "approver",
    "tool_ids": ["ghost", "umami"],
    "description": "We bake bread and take orders by mail.",
    "business_description": "We bake bread and take orders by mail.",
    "bundle_id": "freelancer",
    "plan_id": "lite",
    "server_name": "adas-bakery",
    "step": "tools",
    "name": "Ada",
    "text": "How much room is left on the disk?",
    "verdict": "approve",
    "level": 2,
    "currency": "eur",
    "code": "123456",
    "scopes": ["read", "chat"],
    "locale": "en",
}
_DEEPEST: Final = 6


def example_of(schema: Schema, components: dict[str, Schema], name: str = "", depth: int = 0) -> Any:
    """
    A value that the schema allows.

    Args:
        schema: As in the description.
        components: Where ``$ref`` leads.
        name: Of the field; known names get telling values.
        depth: How deep it lies; schemas may contain themselves.
    """
    if "$ref" in schema:
        return example_of(components[schema["$ref"].rpartition("/")[2]], components, name, depth)
    for key in ("const", "default"):
        if key in schema and schema[key] is not None:
            return schema[key]
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("enum"):
        return schema["enum"][0]
    options = [one for key in ("anyOf", "oneOf") for one in schema.get(key, [])]
    if options:
        return example_of(_telling(options), components, name, depth)
    return _of_type(schema, components, name, depth)


def _telling(options: list[Schema]) -> Schema:
    return next((option for option in options if option.get("type") != "null"), options[0])


def _of_type(schema: Schema, components: dict[str, Schema], name: str, depth: int) -> Any:
    kind = schema.get("type")
    if name in _BY_NAME and _is_a(_BY_NAME[name], kind):
        return _BY_NAME[name]
    match kind:
        case "object":
            fields = schema.get("properties", {}) if depth < _DEEPEST else {}
            return {field: example_of(one, components, field, depth + 1) for field, one in fields.items()}
        case "array":
            item = schema.get("items")
            return [example_of(item, components, "", depth + 1)] if item and depth < _DEEPEST else []
        case "integer":
            return max(1, int(schema.get("minimum", 1)), int(schema.get("exclusiveMinimum", 0)) + 1)
        case "number":
            return 0.5
        case "boolean":
            return False
        case "string":
            return _text(schema, name)
        case _:
            return None


def _text(schema: Schema, name: str) -> str:
    if schema.get("format") == "date-time":
        return "2026-11-21T09:00:00Z"
    text = _ID if name.endswith("_id") else "text"
    return text.ljust(int(schema.get("minLength", 0)), "t")


def _is_a(value: Any, kind: Any) -> bool:
    kinds = {"string": str, "integer": int, "array": list}
    return kind in kinds and isinstance(value, kinds[kind])
