"""What is looked for on a page, beyond what it says: axe's rules, and what a phone and an enlarged page need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tests.app.pages import AXE

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["BY_LOOK", "SPACING", "SPOKEN", "bring_axe", "found_by_axe", "set_look", "too_small", "too_wide"]

SPOKEN = ("serious", "critical")
BY_LOOK = ("color-contrast", "target-size", "link-in-text-block", "scrollable-region-focusable")
"""Rules whose answer depends on colours and room; of all others one look at a page tells as much as four."""

# WCAG 2.2, 1.4.12: as much space as a reader may ask for, without loss.
SPACING = (
    "*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}"
    "p{margin-bottom:2em!important}"
)
_RUN = """async (rules) => {
  const how = rules.length ? {runOnly: {type: "rule", values: rules}} : {};
  const told = await axe.run(document, {...how, resultTypes: ["violations"]});
  return told.violations.flatMap(one => one.nodes.map(node =>
    [one.impact, one.id, node.target.join(" "), (node.failureSummary ?? "").split("\\n").slice(1).join(" ").trim()]));
}"""
_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_SMALL = """() => [...document.querySelectorAll(
  "button, .button, select, textarea, summary, nav a, input:not([type=hidden], [type=radio], [type=checkbox])")]
  .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.closest("label"))
  .map(one => [one.getBoundingClientRect(), one])
  .filter(([box]) => box.width > 0 && (box.height < 43.5 || box.width < 43.5))
  .map(([box, one]) => `${one.tagName} ${one.textContent.trim().slice(0, 30)} ${box.width}x${box.height}`)"""


def set_look(page: Page, width_px: int, scheme: str) -> None:
    """Show the page that is open in another width and in light or dark."""
    page.set_viewport_size({"width": width_px, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")


def bring_axe(page: Page) -> None:
    """Bring axe to the page that is open."""
    page.add_script_tag(path=str(AXE))


def found_by_axe(page: Page, rules: Sequence[str] = ()) -> list[Any]:
    """What axe finds: how grave, which rule, where, and why; by all rules if none is named."""
    return list(page.evaluate(_RUN, list(rules)))


def too_wide(page: Page) -> int:
    """By how many pixels a page is wider than the window: nothing may have to be scrolled both ways."""
    return int(page.evaluate(_WIDE))


def too_small(page: Page) -> list[str]:
    """What is to be hit with a thumb and is smaller than 44 px."""
    return list(page.evaluate(_SMALL))
