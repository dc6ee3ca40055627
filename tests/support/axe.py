"""axe-core over a page: what a machine can see of its accessibility."""

import json
import os
import shutil
import subprocess
import sysconfig
from functools import cache
from pathlib import Path

from playwright.async_api import Page

ROOT = Path(__file__).resolve().parents[2]
RELEASE = Path(__file__).with_name("axe")
RUNTIME = ROOT / os.environ.get("LETSBE_RUNTIME_DIR", ".runtime") / "axe"
GRAVE = {"serious", "critical"}


@cache
def axe_script() -> str:
    """The script of the pinned release, fetched by its digest the first time."""
    version = json.loads((RELEASE / "package.json").read_text())["version"]
    package = RUNTIME / "node_modules" / "axe-core"
    manifest = package / "package.json"
    if not manifest.exists() or json.loads(manifest.read_text())["version"] != version:
        RUNTIME.mkdir(parents=True, exist_ok=True)
        for file in RELEASE.glob("*.json"):
            shutil.copy(file, RUNTIME / file.name)
        npm = Path(sysconfig.get_path("scripts")) / "npm"
        command = [str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        environment = {**os.environ, "PATH": os.pathsep.join([str(npm.parent), os.environ.get("PATH", "")])}
        subprocess.run(command, cwd=RUNTIME, env=environment, check=True, timeout=100)
    return (package / "axe.min.js").read_text()


async def grave_findings(page: Page) -> list[str]:
    """What keeps somebody out: each finding with its rule and the elements."""
    await page.evaluate(axe_script())
    result = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url} {found['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for found in result["violations"]
        if found["impact"] in GRAVE
        for node in found["nodes"]
    ]
