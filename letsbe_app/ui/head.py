"""What stands in the head of every page: the app's manifest, its icons, its service worker."""

import reflex as rx

REGISTER_WORKER = (
    'if("serviceWorker" in navigator)addEventListener("load",()=>navigator.serviceWorker.register("/sw.js"))'
)


def head_components() -> list[rx.Component]:
    """Return the head's parts; ``rx.el.script``, since Reflex's own script component runs too late."""
    return [
        rx.el.link(rel="manifest", href="/manifest.webmanifest"),
        rx.el.link(rel="icon", href="/icon.svg", type="image/svg+xml"),
        rx.el.link(rel="icon", href="/favicon.ico", sizes="32x32"),
        rx.el.link(rel="apple-touch-icon", href="/icons/apple-touch-icon.png"),
        rx.el.meta(name="theme-color", content="#fbfaf6", media="(prefers-color-scheme: light)"),
        rx.el.meta(name="theme-color", content="#0f1512", media="(prefers-color-scheme: dark)"),
        rx.el.meta(name="application-name", content="LetsBe Biz"),
        rx.el.meta(name="referrer", content="same-origin"),
        rx.el.script(REGISTER_WORKER),
    ]
