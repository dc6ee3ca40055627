"""Speed of the classifier: one core, warm, over many different commands."""

import json
import tempfile
import time
from pathlib import Path

from tenant_daemon.policy import PolicyContext, classify

ROUNDS = 40
CORPUS = Path(__file__).parent.parent / "tests" / "daemon" / "policy" / "corpus"


def measure(rounds: int = ROUNDS) -> dict[str, float | int]:
    """Microseconds per decision over the corpus, and the worst case at 16 KiB."""
    with tempfile.TemporaryDirectory() as folder:
        context = PolicyContext(Path(folder).resolve(), allowed_hosts=frozenset({"127.0.0.1:2368"}))
        calls = [{"command": line} for line in _corpus()]
        for call in calls:
            classify("shell", call, context)
        times = sorted(_timed(call, context) for _ in range(rounds) for call in calls)
        worst = max(min(_timed({"command": text}, context) for _ in range(5)) for text in _large())
    return {
        "commands": len(calls),
        "decisions_per_second": round(len(times) / sum(times)),
        "p50_us": round(times[len(times) // 2] * 1e6, 1),
        "p99_us": round(times[len(times) * 99 // 100] * 1e6, 1),
        "worst_16kib_ms": round(worst * 1e3, 3),
    }


def _corpus() -> list[str]:
    names = ("reads.txt", "changes.txt", "hostile.txt")
    lines = [line for name in names for line in (CORPUS / name).read_text().splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def _large() -> list[str]:
    size = 16 * 1024
    units = ("a ", "ls; ", "ls | ", "$(", "'x' ", "../", "{a,b}", "a=b ", "((", "\\a", '"$x" ', "<(ls) ")
    nested = " ".join(f"for {letter} in {{1..50}}; do" for letter in "abcdef")
    doubled = "; ".join(f"v{at + 1}=$v{at}$v{at}$v{at}$v{at}" for at in range(60))
    large = [("ls " + unit * size)[:size] for unit in units]
    large += [("cat " + unit * size)[: 8 * 1024 - 1] for unit in units]
    large.append("psql -c '" + "select 1, " * 800 + "1'")
    large.append("awk '" + "{print} " * 900 + "'")
    large.append("sed '" + "s/a/b/;" * 1100 + "'")
    large.append(f"{nested} x=1; {'done; ' * 6}ls")
    large.append(f"{nested} ls; {'done; ' * 6}")
    large.append(f"v0=xxxxxxxx; {doubled}; echo $v60")
    large.append("echo " + "*$(echo " * 60 + "a" + ")" * 60)
    large.append("echo " + "{a,b,c,d}{1..9} " * 150)
    large.append("cat <<'E'\n" + "hello world\n" * 280 + "E")
    return large


def _timed(call: dict[str, str], context: PolicyContext) -> float:
    start = time.perf_counter()
    classify("shell", call, context)
    return time.perf_counter() - start


def main(arguments: list[str]) -> int:
    """Print the measurements as JSON."""
    print(json.dumps(measure(3 if "--quick" in arguments else ROUNDS)))
    return 0
