"""Keycloak by its own program: which of its answers hold no passwords of applications."""

from typing import TYPE_CHECKING, Final

from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import REVIEWS
from tenant_daemon.policy.programs.words import choice

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

# Keycloak shows stars for the passwords of other servers, in realms and providers; those of clients it shows.
_PATHS: Final = (
    r"realms(?:/[\w-]+)?|users(?:/count|/profile|/[\w-]+(?:/(?:groups|sessions|role-mappings(?:/realm)?))?)?"
    r"|groups(?:/count|/[\w-]+(?:/members)?)?|roles(?:/[\w-]+(?:/users)?)?|clients(?:/[\w-]+(?:/roles)?)?"
    r"|client-scopes|default-groups|serverinfo|events|admin-events|client-session-stats"
    r"|authentication/(?:flows|required-actions)|identity-provider/instances"
)
_FIELDS: Final = r"(?!.*(?i:secret|token|password|credential|config|attribute))[A-Za-z,()]+"


def _get(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """A whole client is shown with its password."""
    path = reading.positionals[0] if reading.positionals else ""
    if path.startswith("clients") and not reading.has("-F", "--fields"):
        judge.unknown("keycloak.clients", "Shows applications with their passwords.")


KINDS.update(
    {
        "keycloakpath": choice("keycloakpath", _PATHS),
        "keycloakfields": choice("keycloakfields", _FIELDS),
    }
)
REVIEWS["keycloakget"] = _get
