"""The public site: home, archive, issue pages, feeds, sitemap and sign-up.

Not here: Wagtail, cookies, scripts or fonts of anyone else.
"""
