import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { GraphModel } from "@web/views/graph/graph_model";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";

/** Bars in their order, and over them a line: what each and all before it make of the whole, in per cent. */
export class ParetoGraphModel extends GraphModel {
    _getLineOverlayDataset() {
        const { datasets } = this.data;
        if (datasets.length !== 1 || this.metaData.order !== "DESC") {
            return super._getLineOverlayDataset();
        }
        const whole = datasets[0].data.reduce((sum, value) => sum + value, 0);
        let before = 0;
        const data = datasets[0].data.map((value) => {
            before += value;
            return whole ? Math.round((1000 * before) / whole) / 10 : 0;
        });
        const label = _t("Cumulative (%)");
        const trueLabels = datasets[0].trueLabels.map((name) => `${name} · ${label}`);
        return { label, data, trueLabels, yAxisID: "share" };
    }
}

export class ParetoGraphRenderer extends GraphRenderer {
    getScaleOptions() {
        const scales = super.getScaleOptions();
        if (this.model.lineOverlayDataset?.yAxisID) {
            scales.share = {
                position: "right",
                min: 0,
                max: 100,
                ticks: { callback: (value) => `${value} %`, color: scales.y.ticks.color },
                grid: { display: false },
                border: { display: false },
            };
        }
        return scales;
    }
}

registry.category("views").add("expo_pareto_graph", {
    ...graphView,
    Model: ParetoGraphModel,
    Renderer: ParetoGraphRenderer,
});
