/** Charts. Passed is drawn quietly, so that the rest is seen. */
export const CHART_STYLE = `
svg rect.passed{fill:var(--passed-bar)}svg rect.failed{fill:var(--failed)}svg rect.error{fill:var(--error)}svg rect.skipped{fill:var(--hairline)}
.bar{display:block;width:100%;height:.5rem;border-radius:1px;background:var(--hairline)}
.bar rect{fill:var(--muted)}.bar.close rect{fill:var(--failed)}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;font-size:.8125rem;color:var(--muted)}
.gantt{display:grid;gap:.4rem}
.gantt li{display:grid;grid-template-columns:5.5rem minmax(0,1fr) 3rem;gap:.75rem;align-items:center}
.gantt svg{display:block;width:100%;overflow:visible;background:linear-gradient(var(--hairline),var(--hairline)) 0 100%/100% 1px no-repeat}
.gantt .scale svg{background:none}
.gantt .scale{align-items:end}
.gantt text{fill:var(--muted);font-size:.75rem}
.gantt .lane,.gantt .busy{font-size:.8125rem;color:var(--muted)}
.gantt .busy{text-align:right}
.gantt [data-go]{cursor:pointer}
.gantt [data-go]:hover{fill:var(--ink)}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr));gap:1.75rem 2.5rem}
figure{min-width:0}
figcaption{font-size:.875rem;font-weight:600;margin-bottom:.5rem}
figcaption span{color:var(--muted);font-weight:400}
figure>svg{display:block;width:100%;overflow:visible}
.axis{stroke:var(--muted);stroke-width:1}
.grid{stroke:var(--hairline);stroke-width:1}
.limit{stroke:var(--failed);stroke-width:1.5;stroke-dasharray:5 4}
.series text,.histogram text{fill:var(--muted);font-size:.75rem}
.curve{fill:none;stroke:var(--accent);stroke-width:1.5;vector-effect:non-scaling-stroke;stroke-linejoin:round}
.area{fill:var(--accent);opacity:.12}
.ticks{display:flex;justify-content:space-between;color:var(--muted);font-size:.75rem;margin-top:.2rem}
.quartet{display:grid;grid-template-columns:1fr auto;column-gap:1rem;margin-top:.6rem;font-size:.8125rem}
.quartet div{display:contents}
.quartet dd{text-align:right}
.rankings{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1.75rem 2.5rem}
.ranking ol{display:grid;gap:.55rem;margin-top:.5rem}
.ranking li{display:grid;grid-template-columns:1.3rem minmax(0,1fr) auto;column-gap:.25rem;row-gap:.2rem;align-items:baseline;font-size:.875rem}
.ranking li>.number{padding-left:.75rem}
.ranking li>.bar{grid-column:2/-1;height:.25rem}
.ranking a{color:inherit;text-decoration-color:var(--hairline)}
.limits :is(th,td):is(:nth-child(2),:nth-child(3),:nth-child(4)),.metrics :is(th,td):nth-child(2){text-align:right;white-space:nowrap}
.limits :is(th,td):last-child{width:40%;vertical-align:middle}
.metrics td:last-child{color:var(--muted);font-size:.8125rem;width:50%}
.noise{max-width:36rem}
`;
