"""Graphs: one value, one colour, in every graph and language; whole numbers, and the lines that a curve is read by."""

import json

from lxml import etree

from odoo.tests import HttpCase, tagged

from tests.common import ExpoCase
from tests.common_turnover import AbcCase

OURS = {"expo_graph", "expo_pareto_graph", "expo_abc_graph"}
# Waits for the chart, then tells what it draws.
READ_CHART = """
    (async () => {
        const canvas = () => document.querySelector(".o_graph_canvas_container canvas");
        for (let turn = 0; turn < 200 && !(canvas() && window.Chart?.getChart(canvas())); turn++) {
            await new Promise((done) => setTimeout(done, 50));
        }
        const chart = window.Chart.getChart(canvas());
        await new Promise((done) => setTimeout(done, 300));
        const colors = {};
        for (const dataset of chart.data.datasets.filter((one) => one.identifiers)) {
            const found = [...dataset.identifiers].map((one) => Object.values(JSON.parse(one).at(-1))[0]);
            colors[found[0]] = dataset.backgroundColor;
        }
        const seen = {
            colors,
            plugins: chart.config.plugins?.map((one) => one.id) || [],
            ticks: chart.scales.y.ticks.map((one) => one.label),
            titles: [chart.scales.x.options.title, chart.scales.y.options.title].map((one) => one.display && one.text),
        };
        const expected = %s;
        for (const [name, value] of Object.entries(expected)) {
            if (JSON.stringify(seen[name]) !== JSON.stringify(value)) {
                console.error(`${name}: ${JSON.stringify(seen[name])}, expected ${JSON.stringify(value)}`);
                return;
            }
        }
        console.log("test successful");
    })();
"""


@tagged("post_install", "-at_install")
class TestGraphs(ExpoCase, HttpCase):
    def _check(self, url, login="expo_manager", **expected):
        self.browser_js(url, READ_CHART % json.dumps(expected), ready="odoo.isReady", login=login, timeout=60)

    def test_every_graph_of_ours_colours_by_meaning(self):
        xmlids = self.env["ir.model.data"].search([("module", "=", "expo_followup"), ("model", "=", "ir.ui.view")])
        views = self.env["ir.ui.view"].browse(xmlids.mapped("res_id")).filtered(lambda view: view.type == "graph")
        self.assertGreater(len(views), 5)
        for view in views:
            with self.subTest(view=view.name):
                self.assertIn(etree.fromstring(view.arch).get("js_class"), OURS)

    def test_colours_and_whole_numbers_are_the_same_in_every_language(self):
        maria = self._make_participation("Maria Rossi")
        for effect in ("negative", "positive"):
            followup = self.env["expo.followup"]._create_manual(maria, summary="Call")
            followup.with_user(self.seller).record_outcome("Called", effect)
        self.env["res.lang"]._activate_lang("zh_CN")
        colors = {"negative": "#CE4257", "positive": "#00A78D"}
        for lang in ("en_US", "zh_CN"):
            with self.subTest(lang=lang):
                self.manager.lang = lang
                self._check("/odoo/touches?view_type=graph", colors=colors, ticks=["0", "1", "2"])


@tagged("post_install", "-at_install")
class TestCurve(AbcCase, HttpCase):
    def test_the_curve_names_its_axes_and_shows_its_bands(self):
        for partner, amount in zip(self._make_customers("One", "Two", "Three"), (700, 200, 100), strict=True):
            self._invoice(partner, amount, day=self.env.company._expo_today())
        self.browser_js(
            "/odoo/abc-analysis?view_type=graph",
            READ_CHART
            % json.dumps(
                {"titles": ["Customers (%)", "Cumulative Turnover (%)"], "plugins": ["gridOnTop", "expoBands"]}
            ),
            ready="odoo.isReady",
            login="expo_manager",
            timeout=60,
        )
