"""The closed list of providers, and which of them a request goes to."""

from collections.abc import Iterable, Iterator

from tenant_daemon.contracts.references import reference_to, references_in
from tenant_daemon.egress.errors import Refused
from tenant_daemon.settings import UPSTREAM_KEY_SECRET, TenantSettings, Upstream, WireName


class Upstreams:
    """What is not in it cannot be asked."""

    def __init__(self, upstreams: Iterable[Upstream]) -> None:
        self._upstreams = tuple(upstreams)

    def __iter__(self) -> Iterator[Upstream]:
        return iter(self._upstreams)

    def choose(self, wire: WireName, asked: object) -> tuple[Upstream, str]:
        """
        The provider for a request in this format, and the model to ask it for.

        One that names the model goes before one that takes every model.

        Raises:
            Refused: None speaks this format, or none has the model.
        """
        speaking = [upstream for upstream in self._upstreams if upstream.format == wire]
        if not speaking:
            raise Refused(404, "format_not_offered", "No model of this server is asked in this format.")
        for upstream in speaking:
            if isinstance(asked, str) and (model := upstream.models.get(asked)):
                return upstream, model
        for upstream in speaking:
            if upstream.model:
                return upstream, upstream.model
        raise Refused(404, "model_not_found", "This server has no such model.")

    def models(self) -> list[str]:
        """Every model that may be asked for, without repetition."""
        names = [name for upstream in self._upstreams for name in (upstream.model, *upstream.models) if name]
        return list(dict.fromkeys(names))


def upstreams_of(settings: TenantSettings) -> Upstreams:
    """``[model]`` first, then ``[[upstreams]]``."""
    model = settings.model
    main = Upstream(
        name="model",
        url=model.url or f"http://127.0.0.1:{settings.ports.practice}/v1",
        format=model.format,
        model=model.name,
        key=reference_to(UPSTREAM_KEY_SECRET),
        is_internal=model.is_internal,
    )
    return Upstreams([main, *settings.upstreams])


def key_name(upstream: Upstream) -> str | None:
    """The name of the secret that is its key."""
    return next(iter(references_in(upstream.key)), None)
