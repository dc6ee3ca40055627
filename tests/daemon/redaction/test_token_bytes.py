"""The bytes of tokens, which answers with likelihoods give beside each token."""

import json

from tenant_daemon.redaction import KnownSecret, Redactor

SECRET = "wIh9-joosmQ2x"
REDACTOR = Redactor([KnownSecret("key", SECRET)])
TOKENS = ("The", " key", " is", " w", "Ih9-j", "oos", "mQ2x", ".", " ok", "é")


def _choice(token: str) -> dict[str, object]:
    return {"token": token, "logprob": -0.1, "bytes": list(token.encode())}


def _answer(*, has_others: bool) -> dict[str, object]:
    others = {"top_logprobs": [_choice("Hm"), _choice("zz9")]} if has_others else {}
    content = [_choice(token) | others for token in TOKENS]
    return {"choices": [{"message": {"content": "Yes."}, "logprobs": {"content": content}}]}


def _told(answer: object) -> tuple[str, str]:
    """What the tokens and what the bytes of an answer say."""
    (choice,) = answer["choices"]  # type: ignore[index]
    content = choice["logprobs"]["content"]
    return (
        "".join(item["token"] for item in content),
        b"".join(bytes(item["bytes"]) for item in content).decode(),
    )


def test_secret_is_taken_out_of_tokens_and_bytes_alike() -> None:
    for has_others in (False, True):
        tokens, raw = _told(REDACTOR.redact_payload(_answer(has_others=has_others)))
        assert tokens == raw == "The key is SECRET_REF(key). oké"


def test_other_answers_come_back_as_they_were() -> None:
    answer = _answer(has_others=True)
    assert Redactor([KnownSecret("other", "Zk4Lw8Rr2Pq0")]).redact_payload(answer) == answer
    odds: tuple[dict[str, list[object]], ...] = (
        {"bytes": [1, 300]},
        {"bytes": []},
        {"bytes": [195]},
        {"bytes": [True]},
        {"bytes": ["a", 1]},
    )
    for odd in odds:
        assert REDACTOR.redact_payload(odd) == odd


def test_bytes_in_a_text_are_put_together() -> None:
    for indent in (None, 2):
        text = REDACTOR.redact(f"Got: {json.dumps(_answer(has_others=False), indent=indent)}\nDone.")
        assert "111, 111, 115" not in " ".join(text.split())
        assert text.startswith("Got: {")
        assert text.endswith("\nDone.")
