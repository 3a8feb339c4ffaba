"""The web: pages for everyone and for the broker, rendered on the server.

Invariant: every page works without JavaScript, in three languages, and under a policy that allows no script or style
but our own files. A page that is not for everyone says for whom it is in its route.
"""
