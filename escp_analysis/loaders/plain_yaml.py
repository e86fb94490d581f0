"""YAML read as plain text: every scalar stays the word it is, no key stands twice."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.wording import nearest


def read_yaml(path: Path) -> Any:
    """Return the content of a YAML file: mappings, lists and texts, nothing else.

    ``no``, ``2`` and ``2018-10`` are texts. Raises ``RoundError`` where the file is missing, is
    not UTF-8, is not legal YAML or names a key twice.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except FileNotFoundError as error:
        where = f"{path.parent.name}/{path.name}"
        fault = Fault("the file is missing", where, "a YAML file of that name", "write the file")
        raise RoundError([fault]) from error
    except UnicodeDecodeError as error:
        what = f"byte {error.start + 1} is not UTF-8"
        do = "save the file again as UTF-8"
        raise RoundError([Fault(what, path.name, "a text file in UTF-8", do)]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path.name}, line {mark.line + 1}" if mark else path.name
        what = getattr(error, "problem", None) or "the file cannot be read"
        raise RoundError([Fault(str(what), where, "legal YAML", "mend the line")]) from error


def key_faults(
    value: Mapping[str, Any], known: Iterable[str], needed: Iterable[str], where: str
) -> Iterator[Fault]:
    """Yield a fault per unknown key, with the nearest known one, and per missing key."""
    legal = list(known)
    missing = [key for key in needed if key not in value]
    for key in value:
        if key in legal:
            continue
        near = nearest(key, missing) or nearest(key, legal)
        missing = [name for name in missing if name != near]
        do = f"did you mean {near!r}?" if near else ""
        yield Fault(f"unknown key {key!r}", where, f"one of {', '.join(legal)}", do)
    for key in missing:
        yield Fault(f"key {key!r} is missing", where, f"the key {key}", "add the key")


class _Loader(yaml.BaseLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Return a mapping; refuses a key that is no word or stands twice."""
        seen: set[str] = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise _refusal("a key must be a single word", key_node)
            if key_node.value in seen:
                raise _refusal(f"key {key_node.value!r} stands twice", key_node)
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)


def _refusal(problem: str, node: yaml.Node) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(problem=problem, problem_mark=node.start_mark)
