/** Where things stand: headings in the margin where there is room for one, everything below each other on a phone. */
export const PAGE_STYLE = `
.masthead,main{max-width:76rem;margin-inline:auto;padding-inline:clamp(1rem,4vw,3rem)}
.masthead{display:flex;align-items:center;gap:1rem;padding-block:1rem;font-size:.8125rem;color:var(--muted)}
.masthead b{color:var(--ink);font-weight:600}
.masthead .run{flex:1;min-width:0}
main{padding-bottom:5rem}
.headline{padding-block:clamp(1rem,4vw,3rem) clamp(1.5rem,4vw,2.5rem);display:grid;gap:1.25rem}
.proportions{display:block;width:100%;height:.625rem;border-radius:2px}
.tally{display:flex;flex-wrap:wrap;gap:.35rem 1.75rem}
.tally b{font-weight:600;font-size:1.125rem}
.tally .zero,.tally .zero .mark{color:var(--muted)}
.tally .zero b{font-weight:400}
.remark{border-left:3px solid var(--failed);padding-left:.8rem}
.headline .facts{margin-top:.5rem}
.part{border-top:1px solid var(--hairline);padding-block:1.5rem 2.25rem;display:grid;gap:1rem}
.part>div{min-width:0;display:grid;gap:1.25rem}
@media (min-width:64rem){
.part:not(.broad){grid-template-columns:11rem minmax(0,1fr);gap:2rem}
}
.failure{border-bottom:1px solid var(--hairline)}
#failures>div{gap:0}
#failures .failure:first-child>summary{padding-top:0}
#failures .failure:first-child>summary::after{top:0}
.failure>summary{cursor:pointer;list-style:none;display:grid;grid-template-columns:1.4rem minmax(0,1fr);padding-block:.6rem;position:relative}
.failure>summary::-webkit-details-marker,.companion>summary::-webkit-details-marker{display:none}
.failure>summary>.mark{margin-top:.32rem}
.failure>summary>.name,.failure>summary>.why{grid-column:2;padding-right:1.5rem}
.failure>summary::after{content:"+";position:absolute;right:.2rem;top:.55rem;color:var(--muted);font-size:1.125rem;line-height:1.3}
.failure[open]>summary::after{content:"–"}
.failure .name{font-weight:600}
.why{display:block;color:var(--muted);font-size:.875rem}
.failure .body{display:grid;gap:.75rem;padding:.1rem 0 1.25rem 1.4rem;min-width:0}
.failure .body>*,.difference{min-width:0}
.failure .ending{color:var(--muted)}
.failure .ending a{margin-left:.75rem}
.difference{display:grid;gap:.5rem}
.scripted:is(a){display:none}
.scripts .scripted:is(a){display:inline}
.names li{padding-block:.15rem}
#page{padding-top:0}
#page nav{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;padding-block:.25rem 1.5rem}
#page nav a{padding-block:.25rem}
#page nav #back{margin-right:auto}
#page h1 .prefix{display:block;font-size:1rem;letter-spacing:0;line-height:1.5}
#page h1{font-size:clamp(1.35rem,1.1rem + 1.1vw,1.9rem);line-height:1.2}
#page-content{display:grid;gap:1.25rem}
#page-content>*{min-width:0}
#page-content>section:not(.difference){border-top:1px solid var(--hairline);padding-top:1.25rem;display:grid;gap:.75rem}
#page-content>section>div{min-width:0;display:grid;gap:.75rem}
@media (min-width:64rem){
#page-content>section:not(.difference){grid-template-columns:11rem minmax(0,1fr);column-gap:2rem}
}
.ending span{color:var(--muted);margin-left:.35rem}
.attempts{display:grid;gap:.35rem}
.attempts span{color:var(--muted)}
.companion>summary{cursor:pointer;padding-block:.35rem}
.companion>summary span{color:var(--muted)}
.companion[open]{display:grid;gap:.75rem}
@media print{.masthead button,#page nav,.tools{display:none}pre{max-height:none}}
`;
