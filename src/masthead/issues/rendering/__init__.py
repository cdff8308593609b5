"""From Content to what readers see: web article, mail HTML, plain text, feed HTML. Pure: no database, no request, no clock.

Entry: `masthead.issues.rendering.edition.render`.
"""
