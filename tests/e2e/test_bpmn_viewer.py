"""The exported processes, opened by bpmn.io's own viewer."""

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from workflows.diagram import bpmn
from workflows.diagram.graph import moves
from workflows.programmes import registry

pytestmark = pytest.mark.e2e
VIEWER = "bpmn-js@18"
SCRIPT = "package/dist/bpmn-navigated-viewer.production.min.js"
OPEN = """async xml => {
  const viewer = new BpmnJS({ container: '#canvas' });
  const { warnings } = await viewer.importXML(xml);
  viewer.get('canvas').zoom('fit-viewport');
  const found = viewer.get('elementRegistry').getAll();
  const kinds = {};
  for (const element of found) if (element.type !== 'label') kinds[element.type] = (kinds[element.type] || 0) + 1;
  return { warnings: warnings.map(String), kinds };
}"""


@pytest.fixture(scope="module")
def viewer(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The viewer's script, from npm: for this test alone, no part of the product."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("NO NPM: the viewer of bpmn.io could not be fetched. Install Node.js.")
    folder = tmp_path_factory.mktemp("viewer")
    done = subprocess.run(
        [npm, "pack", VIEWER, "--silent"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    packed = list(folder.glob("*.tgz"))
    if done.returncode or not packed:
        pytest.skip("NO PACKAGE REGISTRY: the viewer of bpmn.io could not be fetched.")
    with tarfile.open(packed[0]) as archive:
        archive.extractall(folder, filter="data")
    return Path(folder, SCRIPT).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("slug", list(registry()))
def test_viewer_opens_the_process_without_a_warning(
    browser: Browser, viewer: str, slug: str, language: str
) -> None:
    programme = registry()[slug]
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_content('<div id="canvas" style="height:800px"></div>')
    page.add_script_tag(content=viewer)

    opened = page.evaluate(OPEN, bpmn.export(programme, language).decode())
    words = page.locator(".djs-visual text").all_text_contents()
    page.close()

    assert opened["warnings"] == []
    ends = sum(bool(state.outcome) for state in programme.states)
    tasks = opened["kinds"].get("bpmn:UserTask", 0) + opened["kinds"].get("bpmn:ServiceTask", 0)
    assert (opened["kinds"]["bpmn:EndEvent"], tasks) == (ends, len(programme.states) - ends)
    assert opened["kinds"]["bpmn:SequenceFlow"] >= len(moves(programme))
    drawn = "".join("".join(words).split())
    assert all("".join(s.label.in_language(language).split()) in drawn for s in programme.states)
