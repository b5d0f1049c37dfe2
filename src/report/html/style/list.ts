/** The list of cases; on a phone the columns that can be spared go. */
export const LIST_STYLE = `
.tools{display:flex;flex-wrap:wrap;gap:.75rem 1.25rem;align-items:center}
.search{flex:1 1 16rem}
#search{width:100%;padding:.4rem .7rem;border:1px solid var(--muted);border-radius:4px;background:var(--paper)}
#search::placeholder{color:var(--muted);opacity:1}
.choices{display:flex;flex-wrap:wrap;gap:.25rem}
.choices input{position:absolute;opacity:0;pointer-events:none}
.choices span{display:block;padding:.3rem .65rem;border-radius:4px;cursor:pointer;color:var(--muted);font-size:.875rem}
.choices span:hover{color:var(--ink)}
.choices b{font-weight:400}
.choices :checked+span{background:var(--ink);color:var(--paper)}
.choices :focus-visible+span{outline:2px solid var(--accent);outline-offset:2px}
#list{display:grid;gap:.75rem}
.cases td:first-child{width:100%;padding-left:1.4rem;position:relative}
.cases th:first-child{padding-left:1.4rem}
.cases td:first-child>.mark{position:absolute;left:0;top:.72rem}
.cases td a{color:inherit;text-decoration-color:var(--hairline)}
.cases tbody tr:hover{background:var(--surface)}
.cases th button{border:0;padding:0;font-size:inherit;color:inherit;white-space:nowrap}
.cases th button:hover{color:var(--ink)}
.cases th[aria-sort]{color:var(--ink)}
.cases th[aria-sort=descending] button::after{content:" ↓"}
.cases th[aria-sort=ascending] button::after{content:" ↑"}
#more{justify-self:start}
@media (max-width:47.99rem){
.wide{display:none}
.cases,.cases thead,.cases tbody{display:block}
.cases tr{display:grid;grid-template-columns:1fr 1fr 1.4fr;padding:.5rem 0 .5rem 1.4rem;border-bottom:1px solid var(--hairline)}
.cases thead tr{padding-block:0 .35rem}
.cases th,.cases td{border:0;padding:0}
.cases th:first-child,.cases td:first-child{grid-column:1/-1;padding:0}
.cases td:first-child>.mark{left:-1.4rem;top:.35rem}
.cases .number{text-align:left}
.cases .number:last-child{text-align:right}
.cases td.number{color:var(--muted)}
.cases .ms:not(:empty)::after{content:" ms"}
.cases .mib:not(:empty)::after{content:" MiB"}
.limits :is(th,td):last-child{width:18%;padding-left:0}
.limits th,.limits td{padding-right:.6rem}
.cases .number{font-size:.8125rem}
}
`;
