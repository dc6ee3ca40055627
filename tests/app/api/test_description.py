"""The served description: complete, true to itself, with examples that fit."""

from typing import Any

import jsonschema_rs
import pytest

from tests.support.api_description import api_description


@pytest.fixture
def document() -> dict[str, Any]:
    return api_description()


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


@pytest.mark.slow
def test_it_is_openapi_3_1_by_its_own_schema(document: dict[str, Any]) -> None:
    from schemathesis.openapi import from_dict  # type: ignore[attr-defined]

    assert document["openapi"].startswith("3.1")
    from_dict(document).validate()


def test_every_operation_has_a_name_of_its_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]

    assert len(names) == len(set(names))
    assert not [name for name in names if "api_v1" in name]


def test_every_list_is_paged(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        success = next(one for status, one in operation["responses"].items() if status.startswith("2"))
        media = success["content"].get("application/json", {})
        schema = resolved(document, media.get("schema", {}))
        data = schema.get("properties", {}).get("data", {})
        if method == "get" and data.get("type") == "array":
            names = {parameter["name"] for parameter in operation["parameters"]}
            assert {"limit"} <= names, (method, path)
            assert names & {"cursor", "before"}, (method, path)


def test_every_error_is_described_with_an_example(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        responses = operation["responses"]
        assert {"422", "429", "500", "503"} <= responses.keys(), (method, path)
        if path.startswith("/api/v1/customer/"):
            assert {"401", "403"} <= responses.keys(), (method, path)
            assert operation["security"] == [{"session": []}, {"apiKey": []}], (method, path)
        for status, response in responses.items():
            if status >= "400":
                example = response["content"]["application/json"]["example"]
                assert example["error"]["code"], (method, path, status)


def test_every_change_of_customers_and_staff_names_the_idempotency_key(document: dict[str, Any]) -> None:
    groups = ("/api/v1/customer/", "/api/v1/admin/")
    for method, path, operation in operations(document):
        if path.startswith(groups) and method != "get" and operation.get("x-answer-kept", True):
            assert "Idempotency-Key" in {one["name"] for one in operation["parameters"]}, (method, path)


def test_only_answers_with_a_sealed_value_or_a_cookie_are_never_kept(document: dict[str, Any]) -> None:
    names = [one["operationId"] for _, _, one in operations(document) if not one.get("x-answer-kept", True)]

    assert set(names) == {"take_revealed", "begin_visit", "end_visits"}


def test_every_example_fits_its_schema(document: dict[str, Any]) -> None:
    places: list[tuple[str, str]] = []
    schemas: list[dict[str, Any]] = []
    examples: list[Any] = []
    for method, path, operation in operations(document):
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for media in [media for body in bodies for media in body.get("content", {}).values()]:
            if "schema" in media:
                places.append((method, path))
                schemas.append(media["schema"])
                examples.append(media["example"])

    # All in one schema: each by itself would bring all components along.
    validator = jsonschema_rs.Draft202012Validator(
        {"prefixItems": schemas, "components": document["components"]}
    )
    problems = [(places[error.instance_path[0]], error.message) for error in validator.iter_errors(examples)]

    assert not problems
    assert len(examples) > 200


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    return document["components"]["schemas"][reference.rpartition("/")[2]] if reference else schema
