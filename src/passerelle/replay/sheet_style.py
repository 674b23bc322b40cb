"""How the timeline of a chronicle looks, beyond what all sheets share."""

STYLE = """
.was{border-left:.3rem solid var(--was)}.would{border-left:.3rem solid var(--would)}
.line td:nth-child(2){width:42%}.line td:nth-child(3){width:42%}.version{font-style:italic}
.official,.sourced,.disputed,.assumed{font-size:.8em;border:1px solid var(--rule);border-radius:.3rem;padding:0 .3rem}
.disputed,.assumed{border-style:dashed}.not b::before{content:"✕ "}
.done b::before{content:"✓ "}.steps{font-size:.9em}.escalated b::before{content:"↑ "}
@media (max-width:40rem){.line,.line tbody,.line tr,.line td,.line th{display:block;width:auto!important;border:0}
.line thead{display:none}.line tr{border-top:1px solid var(--rule);padding:.4rem 0}.line td:empty{display:none}
.line td.was{border-left:.3rem solid var(--was)}.line td.would{border-left:.3rem solid var(--would)}}
"""
"""The style of the two columns, and of how sure a line is."""
