/** Type, links, tables, lists of facts, and what programs wrote. */
export const TEXT_STYLE = `
*{box-sizing:border-box}
html{font:400 15px/1.5 "Inter","Helvetica Neue","Segoe UI",system-ui,-apple-system,"DejaVu Sans",Arial,sans-serif;font-variant-numeric:tabular-nums;background:var(--paper);color:var(--ink);-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;overflow-wrap:anywhere}
h1,h2,h3,p,ul,ol,dl,dd,figure,pre,fieldset{margin:0;padding:0}
ul,ol{list-style:none}
fieldset{border:0;min-width:0}
h1{font-size:clamp(1.75rem,1.2rem + 2.4vw,2.75rem);line-height:1.12;font-weight:600;letter-spacing:-.022em;text-wrap:balance}
h2{font-size:1rem;line-height:1.4;font-weight:600}
h3{font-size:.875rem;line-height:1.5;font-weight:600}
a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:.2em}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:2px}
h1:focus{outline:0}
button,input{font:inherit;color:inherit}
button{background:none;border:1px solid var(--hairline);border-radius:4px;padding:.3rem .8rem;cursor:pointer}
button:hover{border-color:var(--muted)}
[hidden]{display:none!important}
.symbols{position:absolute;width:0;height:0}
.spoken{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.note,.aside,.busy{color:var(--muted);font-size:.8125rem;font-weight:400}
.prefix{color:var(--muted);font-weight:400}
.mark{width:.8em;height:.8em;flex:none;vertical-align:-.04em;fill:currentColor;overflow:visible}
.mark.passed{color:var(--passed)}.mark.failed{color:var(--failed)}.mark.error{color:var(--error)}.mark.skipped{color:var(--skipped)}
.mark.flaky{color:var(--flaky);font-weight:700;height:auto;text-align:center;display:inline-block}
symbol .ink{fill:none;stroke:var(--paper);stroke-width:2}
symbol .hollow{fill:none;stroke:currentColor;stroke-width:1.6}
symbol .line{fill:none;stroke:currentColor;stroke-width:1.6}
.verdict{font-weight:600;white-space:nowrap}
.verdict.passed{color:var(--passed)}.verdict.failed{color:var(--failed)}.verdict.error{color:var(--error)}.verdict.skipped{color:var(--skipped)}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:baseline;padding:.35rem 1rem .35rem 0;border-bottom:1px solid var(--hairline);font-weight:400}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--muted);font-size:.8125rem}
.number{text-align:right;white-space:nowrap}
.facts{display:flex;flex-wrap:wrap;gap:.75rem 2.25rem}
.facts dt,.quartet dt,.pair dt{color:var(--muted);font-size:.8125rem}
pre,code,.pair dd,.diff{font-family:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.8125rem;line-height:1.5}
pre{background:var(--surface);border-radius:4px;padding:.7rem .9rem;white-space:pre-wrap;tab-size:8;max-height:32rem;overflow:auto}
pre i{font-style:normal;color:var(--flaky);font-weight:700}
.diff .plus,.diff .minus,.diff .place{display:block;margin:0 -.9rem;padding:0 .9rem}
.diff .plus{background:var(--plus-paper)}.diff .minus{background:var(--minus-paper)}.diff .place{color:var(--muted)}
.pair{display:grid;gap:.15rem}
.pair>div{display:grid;grid-template-columns:5.5rem 1fr;align-items:baseline}
.pair dd{white-space:pre-wrap}
.bold{font-weight:700}.faint{opacity:.85}.italic{font-style:italic}.under{text-decoration:underline}
.fi{color:var(--surface)}.bi{background:var(--ink)}
.reasons{display:grid;gap:.25rem}
.reasons li{white-space:pre-wrap;padding-left:1.1rem;text-indent:-1.1rem}
.reasons li::before{content:"–";display:inline-block;width:1.1rem;text-indent:0;color:var(--muted)}
`;
