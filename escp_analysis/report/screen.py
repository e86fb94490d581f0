"""The page a watcher serves: the report as it was built last, or what kept it from being built."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from escp_analysis.errors import harmless
from escp_analysis.report.progress import Event

_REPORT, _INCOMPLETE = "report.html", "report.incomplete.html"


@dataclass(frozen=True)
class Page:
    """A page as it is served.

    ``version`` changes with what is to be seen; ``nonce`` is what the one script is let in by.
    """

    content: bytes
    version: str
    nonce: str

    @property
    def policy(self) -> str:
        """Return the content security policy: no script but ours, nothing from elsewhere."""
        return (
            f"default-src 'none'; script-src 'nonce-{self.nonce}'; style-src 'unsafe-inline'; "
            "img-src data:; font-src data:; connect-src 'self'; base-uri 'none'; "
            "form-action 'none'; frame-ancestors 'none'"
        )


def page_of(folder: Path, round_id: str, end: Event | None) -> Page:
    """Return the page of a round's output folder after the build that ended so.

    ``end`` is ``None`` while the first build goes on. A complete report is shown as it is; every
    other page says at its top what was built last and when the last good report was. Texts of
    the message are escaped.
    """
    state = _status(end)
    good = folder / _REPORT
    shown = folder / _INCOMPLETE if state == "incomplete" else good
    built = _when(good)
    whole = state in ("built", "unchanged", "incomplete", "being built") and shown.is_file()
    html = shown.read_text(encoding="utf-8") if whole else _made("page", f"Round {round_id}")
    banner = ""
    if state not in ("built", "unchanged"):
        message = "\n".join(map(harmless, end.text.splitlines())) if end else ""
        headline = f"Round {round_id}: {_headline(state, built, shows=whole)}"
        banner = _made("banner", headline, message, state, built)
    return _with(html, banner, keeps=whole)


def _status(end: Event | None) -> str:
    return end.status if end else "being built"


def _headline(state: str, built: str, *, shows: bool) -> str:
    if state == "being built":
        return f"being built; this is the report of {built}." if shows else "being built."
    if state == "incomplete":
        return "the last build is incomplete" + ("; this is as far as it came." if shows else ".")
    return {"interrupted": "the last build was interrupted."}.get(state, "not built.")


def _with(html: str, banner: str, *, keeps: bool) -> Page:
    """Return a page with a banner at its top and the script at its end.

    With ``keeps`` the place a reader has scrolled to is kept.
    """
    head, opening, rest = html.partition("<body>")
    body, closing, tail = rest.rpartition("</body>")
    version = hashlib.sha256((html + banner).encode()).hexdigest()[:16]
    nonce = secrets.token_urlsafe(16)
    script = _made("script", version, nonce, keeps)
    whole = f"{head}{opening}\n{banner}{body}{script}\n{closing}{tail}"
    return Page(whole.encode(), version, nonce)


def _made(macro: str, *arguments: Any) -> str:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=PackageLoader("escp_analysis.report", "templates"),
    )
    module = environment.get_template("watch.html.j2").module
    return str(getattr(module, macro)(*arguments))


def _when(path: Path) -> str:
    """Return when a file was written, as a person says it; blank where it is not there."""
    if not path.is_file():
        return ""
    at = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    return f"{at:%Y-%m-%d, %H:%M:%S}"
