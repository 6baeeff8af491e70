"""Texts that would do something in a page if it let them."""

from __future__ import annotations

import base64

from tests.homework.report.support import png

RUN = "document.title='pwned'"
ATTACKS = [
    f"<script>{RUN}</script>",
    f'<img src=x onerror="{RUN}">',
    f"<svg onload={RUN}>",
    f"</code></pre></style></title></textarea><script>{RUN}</script>",
    f'" onmouseover="{RUN}" autofocus onfocus="{RUN}" x="',
    f"`<script>{RUN}</script>`",
    f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    "<meta http-equiv=refresh content='0;url=https://example.org'>",
    "{{ 7 * 191 }}{% raw %}",
    "\x1b[2J\x00\x08\u202egnp.exe",
    "\ud800",
]
MARKDOWN_ATTACKS = [
    *ATTACKS,
    f"[x](javascript:{RUN})",
    f"[x](  JaVaScRiPt&#58;{RUN})",
    f"[x](java\tscript:{RUN})",
    f"[x](data:text/html;base64,{base64.b64encode(f'<script>{RUN}</script>'.encode()).decode()})",
    "[x](vbscript:msgbox) [x](file:///etc/passwd) [x](//example.org) [x](../../bob/hw1/hw1.html)",
    f"<javascript:{RUN}>",
    f"[x]: javascript:{RUN}\n\n[x] ![x]",
    f'[ok](https://example.org/?"onclick={RUN} "title&quot; onclick={RUN}")',
    "![track](https://example.org/pixel.png) ![track](data:image/svg+xml;base64,PHN2Zy8+)",
    f'```html"><script>{RUN}</script>\n<b>\n```',
    f"$<script>{RUN}</script>$\n\n$$\n<script>{RUN}</script>\n$$",
    f"![a](attachment:picture.svg) ![a](attachment:fake.png) ![a](attachment:none.png) [a](attachment:{RUN})",
    f"| a | b |\n|---|---|\n| <script>{RUN}</script> | [x](javascript:{RUN}) |",
]
ATTACHMENTS = {
    "picture.svg": {"image/svg+xml": f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"{RUN}\"/>"},
    "fake.png": {"image/png": base64.b64encode(f"<script>{RUN}</script>".encode()).decode()},
    f'"><script>{RUN}</script>.png': {"image/png": png()},
    "odd": ["image/png"],
}
ATTACKER = f"\"><img src=x onerror={RUN}>'&<svg onload={RUN}>"
