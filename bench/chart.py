"""A chart of ratios as SVG: bars on a logarithmic scale, readable on light and dark ground."""

import math
from collections.abc import Sequence
from xml.sax.saxutils import escape

ROW, LABEL, PLOT, NUMBER = 26, 300, 460, 70
# A blue and a grey that stand out on white and on black, and so does the text.
COLOURS = {"own": "#2f81f7", "other": "#8b949e"}
INK = "#768390"


def bars(title: str, rows: Sequence[tuple[str, float, str]], *, least: float) -> str:
    """One bar for each (label, value, "own" or "other"); the scale begins at `least`."""
    most = max(value for _label, value, _kind in rows)
    width, height = LABEL + PLOT + NUMBER, 60 + ROW * len(rows)

    def at(value: float) -> float:
        return LABEL + PLOT * math.log(max(value, least) / least) / math.log(most / least)

    parts = [f'<text x="0" y="18" font-weight="bold">{escape(title)}</text>']
    tick = 10.0 ** math.ceil(math.log10(least))
    while tick <= most:
        x = at(tick)
        parts.append(
            f'<path d="M{x:.1f} 30V{height - 22}" stroke="{INK}" stroke-opacity=".4"/>'
            f'<text x="{x:.1f}" y="{height - 6}" text-anchor="middle">{tick:g}</text>'
        )
        tick *= 10
    for number, (label, value, kind) in enumerate(rows):
        y = 36 + ROW * number
        parts.append(
            f'<text x="{LABEL - 8}" y="{y + 13}" text-anchor="end">{escape(label)}</text>'
            f'<rect x="{LABEL}" y="{y}" width="{max(at(value) - LABEL, 1):.1f}" height="17" '
            f'rx="2" fill="{COLOURS[kind]}"/>'
            f'<text x="{at(value) + 6:.1f}" y="{y + 13}">{value:.3g}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="system-ui, sans-serif" font-size="13" fill="{INK}" role="img">\n'
        f"<title>{escape(title)}</title>\n" + "\n".join(parts) + "\n</svg>\n"
    )
