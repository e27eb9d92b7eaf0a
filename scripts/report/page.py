# SPDX-License-Identifier: GPL-2.0
"""The page: HTML and style, nothing from elsewhere."""

from draw import escape

STYLE = """
:root { color-scheme: light dark; --page: #fbfbfa; --ink: #1d2025;
  --soft: #5f6670; --line: #dcdfe3; --card: #ffffff; --empty: #e2e4e8;
  --edge: #b9bec6; --good: #2a9d6f; --bad: #c0392b; }
@media (prefers-color-scheme: dark) { :root { --page: #15171a;
  --ink: #e7e9ec; --soft: #9aa2ad; --line: #30343a; --card: #1d2024;
  --empty: #33373d; --edge: #555c66; --good: #3db98a; --bad: #e0604f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.2rem; max-width: 1080px;
  background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.5rem; margin: .3rem 0 0; }
h2 { font-size: 1.2rem; margin: 2.4rem 0 .2rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .3rem 0 .8rem; }
nav a { margin-right: 1rem; color: inherit; }
.note, .lead { color: var(--soft); }
.cards { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); }
.wide { grid-template-columns: repeat(auto-fill,
  minmax(min(100%, 480px), 1fr)); }
.card { background: var(--card); border: 1px solid var(--line);
  border-radius: 8px; padding: .8rem; min-width: 0; }
.card p { font-size: .85rem; color: var(--soft); }
.row { display: grid; grid-template-columns: 16rem minmax(0, 1fr) 14rem;
  gap: .2rem 1rem; align-items: center; padding: .6rem 0;
  border-top: 1px solid var(--line); }
.row .n { font-variant-numeric: tabular-nums; text-align: right;
  white-space: nowrap; font-size: .9rem; }
.legend span { margin-right: 1rem; white-space: nowrap; }
.legend i { display: inline-block; width: .8em; height: .8em;
  border-radius: 2px; margin-right: .35em; }
svg { width: 100%; height: auto; display: block; }
.card svg { margin: 0 auto; }
text.t { fill: var(--ink); }
text.on { fill: #fff; font-weight: 600; paint-order: stroke;
  stroke: rgba(0, 0, 0, .45); stroke-width: 2px; }
.edge { stroke: var(--edge); }
.node { stroke: var(--ink); stroke-width: 1.5; }
.scroll { overflow-x: auto; }
.scroll svg { width: auto; max-width: none !important; height: 13rem; }
table { border-collapse: collapse; font-size: .9rem;
  font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 600; color: var(--soft); }
td, th { padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--line);
  vertical-align: middle; }
td.num { text-align: right; }
summary { cursor: pointer; color: var(--soft); font-size: .9rem; }
.stripe { display: flex; width: 9rem; height: .6rem; border-radius: 3px;
  overflow: hidden; background: var(--empty); }
@media (max-width: 720px) { body { padding: .8rem; }
  .row { grid-template-columns: minmax(0, 1fr); }
  .row .n { text-align: left; color: var(--soft); }
  .stripe { width: 4rem; } td, th { padding-right: .5rem; } }
"""


class Raw(str):
    """HTML already."""


def cell(value, kind="td"):
    number = kind == "td" and isinstance(value, (int, float))
    return "<%s%s>%s</%s>" % (kind, ' class="num"' if number else "",
                              value if isinstance(value, Raw)
                              else escape(value), kind)


def table(head, lines):
    return '<div class="scroll"><table><tr>%s</tr>%s</table></div>' % (
        "".join(cell(value, "th") for value in head),
        "".join("<tr>%s</tr>" % "".join(map(cell, line)) for line in lines))


def details(title, content):
    return "<details><summary>%s</summary>%s</details>" % (escape(title),
                                                           content)


def scroll(content):
    return '<div class="scroll">%s</div>' % content


def card(title, lead, content):
    return '<div class="card"><h3>%s</h3><p>%s</p>%s</div>' % (
        escape(title), escape(lead), content)


def cards(content, kind=""):
    return '<div class="cards %s">%s</div>' % (kind, "".join(content))


def row(title, picture, numbers):
    return ('<div class="row"><div>%s</div><div>%s</div>'
            '<div class="n">%s</div></div>'
            % (escape(title), picture, escape(numbers)))


def rows(content):
    return "".join(content)


def marks(names, colours):
    return '<p class="legend">%s</p>' % "".join(
        '<span><i style="background:%s"></i>%s</span>' % pair
        for pair in zip(colours, names))


def stripe(passed, failed, skipped):
    total = passed + failed + skipped or 1
    return '<div class="stripe">%s</div>' % "".join(
        '<i style="width:%.1f%%;background:var(--%s)"></i>'
        % (100 * max(count / total, 0.03 if count else 0), name)
        for count, name in ((failed, "bad"), (passed, "good")))


def section(name, title, lead, content):
    return ('<section id="%s"><h2>%s</h2><p class="lead">%s</p>%s</section>'
            % (name, escape(title), escape(lead), content))


def document(chapters, body, where):
    links = "".join('<a href="#%s">%s</a>' % (name, escape(title))
                    for name, title in chapters)
    return ('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, '
            'initial-scale=1"><title>NUMA memory policy</title>'
            "<style>%s</style></head><body><h1>NUMA memory policy, seen in "
            "guests</h1><p class='note'>%s, every figure from a run of this "
            "kernel</p><nav>%s</nav>%s</body></html>\n"
            % (STYLE, escape(where), links, body))
