"""Passerelle: what one service knows and another needs becomes a duty with a holder, a deadline and an end."""
