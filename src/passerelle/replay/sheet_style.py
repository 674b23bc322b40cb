"""How the timeline of a chronicle looks, beyond what all sheets share."""

STYLE = """
.gaps td:last-child{width:40%}.gaps ul{margin:0}figure{overflow-x:auto}figure svg{min-width:32rem}
.line td.was{border-left:.3rem solid var(--was)}.line td.would{border-left:.3rem solid var(--would)}
.line td{width:42%}.line th[scope=row]{min-width:6.5rem}
.item+.item{border-top:1px dotted var(--rule);margin-top:.4rem;padding-top:.4rem}
.versions{display:flex;flex-wrap:wrap;gap:.3rem .8rem}
.versions p{flex:1 1 10rem;border:1px dashed var(--rule);border-radius:.3rem;padding:.2rem .5rem}
.official,.sourced,.disputed,.assumed{font-size:.8em;border:1px solid var(--rule);border-radius:.3rem;padding:0 .3rem;
white-space:nowrap}
.disputed,.assumed{border-style:dashed}.not b::before{content:"✕ "}
.done b::before{content:"✓ "}.steps{font-size:.9em}.escalated b::before{content:"↑ "}
@media screen and (max-width:40rem){
.line,.line tbody,.line tr,.line td,.line th{display:block;width:auto!important;border:0}
.line thead{display:none}.line tr{border-top:1px solid var(--rule);padding:.4rem 0}.line td:empty{display:none}}
@media print{.line{font-size:8.5pt;line-height:1.3}.line td p,.line td li,.line td ul{margin-bottom:.5mm;margin-top:0}
.versions p{flex-basis:6rem}.line th[scope=row]{width:13%;min-width:0}.line td.was{width:38%}.line td+td{width:49%}}
"""
"""The style of the two columns, and of how sure a line is."""
