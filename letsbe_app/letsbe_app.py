"""
The hub as Reflex runs it: pages, the REST and websocket doors, one port.

    python -m letsbe_app build    writes the pages
    python -m letsbe_app serve    serves what `served` gives
"""

from functools import partial

import reflex as rx
from starlette.types import ASGIApp

from letsbe_app.api.app import build_api
from letsbe_app.api.warming import warm_routes
from letsbe_app.server.garbage import let_garbage_rest
from letsbe_app.server.staff_host import StaffHost
from letsbe_app.settings import load_settings
from letsbe_app.ui.components.error_boundary import error_boundary
from letsbe_app.ui.components.toast import toast_host
from letsbe_app.ui.errors import render_error
from letsbe_app.ui.head import head_components
from letsbe_app.ui.serving import LineBreaks, PageServing, prerendered_folder
from letsbe_app.ui.site_map import PAGES
from letsbe_app.ui.tab_tokens import with_our_tokens

api = build_api()
app = rx.App(
    stylesheets=["/theme.css"],
    head_components=head_components(),
    html_lang="en",
    backend_exception_handler=render_error,
    # Reflex's own toasts and banner would bring a second look and 40 kB; the shells have ours.
    toaster=None,
    app_wraps={},
    # A wrap is the parent of everything below it, so the host stands beside the page in a fragment.
    extra_app_wraps={
        (55, "ErrorBoundary"): lambda _is_stateful: error_boundary(),
        (10, "ToastHost"): lambda _is_stateful: rx.fragment(toast_host()),
    },
    api_transformer=[
        api,
        partial(
            PageServing,
            pages=[page.route for page in PAGES],
            folder=prerendered_folder(),
            is_https=load_settings().public_url.startswith("https://"),
        ),
    ],
)

if app.event_namespace is not None:
    app.event_namespace._token_manager = with_our_tokens(app.event_namespace._token_manager)


def served() -> ASGIApp:
    """The whole hub as one ASGI application; called at the start of a worker."""
    warm_routes(api)
    whole = StaffHost(LineBreaks(app()), load_settings().admin_url)
    let_garbage_rest()
    return whole


for page in PAGES:
    app.add_page(
        page.component,
        route=page.route,
        title=page.title,
        description=page.description,
        on_load=page.on_load,
        meta=page.meta(),
    )
