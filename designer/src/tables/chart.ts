/** The parts of ECharts that are used; reach it by `import()`. */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import type { ChartData } from "./chart-data.ts";

use([LineChart, BarChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

export interface Chart {
  draw(data: ChartData, kind: "line" | "bar"): void;
  close(): void;
}

const isStill = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

export function createChart(host: HTMLElement, scheme: "light" | "dark"): Chart {
  const chart = init(host, scheme === "dark" ? "dark" : undefined);
  const sized = new ResizeObserver(() => chart.resize());
  sized.observe(host);
  return {
    draw({ labels, series }, kind) {
      chart.setOption(
        {
          animation: !isStill(),
          backgroundColor: "transparent",
          grid: { left: 8, right: 16, top: 32, bottom: 8, containLabel: true },
          legend: { type: "scroll" },
          // Text alone: what stands in a table may be anything.
          tooltip: { trigger: "axis", renderMode: "richText" },
          xAxis: { type: "category", data: [...labels] },
          yAxis: { type: "value" },
          series: series.map(({ name, values }) => ({ name, type: kind, data: [...values], showSymbol: values.length <= 100 })),
        },
        { notMerge: true },
      );
    },
    close() {
      sized.disconnect();
      chart.dispose();
    },
  };
}
