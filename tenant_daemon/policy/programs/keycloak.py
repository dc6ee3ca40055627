"""Keycloak by its own program: what holds no passwords of applications, and what lets nobody in."""

import re
from typing import TYPE_CHECKING, Final

from tenant_daemon.contracts.tiers import Tier
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

_NAMED: Final = re.compile(r"users/[\w-]+ (?:firstName|lastName)=.*|realms/[\w-]+ displayName=.*")
_REMOVED: Final = re.compile(r"(?:users|groups)/[\w-]+")


def _get(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """A whole client is shown with its password."""
    path = reading.positionals[0] if reading.positionals else ""
    if path.startswith("clients") and not reading.has("-F", "--fields"):
        judge.unknown("keycloak.clients", "Shows applications with their passwords.")


def _update(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Names alone: every other field could decide who gets in, and from where."""
    settings = reading.values("-s", "--set")
    lines = [f"{' '.join(reading.positionals)} {setting}" for setting in settings]
    if not lines or reading.unknown or not all(map(_NAMED.fullmatch, lines)):
        _note_power(judge)


def _delete(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """One user or one group; in the realm called master they are those who rule Keycloak."""
    is_one = len(reading.positionals) == 1 and _REMOVED.fullmatch(reading.positionals[0]) is not None
    realms = [realm.lower() for realm in reading.values("-r", "--target-realm")]
    # Without a realm it is the one of whoever is signed in, mostly master.
    if not is_one or reading.unknown or len(realms) != 1 or realms[0] == "master":
        _note_power(judge)


def _note_power(judge: "CommandJudge") -> None:
    judge.verdict.note(
        Tier.CRITICAL_RED,
        "keycloak.power",
        "Changes who may sign in, by Keycloak's own program.",
        risk="Strangers could get in, or you could be locked out.",
        unknown=True,
    )


KINDS.update(
    {
        "keycloakpath": choice("keycloakpath", _PATHS),
        "keycloakfields": choice("keycloakfields", _FIELDS),
    }
)
REVIEWS.update({"keycloakget": _get, "keycloakupdate": _update, "keycloakdelete": _delete})
