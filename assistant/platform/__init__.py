"""What every part stands on: settings, keys, logs, errors, languages, messages, redaction, working days, exports.

Nothing here knows of questions, answers, schemes or cases. Begin with `settings`, the one reader of the environment.
"""
