import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

import { ExpoGraphModel, ExpoGraphRenderer, expoGraphView } from "./graph";

const BAND_COLORS = ["rgba(0, 167, 141, .16)", "rgba(78, 167, 242, .16)", "rgba(164, 168, 182, .16)"];

export class AbcGraphModel extends ExpoGraphModel {
    async _loadDataPoints(metaData) {
        const names = ["expo_abc_a_percent", "expo_abc_b_percent"];
        const [company] = await this.env.services.orm.read("res.company", [user.activeCompany.id], names);
        const [a, b] = names.map((name) => company[name]);
        this.bands = [
            ["A", 0, a],
            ["B", a, b],
            ["C", b, 100],
        ];
        return super._loadDataPoints(metaData);
    }
}

/** The bands of the classes behind the curve, by the thresholds of the company. */
const drawBands = (bands) => ({
    id: "expoBands",
    beforeDatasetsDraw({ ctx, chartArea, scales }) {
        ctx.save();
        bands.forEach(([name, from, to], index) => {
            const [top, bottom] = [to, from].map((value) => scales.y.getPixelForValue(value));
            ctx.fillStyle = BAND_COLORS[index];
            ctx.fillRect(chartArea.left, top, chartArea.right - chartArea.left, bottom - top);
            ctx.fillStyle = scales.y.options.ticks.color;
            ctx.textAlign = "right";
            ctx.textBaseline = "middle";
            ctx.fillText(`${name}: ${to - from} %`, chartArea.right - 8, (top + bottom) / 2);
        });
        ctx.restore();
    },
});

export class AbcGraphRenderer extends ExpoGraphRenderer {
    get isCurve() {
        const { groupBy, measure, mode } = this.model.metaData;
        return mode === "line" && measure === "cumulated" && groupBy[0]?.fieldName === "customer_percent";
    }

    getChartConfig() {
        const config = super.getChartConfig();
        if (this.isCurve) {
            config.plugins.push(drawBands(this.model.bands));
        }
        return config;
    }

    getScaleOptions() {
        const scales = super.getScaleOptions();
        if (this.isCurve) {
            const { fields } = this.model.metaData;
            const color = scales.y.ticks.color;
            scales.x.title = { display: true, text: fields.customer_percent.string, color };
            scales.y.title = { display: true, text: fields.cumulated.string, color };
            Object.assign(scales.y, { min: 0, max: 100 });
        }
        return scales;
    }
}

registry.category("views").add("expo_abc_graph", {
    ...expoGraphView,
    Model: AbcGraphModel,
    Renderer: AbcGraphRenderer,
});
