"""What core models gain, and what holds for all models of the addon.
Guarded jobs, checked links, system fields, record keeping, translations, views.
"""
