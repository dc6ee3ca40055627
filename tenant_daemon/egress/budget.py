"""The token budget: blocks before it is passed, also with several requests at once."""

from dataclasses import dataclass

from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.formats import ModelRequest, WireFormat
from tenant_daemon.metering import Meter

_LEAST_ANSWER = 64
"""An answer cut shorter than this helps nobody; the request is blocked instead."""
_DEFAULT_ANSWER = 8_192
"""What an answer without a limit is assumed to need at most."""


@dataclass
class Reservation:
    """Tokens set aside for a running request."""

    tokens: int


class Budget:
    """Sets tokens aside for running requests. Used by one event loop."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._reserved = 0

    def reserve(
        self, config: TenantConfig, wire: WireFormat, request: ModelRequest
    ) -> tuple[ModelRequest, Reservation]:
        """
        The request, its answer limited to what is left, and what was set aside for it.

        Raises:
            Refused: What is left does not suffice.
        """
        wanted = request.prompt_tokens + (wire.answer_limit(request) or _DEFAULT_ANSWER)
        if config.period_token_limit is None:
            return request, self._take(0)
        left = config.period_token_limit - self._meter.used_since(config.version) - self._reserved
        if left < request.prompt_tokens + _LEAST_ANSWER:
            raise Refused(
                402,
                "insufficient_quota",
                "The tokens of this billing period are used up, so the agents pause. "
                "More tokens or overage can be switched on in the portal under Usage.",
            )
        if wanted > left:
            return wire.limit_answer(request, left - request.prompt_tokens), self._take(left)
        return request, self._take(wanted)

    def release(self, reservation: Reservation) -> None:
        """The request is over and counted; calling it again does nothing."""
        self._reserved -= reservation.tokens
        reservation.tokens = 0

    def _take(self, tokens: int) -> Reservation:
        self._reserved += tokens
        return Reservation(tokens)
