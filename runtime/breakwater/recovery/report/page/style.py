"""The page's style sheet: light, dark, narrow and paper. Nothing is loaded."""

STYLE = """
:root{color-scheme:light dark;--bg:#fff;--panel:#f6f7f9;--ink:#16191f;--soft:#545b64;--line:#d9dee3;
--grid:#e9ecef;--accent:#0972d3;--good:#037f0c;--bad:#c7131f;--warn:#8a5a00;--goodbg:#e8f6e9;
--badbg:#fdebec;--warnbg:#fdf3dc;--quietbg:#eef0f3;--busybg:#e6f1fb;
--snap:#7aa7d9;--conv:#3f7cc4;--launch:#1d4f91;--conf:#69b3a2;--wait:#b0863a;--clean:#7d5bbe}
@media(prefers-color-scheme:dark){:root{--bg:#0f141a;--panel:#171e27;--ink:#e9ebf0;--soft:#a7b0be;
--line:#333d4c;--grid:#232c38;--accent:#5cb3ff;--good:#5ccf66;--bad:#ff8585;--warn:#f0c04d;
--goodbg:#12301a;--badbg:#3b171b;--warnbg:#362a0c;--quietbg:#252d38;--busybg:#10304d;
--snap:#35597f;--conv:#4f86c6;--launch:#9cc5f5;--conf:#57a491;--wait:#d9ab55;--clean:#b39ae6}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{max-width:1180px;margin:0 auto;padding:28px 24px 64px}
h1{font-size:30px;line-height:1.2;margin:6px 0 2px;overflow-wrap:anywhere}
h2{font-size:20px;margin:40px 0 6px;padding-top:14px;border-top:1px solid var(--line)}
h3{font-size:16px;margin:20px 0 6px}
p{margin:4px 0 10px;max-width:80ch}
.soft{color:var(--soft)}.small{font-size:13px}
.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;
font-size:12.5px}
bdi,td,dd,.any{overflow-wrap:anywhere}
.kind{display:inline-block;font-weight:700;letter-spacing:.06em;font-size:13px;padding:3px 10px;
border-radius:4px;border:2px solid var(--accent);color:var(--accent)}
.kind.real{background:var(--bad);border-color:var(--bad);color:var(--bg)}
.badge{display:inline-block;white-space:nowrap;font-weight:600;font-size:12.5px;padding:1px 8px;
border-radius:10px;background:var(--quietbg);color:var(--soft)}
.badge.good{background:var(--goodbg);color:var(--good)}.badge.bad{background:var(--badbg);color:var(--bad)}
.badge.warn{background:var(--warnbg);color:var(--warn)}.badge.busy{background:var(--busybg);color:var(--accent)}
.headline{margin:18px 0;padding:16px 20px;border-left:6px solid var(--soft);background:var(--panel);
border-radius:0 6px 6px 0}
.headline strong{font-size:19px;line-height:1.35;display:block}
.headline.good{border-color:var(--good)}.headline.bad{border-color:var(--bad)}
.headline.warn{border-color:var(--warn)}.headline.busy{border-color:var(--accent)}
.headline p{margin:6px 0 0}
.note{margin:12px 0;padding:10px 14px;border:1px solid var(--warn);border-radius:6px;
background:var(--warnbg)}
.note p{margin:0;max-width:none}
.cards{display:grid;grid-template-columns:repeat(3,1fr);gap:12px;margin:16px 0}
.card{border:1px solid var(--line);border-radius:8px;padding:14px 16px;background:var(--panel);
min-width:0}
.card h3{margin:0;font-size:13px;font-weight:600;color:var(--soft)}
.card .big{font-size:23px;font-weight:650;line-height:1.25;margin:2px 0;
font-variant-numeric:tabular-nums}
.card p{margin:4px 0 0;font-size:13.5px}
nav{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:14px;margin:14px 0 0}
a{color:var(--accent)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:3px 18px;margin:10px 0}
dt{color:var(--soft)}dd{margin:0;min-width:0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13.5px;margin:8px 0}
th{text-align:left;font-weight:600;color:var(--soft);border-bottom:2px solid var(--line);
padding:5px 10px 5px 0;vertical-align:bottom}
td{border-bottom:1px solid var(--grid);padding:6px 10px 6px 0;vertical-align:top}
td.n,th.n{text-align:right;padding-right:22px;font-variant-numeric:tabular-nums}
td.nm{min-width:9em}
td.nw,.nw{white-space:nowrap}
details{border:1px solid var(--line);border-radius:6px;margin:10px 0;padding:0 14px}
summary{cursor:pointer;padding:9px 0;font-weight:600}
details[open]{padding-bottom:8px}
svg{display:block;overflow:visible}
svg text{fill:var(--soft);font-size:11.5px}
.meter{margin:8px 0 2px}
.track{fill:var(--grid)}.f-good{fill:var(--good)}.f-bad{fill:var(--bad)}.f-warn{fill:var(--warn)}
.f-busy{fill:var(--accent)}.f-quiet{fill:var(--soft)}
.f-snap{fill:var(--snap)}.f-conv{fill:var(--conv)}.f-launch{fill:var(--launch)}
.f-conf{fill:var(--conf)}.f-person{fill:var(--wait)}.f-engine{fill:var(--soft)}
.f-queue,.f-held{fill:none;stroke:var(--wait);stroke-width:1.5;stroke-dasharray:4 3}
.f-actions{fill:var(--conf)}.f-cleanup{fill:var(--clean)}
.s-queue{fill:var(--wait);opacity:.55}
.grid{stroke:var(--grid)}.rto{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:5 3}
.tick{fill:var(--bg)}.tick.f-bad{fill:var(--bad)}
.mark{fill:var(--ink);stroke:var(--bg)}
.gantt{margin:10px 0}
.g{display:grid;grid-template-columns:minmax(120px,230px) 1fr;gap:0 12px;align-items:center}
.g>*{min-width:0}
.g .gl{font-size:13px;line-height:1.25;padding:2px 0;overflow:hidden;text-overflow:ellipsis;
white-space:nowrap}
.g.wave .gl{font-weight:650}.g.server .gl{padding-left:14px;color:var(--soft)}
.g.wave{margin-top:5px}
.crit .gl::before{content:"◆ ";color:var(--accent)}
.legend{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:12.5px;color:var(--soft);margin:6px 0}
.legend span{display:inline-flex;gap:6px;align-items:center}
footer{margin-top:44px;border-top:1px solid var(--line);padding-top:12px;color:var(--soft);
font-size:13px}
@media(max-width:640px){main{padding:16px 14px 40px}h1{font-size:24px}
.g{grid-template-columns:1fr;gap:0}.g.server .gl{padding-left:0}.odd,.wide{display:none}
dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:8px}
.cards{grid-template-columns:1fr 1fr;gap:8px}.card{padding:10px 12px}.card .big{font-size:19px}
.scroll table{min-width:720px}.scroll.fits table{min-width:0}}
@media print{:root{color-scheme:light;--bg:#fff;--panel:#f6f7f9;--ink:#000;--soft:#444;--line:#bbb;
--grid:#e3e3e3;--accent:#0958a8;--good:#036b0b;--bad:#b01019;--warn:#7a4f00;--goodbg:#e8f6e9;
--badbg:#fdebec;--warnbg:#fdf3dc;--quietbg:#eef0f3;--busybg:#e6f1fb;
--snap:#7aa7d9;--conv:#3f7cc4;--launch:#1d4f91;--conf:#69b3a2;--wait:#b0863a;--clean:#7d5bbe}
@page{margin:14mm 12mm}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
body{font-size:11px}main{max-width:none;padding:0}nav{display:none}h1{font-size:22px}
h2{font-size:15px;margin:20px 0 4px;break-after:avoid}h3{break-after:avoid}
table{font-size:9.5px}td,th{padding:3px 6px 3px 0}.scroll{overflow:visible}
.cards{grid-template-columns:repeat(3,1fr)}.card .big{font-size:16px}.mono{font-size:8.5px}
.small,.badge,.g .gl,.legend,.card p,footer{font-size:9.5px}.badge{padding:0 5px}
svg text{font-size:9px}section>p{break-after:avoid}
tr,.card,.g,.headline,.note{break-inside:avoid}thead{display:table-header-group}
details{border:0;padding:0}details::details-content{content-visibility:visible;display:block}
details>summary{list-style:none}}
""".strip()
