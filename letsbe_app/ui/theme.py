"""
Names under which Tailwind knows our tokens. The values are CSS variables in ``assets/theme.css``, which is
the only place that holds a colour.
"""

from typing import Final

from reflex_base.plugins.shared_tailwind import TailwindConfig

_COLOURS: Final = (
    "paper",
    "card",
    "sunken",
    "ink",
    "muted",
    "line",
    "accent",
    "on-accent",
    "green",
    "yellow",
    "external",
    "red",
    "critical",
    "info",
)

TAILWIND: Final[TailwindConfig] = {
    "darkMode": "class",
    # Reflex's own globs miss components in local .jsx files.
    "content": [
        "./app/**/*.{js,jsx}",
        "./utils/**/*.{js,jsx}",
        "./public/external/**/*.jsx",
    ],
    "theme": {
        "extend": {
            "colors": {name: f"var(--{name})" for name in _COLOURS},
            "fontFamily": {"sans": "var(--font-sans)", "mono": "var(--font-mono)"},
            "fontSize": {
                "sm": ["0.875rem", "1.5"],
                "base": ["1rem", "1.55"],
                "lg": ["1.125rem", "1.5"],
                "xl": ["1.375rem", "1.3"],
                "2xl": ["1.75rem", "1.2"],
                "3xl": ["2.25rem", "1.15"],
                "4xl": ["3rem", "1.15"],
            },
            "borderRadius": {"control": "8px", "card": "10px", "pill": "999px"},
            "boxShadow": {"soft": "var(--shadow-soft)"},
            "maxWidth": {"measure": "68ch"},
            "minHeight": {"target": "44px"},
            "minWidth": {"target": "44px"},
            "transitionDuration": {"DEFAULT": "150ms"},
            "transitionTimingFunction": {"DEFAULT": "cubic-bezier(0.2, 0.7, 0.2, 1)"},
        }
    },
    "plugins": [],
}
