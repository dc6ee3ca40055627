"""
How the tokens of the vendors begin that outsiders know best, to recognise one that was disguised.

Only those beginnings count that nothing else has: a reading is kept when one of them comes out of it, with
enough behind it to be a token.
"""

import re
import string
from functools import cache

from tenant_daemon.redaction.engines import PatternSet

MARKS = [
    "sk-ant-",
    "sk-proj-",
    "sk-or-v1",
    "sk-",
    "sk_live_",
    "sk_test_",
    "rk_live_",
    "rk_test_",
    "whsec_",
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "gldt-",
    "glrt-",
    "glsa_",
    "AKIA",
    "ASIA",
    "AIza",
    "ya29.",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "xoxs-",
    "xapp-",
    "SG.",
    "npm_",
    "dop_v1_",
    "doo_v1_",
    "shpat_",
    "shpss_",
    "shpca_",
    "hf_",
    "gsk_",
    "xai-",
    "pplx-",
    "r8_",
    "lin_api_",
    "pat-na1-",
    "pat-eu1-",
    "PMAK-",
    "xkeysib-",
    "xsmtpsib-",
    "eyJhbGci",
    "pypi-AgE",
    "rubygems_",
    "dckr_pat_",
    "sq0atp-",
    "sq0csp-",
    "NRAK-",
    "tskey-",
    "hvs.",
    "ATATT3",
    "figd_",
    "ntn_",
    "secret_",
    "sbp_",
    "sb_secret_",
    "pscale_",
    "pul-",
    "rzp_live_",
    "phx_",
    "sntrys_",
    "sntryu_",
    "nvapi-",
    "tvly-",
    "vcp_",
    "duffel_",
    "rnd_",
    "nfp_",
    "GOCSPX-",
    "HRKU-",
    "flb_live_",
    "AVNS_",
]
"""Beginnings of tokens."""
WORDS = ("PASSWORD=", "_TOKEN=", "_SECRET=", "_KEY=", "Authorization:", "Bearer ", "postgres://", "mysql://")
"""What stands before a secret whoever made it."""
_LEAST_DIGITS, _LEAST_LETTERS = 2, 3
LOOKED_AT = 24
"""Characters behind a beginning that tell whether a token follows."""
_DIGITS, _UPPER, _LOWER = (
    letters.encode() for letters in (string.digits, string.ascii_uppercase, string.ascii_lowercase)
)
_TAIL = rb"[A-Za-z0-9_.+/=:-]{12}"
_MARK = b"|".join(re.escape(mark.encode()) for mark in MARKS) + rb"|[0-9]{8,10}:AA"
_WORD = b"|".join(re.escape(word.encode()) for word in WORDS)
_SOME = re.compile(rb"(?<![A-Za-z0-9])(?:" + _MARK + rb")(?=(" + _TAIL + rb"))|(?:" + _WORD + rb")(?=(.{8}))")


_NAMED = re.compile(
    rb"(?i:passwor[dt]|passwd|kennwort|secret|token|api_?key|_pass|pwd)[\"']?\s?[:=]\s?[\"']?([!-~]{8,%d})"
    % LOOKED_AT
)


def has_mark(data: bytes) -> bool:
    """Whether ``data`` holds the beginning of a token, and behind it what words do not have."""
    return bool(_marks().find(data)) and any(
        _is_mixed(found.string[found.end() : found.end() + LOOKED_AT]) for found in _SOME.finditer(data)
    )


def names_secret(data: bytes) -> bool:
    """Whether ``data``, which is short, gives a value to a name for secrets, ``dbPassword=...``."""
    return any(_is_mixed(found.group(1)) for found in _NAMED.finditer(data))


@cache
def _marks() -> PatternSet:
    """Tells soon that there is none: that is what nearly all readings have."""
    return PatternSet("vendor-marks", [_MARK, _WORD])


def _is_mixed(tail: bytes) -> bool:
    if _count(tail, _DIGITS) >= _LEAST_DIGITS:
        return True
    return min(_count(tail, _UPPER), _count(tail, _LOWER)) >= _LEAST_LETTERS


def _count(data: bytes, characters: bytes) -> int:
    return len(data) - len(data.translate(None, characters))
