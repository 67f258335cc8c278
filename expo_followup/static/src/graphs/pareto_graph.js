import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { ExpoGraphModel, ExpoGraphRenderer, expoGraphView } from "./graph";

const VITAL_SHARE = 80;

/** Bars in their order, and over them a line: what each and all before it make of the whole, in per cent. */
export class ParetoGraphModel extends ExpoGraphModel {
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

/** Where the line of the shares crosses it, the causes to the left make most of the whole. */
const drawVitalShare = {
    id: "expoVitalShare",
    afterDatasetsDraw({ ctx, chartArea, scales }) {
        const y = scales.share.getPixelForValue(VITAL_SHARE);
        const color = scales.share.options.ticks.color;
        ctx.save();
        Object.assign(ctx, { strokeStyle: color, fillStyle: color, textBaseline: "bottom" });
        ctx.setLineDash([6, 4]);
        ctx.beginPath();
        ctx.moveTo(chartArea.left, y);
        ctx.lineTo(chartArea.right, y);
        ctx.stroke();
        ctx.fillText(`${VITAL_SHARE} %`, chartArea.left + 8, y - 2);
        ctx.restore();
    },
};

export class ParetoGraphRenderer extends ExpoGraphRenderer {
    getChartConfig() {
        const config = super.getChartConfig();
        return config.options.scales.share ? { ...config, plugins: [drawVitalShare] } : config;
    }

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
    ...expoGraphView,
    Model: ParetoGraphModel,
    Renderer: ParetoGraphRenderer,
});
