"""Saved needs: what somebody wants to hear of when a call opens, its date moves, or a partner or a like need turns up.

Nothing here knows of a channel: who saved a need is a pseudonym, and news go to the asker's own page and by mail.
Begin with `needs.SavedNeeds`; `news` tells what has changed, `digest` writes and sends it.
"""
