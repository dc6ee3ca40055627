"""Every command of an action, also those whose output stands in the arguments of others."""

from collections.abc import Iterator
from pathlib import Path

from tenant_daemon.policy.actions import Command, RunPipelines


def commands_of(action: RunPipelines) -> Iterator[tuple[Command, Path]]:
    """Each command with the folder that it runs in."""
    for pipeline in action.pipelines:
        for command in pipeline:
            yield command, command.cwd or action.cwd
            for capture in command.captures:
                yield from commands_of(capture)
