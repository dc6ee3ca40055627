"""Names of fields and fixed words of a protocol, which come again with every piece of every answer."""

from weakref import WeakKeyDictionary

from tenant_daemon.redaction import Redactor

_MOST = 256
_FIXED = frozenset({"object", "model", "role", "type", "index", "finish_reason", "service_tier"})
"""Fields whose values are the same in nearly all answers."""

_harmless: WeakKeyDictionary[Redactor, set[tuple[str, object]]] = WeakKeyDictionary()


class Labels:
    """
    Redacts what stands beside the texts of one answer.

    What turned out to be no secret is remembered: ids for the length of the answer, fixed words for as long
    as the vault does not change, since a new one has another redactor.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._harmless = _harmless.setdefault(redactor, set())
        self._of_answer: dict[tuple[str, object], object] = {}

    def clean_name(self, name: str) -> str:
        """The name of a field."""
        return str(self.clean("", name))

    def clean(self, name: str, value: object) -> object:
        """The value of a field; ``name`` decides how it is treated."""
        if value is None or isinstance(value, bool):
            return value
        if not isinstance(value, str | int | float):
            return self._redacted(name, value)
        label = name, value
        if label in self._harmless:
            return value
        if label not in self._of_answer:
            self._look_at(label)
        return self._of_answer.get(label, value)

    def _look_at(self, label: tuple[str, object]) -> None:
        name, value = label
        clean = self._redacted(name, value)
        if clean == value and (not name or name in _FIXED) and len(self._harmless) < _MOST:
            self._harmless.add(label)
            return
        if len(self._of_answer) >= _MOST:
            self._of_answer.clear()
        self._of_answer[label] = clean

    def _redacted(self, name: str, value: object) -> object:
        # The field's name goes along, since it decides how the value is treated.
        clean = self._redactor.redact_payload({name: value})
        return clean.get(name) if isinstance(clean, dict) else None
