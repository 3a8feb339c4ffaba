"""Mail out and in: a queue in the database, letters handed to SMTP, answers read from IMAP, invitations.

Nothing here knows of cases: who enqueues a letter names it by a reference, and is told by that what became of it.
Begin with `queue.MailQueue.enqueue`.
"""
