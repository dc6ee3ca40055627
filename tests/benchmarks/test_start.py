"""What the benchmark of `make run` reads from its output."""

from benchmarks.start import Start, local_package_sources, parse_steps, report_of

OUTPUT = """\
Setting up LetsBe Biz in this folder:
  …  Get Node from PyPI (.venv)
  ok Get Node from PyPI (.venv) (7.8 s)
  …  Install OpenClaw (.runtime/openclaw)
  …  Install Python packages (.venv)
  ok Install OpenClaw (.runtime/openclaw) (41.7 s)
  ok Install Python packages (.venv) (86.7 s)
Everything is in place (137 s).
  ok Hub (1 worker) (6.1 s)

Ready in 74 s:  http://localhost:8000
"""


def test_steps_are_those_that_ended_well() -> None:
    assert parse_steps(OUTPUT.splitlines(keepends=True)) == {
        "Get Node from PyPI (.venv)": 7.8,
        "Install OpenClaw (.runtime/openclaw)": 41.7,
        "Install Python packages (.venv)": 86.7,
        "Hub (1 worker)": 6.1,
    }


def test_several_starts_are_told_by_their_median() -> None:
    starts = [Start(seconds, {"Hub": seconds / 2}, 1.0, 9, 0.5) for seconds in (20.0, 30.0, 22.0)]
    report = report_of(starts)
    assert report["seconds_to_ready"] == {"median": 22.0, "each": [20.0, 30.0, 22.0]}
    assert report["steps"] == {"Hub": 11.0}
    assert report["left_behind"] == []


def test_a_folder_of_wheels_is_told() -> None:
    settings = """\
global.index-url='https://registry.example/simple'
global.extra-index-url='file:///srv/simple'
global.cert='/etc/ssl/cert.pem'
:env:.find-links='/srv/wheels'
"""
    assert local_package_sources(settings) == [":env:.find-links", "global.extra-index-url"]
