"""Setting an authenticator app up."""

from typing import Any, Final

import reflex as rx
from reflex.event import no_args_event_spec

from letsbe_app.ui.islands import Island, island
from letsbe_app.ui.text import texts

_ACCOUNT: Final = "/api/v1/customer/account"


class SecondFactorSetup(Island):
    """Password, picture, first code, recovery codes; see ``second_factor.jsx``."""

    library = island("second_factor.jsx")
    tag = "SecondFactorSetup"

    routes: rx.Var[dict[str, str]]
    words: rx.Var[dict[str, str]]
    working: rx.Var[str]
    failed: rx.Var[str]
    on_done: rx.EventHandler[no_args_event_spec]  # type: ignore[type-arg, valid-type]


def second_factor_setup(**props: Any) -> rx.Component:
    """Return the way from the password to the recovery codes; ``props`` as ``on_done``."""
    t, s = texts().settings, texts().sign_in
    return SecondFactorSetup.create(
        routes={"begin": f"{_ACCOUNT}/second-factor", "enable": f"{_ACCOUNT}/second-factor/enable"},
        words={
            "password": t.password,
            "begin": t.factor_begin,
            "scan": t.factor_scan,
            "picture": t.factor_picture,
            "by_hand": t.factor_by_hand,
            "code": t.factor_code,
            "enable": t.factor_enable,
            "keep_codes": t.factor_keep,
        },
        working=s.working,
        failed=s.failed,
        **props,
    )
