"""How the sheet of a chronicle looks, on a screen, on a phone and on paper."""

STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--quiet:#5a6572;--rule:#d5dbe1;--was:#8a5a00;--would:#005f73;
--lost:#e9c46a;--tint:#f3f6f8}
@media (prefers-color-scheme:dark){:root{--ink:#e8ebee;--paper:#14181c;--quiet:#a3adb8;--rule:#39424c;--was:#f0b95b;
--would:#6fd0e3;--lost:#8a6d1d;--tint:#1d2329}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
.languages{max-width:70rem;margin:0 auto;padding:1rem}
.languages>input{position:absolute;opacity:0}
.languages>label{display:inline-block;padding:.4rem .8rem;margin:0 .3rem .5rem 0;border:1px solid var(--rule);
border-radius:.4rem;cursor:pointer}
.languages>input:checked+label{background:var(--would);color:var(--paper)}
.languages>input:focus-visible+label{outline:3px solid var(--was)}
main{display:none}#in-nl:checked~.in-nl,#in-fr:checked~.in-fr,#in-de:checked~.in-de,#in-en:checked~.in-en{display:block}
h1{font-size:1.8rem;line-height:1.2}h2{font-size:1.25rem;margin-top:2rem}.lead{font-size:1.1rem}
.short,.caught{background:var(--tint);border-left:.4rem solid var(--would);padding:.2rem 1rem 1rem;margin:1rem 0}
.caught{border-color:var(--was)}.first{font-weight:600;font-size:1.1rem}
table{border-collapse:collapse;width:100%}th,td{border-top:1px solid var(--rule);padding:.5rem;text-align:left;
vertical-align:top}th[scope=row]{white-space:nowrap;font-weight:400;color:var(--quiet)}
td p{margin:0 0 .3rem}td ul{margin:.2rem 0 0;padding-left:1.1rem}.wide{overflow-x:auto}
.was{border-left:.3rem solid var(--was)}.would{border-left:.3rem solid var(--would)}
.line td:nth-child(2){width:42%}.line td:nth-child(3){width:42%}
.cite,.to{color:var(--quiet);font-size:.9rem}.version{font-style:italic}
.official,.sourced,.disputed,.assumed{font-size:.8rem;border:1px solid var(--rule);border-radius:.3rem;padding:0 .3rem}
.disputed,.assumed{border-style:dashed}.tried b::before{content:"✕ "}.escalated b::before{content:"↑ "}
figure{margin:1rem 0}svg{width:100%;height:auto}svg text{fill:var(--ink);font-size:16px}
svg .axis{stroke:var(--rule);stroke-width:2}svg .was{fill:var(--was)}svg .owed{fill:var(--would)}
svg .sent{stroke:var(--would);stroke-width:4}svg .gap{fill:var(--lost)}
dl{display:grid;grid-template-columns:auto 1fr;gap:.2rem 1rem}dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}
a{color:inherit}
@media (max-width:40rem){.line,.line tbody,.line tr,.line td,.line th{display:block;width:auto!important;border:0}
.line thead{display:none}.line tr{border-top:1px solid var(--rule);padding:.4rem 0}.line td:empty{display:none}
.line td.was{border-left:.3rem solid var(--was)}.line td.would{border-left:.3rem solid var(--would)}}
@media print{.languages>label{display:none}.languages{max-width:none;padding:0}
tr,section.short,figure{break-inside:avoid}
h2{break-after:avoid}body{font-size:10pt}}
"""
"""The style sheet that stands in the file itself."""
