"""Programmes that are declared for a test: written into a folder, registered, and gone afterwards."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module, invalidate_caches
from pathlib import Path
from types import ModuleType

from django.apps import apps

from workflows import programmes
from workflows.engine.declare import APP_LABEL, Programme
from workflows.engine.edges import sync_edges
from workflows.versions import publish_missing

# What was declared before with the same text: its module and its proxy, which take long to make and to take apart.
_declared: dict[tuple[str, str], ModuleType] = {}
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def python_blocks(text: str) -> str:
    """The Python of a page of the documentation, in order, as one file."""
    return "\n".join(BLOCK.findall(text))


@contextmanager
def registered(name: str, folder: Path) -> Iterator[Programme]:
    """The programme of `folder/name.py`, as if it stood among ours and were registered."""
    before = programmes.MODULES
    known = name, (folder / f"{name}.py").read_text()
    programmes.__path__.append(str(folder))
    programmes.MODULES = (*before, name)
    if known in _declared:
        _put_back(_declared[known])
    invalidate_caches()
    _reload()
    publish_missing()
    try:
        yield import_module(f"workflows.programmes.{name}").PROGRAMME
    finally:
        programmes.MODULES = before
        programmes.__path__.remove(str(folder))
        module = sys.modules.pop(f"workflows.programmes.{name}", None)
        if module is not None:
            _declared[known] = module
            apps.all_models[APP_LABEL].pop(module.PROGRAMME.model._meta.model_name, None)
        _reload()


def _put_back(module: ModuleType) -> None:
    sys.modules[module.__name__] = module
    model = module.PROGRAMME.model
    apps.all_models[APP_LABEL][model._meta.model_name] = model
    apps.clear_cache()


def _reload() -> None:
    programmes.registry.cache_clear()
    programmes.registry()
    sync_edges()
