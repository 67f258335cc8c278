import { cookie } from "@web/core/browser/cookie";
import { getColor } from "@web/core/colors/colors";
import { registry } from "@web/core/registry";
import { formatInteger } from "@web/views/fields/formatters";
import { GraphModel, SEP } from "@web/views/graph/graph_model";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";

// By value, not by label or position: one effect has one colour in every graph, filter and language.
const COLORS = {
    positive: "#00A78D",
    neutral: "#FFBC2C",
    negative: "#CE4257",
    no_answer: "#A4A8B6",
    answered: "#00A78D",
    waiting: "#4EA7F2",
    amber: "#F48935",
    red: "#CE4257",
};
const NO_VALUE = "#D8DADD";
// The colours that cards and tags have by number.
const TAG_COLORS = [
    "#a2a2a2",
    "#ee2d2d",
    "#dc8534",
    "#e8bb1d",
    "#5794dd",
    "#9f628f",
    "#db8865",
    "#41a9a2",
    "#304be0",
    "#ee2f8a",
    "#61c36e",
    "#9872e6",
];

/** Knows the colours of the tiers where a graph is grouped by them. */
export class ExpoGraphModel extends GraphModel {
    tierColors = {};

    async _loadDataPoints(metaData) {
        const isByTier = metaData.groupBy.some((gb) => metaData.fields[gb.fieldName].relation === "expo.tier");
        if (isByTier && !Object.keys(this.tierColors).length) {
            const tiers = await this.env.services.orm.searchRead(
                "expo.tier",
                [["active", "in", [true, false]]],
                ["color"],
            );
            this.tierColors = Object.fromEntries(tiers.map(({ id, color }) => [id, TAG_COLORS[color % 12]]));
        }
        return super._loadDataPoints(metaData);
    }

    /** Return the colour of a value of a field, undefined where it has no meaning of its own. */
    getMeaningColor(fieldName, value) {
        const { type, relation, selection } = this.metaData.fields[fieldName];
        if (relation === "expo.tier") {
            return this.tierColors[value && value[0]];
        }
        if (type === "selection" && selection.some(([key]) => COLORS[key])) {
            return COLORS[value] || (value === false ? NO_VALUE : undefined);
        }
        return undefined;
    }
}

/** Colours by meaning, and whole numbers without decimals. */
export class ExpoGraphRenderer extends GraphRenderer {
    /**
     * Return the colours by label of the groups from a position on; the last group with a meaning decides.
     *
     * @param {number} begin 0: of all groups, as in a pie; 1: of what stands beside each other or is stacked
     * @param {number} end 1: of the first group only, as for bars of one kind
     */
    getColors(begin, end) {
        const colors = {};
        for (const { identifier, labels } of this.model.dataPoints) {
            const groups = JSON.parse(identifier)
                .slice(begin, end)
                .map((group) => Object.entries(group)[0]);
            for (const [spec, value] of groups) {
                const color = this.model.getMeaningColor(spec.split(":")[0], value);
                if (color) {
                    colors[labels.slice(begin, end).join(SEP)] = color;
                }
            }
        }
        return colors;
    }

    getBarChartData() {
        const data = super.getBarChartData();
        const colors = this.getColors(1);
        const ofBars = this.getColors(0, 1);
        for (const dataset of this.model.data.datasets) {
            if (colors[dataset.label]) {
                dataset.backgroundColor = colors[dataset.label];
            } else if (this.model.metaData.groupBy.length === 1 && Object.keys(ofBars).length) {
                dataset.backgroundColor = this.model.data.labels.map(
                    (label) => ofBars[label] || dataset.backgroundColor,
                );
            }
        }
        return data;
    }

    getLineChartData() {
        const data = super.getLineChartData();
        const colors = this.getColors(1);
        for (const dataset of data.datasets.filter(({ label }) => colors[label])) {
            for (const name of ["borderColor", "hoverBackgroundColor", "pointBackgroundColor"]) {
                dataset[name] = colors[dataset.label];
            }
            dataset.backgroundColor = `${colors[dataset.label]}80`;
        }
        return data;
    }

    getPieChartData() {
        const data = super.getPieChartData();
        const colors = this.getColors(0);
        const ofSlices = this.pieColors(data.labels, colors);
        for (const dataset of data.datasets.filter(({ identifiers }) => identifiers)) {
            dataset.backgroundColor = ofSlices;
            dataset.hoverBackgroundColor = ofSlices;
        }
        return data;
    }

    pieColors(labels, colors) {
        const scheme = cookie.get("color_scheme");
        return labels.map((label, index) => colors[label] || getColor(index, scheme, labels.length));
    }

    /** The legend of a pie has the colours of its slices. */
    getLegendOptions() {
        const options = super.getLegendOptions();
        const { generateLabels } = options.labels;
        if (this.model.metaData.mode === "pie") {
            options.labels.generateLabels = (chart) => {
                const colors = chart.data.datasets[0].backgroundColor;
                return generateLabels(chart).map((item) => ({ ...item, fillStyle: colors[item.index] }));
            };
        } else {
            options.labels.generateLabels = (chart) =>
                generateLabels(chart).map((item) => {
                    const fillStyle = Array.isArray(item.fillStyle) ? item.fillStyle[0] : item.fillStyle;
                    return { ...item, fillStyle, strokeStyle: fillStyle };
                });
        }
        return options;
    }

    /** The mark of a bar in its tooltip has the colour of that bar. */
    getTooltipItems(data, metaData, tooltipModel) {
        const items = super.getTooltipItems(data, metaData, tooltipModel);
        for (const item of items.filter(({ boxColor }) => Array.isArray(boxColor))) {
            item.boxColor = item.boxColor[tooltipModel.dataPoints[0].dataIndex];
        }
        return items;
    }

    formatValue(value, allIntegers = true, formatType = "") {
        if (!formatType && Number.isInteger(value)) {
            return formatInteger(value);
        }
        return super.formatValue(value, allIntegers, formatType);
    }

    getScaleOptions() {
        const scales = super.getScaleOptions();
        const { fields, measure } = this.model.metaData;
        if (scales.y && (measure === "__count" || ["integer", "many2one"].includes(fields[measure]?.type))) {
            // No lines between whole numbers.
            scales.y.ticks.precision = 0;
        }
        return scales;
    }
}

export const expoGraphView = { ...graphView, Model: ExpoGraphModel, Renderer: ExpoGraphRenderer };

registry.category("views").add("expo_graph", expoGraphView);
