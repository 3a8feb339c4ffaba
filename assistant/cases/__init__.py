"""Cases: states, moves, reminders.

Nothing here words or shows anything. Begin with `cases.CaseState` and `referrals.Referrals`.
"""
