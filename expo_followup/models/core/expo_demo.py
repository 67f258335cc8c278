from odoo import api, models


class ExpoDemo(models.AbstractModel):
    """Play the demo's story; its code is imported with the demo data only."""

    _name = "expo.demo"
    _description = "Demo Data of Exhibitions"

    @api.model
    def _play_chapter(self, name):
        """Play one chapter of the demo: what its data files describe, done through the models' own methods.

        :param name: a key of ``demo.chapters.CHAPTERS``
        """
        from ...demo.chapters import CHAPTERS

        CHAPTERS[name](self.env)
