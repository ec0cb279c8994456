// The curves: the person's right side upwards, the left side downwards, one lane for each part of the face.

import uPlot from "uplot";

import { thinned, usualTop, type Curve, type Curves } from "./player_curves";
import { EDGE_LEFT, EDGE_RIGHT } from "./player_lanes";
import { colour, type View } from "./player_view";

const HEIGHT = 92;
const AXIS = 26;
const NEAR_PX = 120; // beyond the window: drawn before it is scrolled to
const FIRST = ["eye", "mouth", "opening"];

interface Lane {
  plot: uPlot;
  curves: Curve[];
  box: HTMLElement;
  near: boolean; // in sight or nearly so: what nobody sees is not drawn while the view moves
}

export class Plots {
  private readonly lanes = new Map<string, Lane>();
  private readonly sight = new IntersectionObserver((seen) => this.look(seen), { rootMargin: `${NEAR_PX}px 0px` });

  constructor(
    private readonly place: HTMLElement,
    private readonly curves: Curves,
    private readonly times: Float64Array,
    private readonly view: View,
    private readonly sides: [string, string],
    first: string[] = FIRST,
  ) {
    first.forEach((key) => this.add(key));
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.anew());
  }

  keys(): [string, string][] {
    const known = new Map(this.curves.curves.map((curve) => [curve.key, curve.name]));
    return [...known].filter(([key]) => !this.lanes.has(key));
  }

  add(key: string): void {
    const curves = this.curves.curves.filter((curve) => curve.key === key);
    if (curves.length === 0 || this.lanes.has(key)) return;
    const box = document.createElement("figure");
    box.className = "lane";
    const name = document.createElement("figcaption");
    name.textContent = `${curves[0]!.name} · ↑ ${this.sides[0]} · ↓ ${this.sides[1]}`;
    box.append(name);
    this.place.append(box);
    this.lanes.set(key, { plot: this.make(curves, box), curves, box, near: true });
    this.sight.observe(box);
    this.view.draw();
  }

  all(): [string, string][] {
    return [...new Map(this.curves.curves.map((curve) => [curve.key, curve.name]))];
  }

  /** One lane alone. */
  only(key: string): void {
    for (const [other, lane] of this.lanes) {
      if (other === key) continue;
      lane.plot.destroy();
      this.sight.unobserve(lane.box);
      lane.box.remove();
      this.lanes.delete(other);
    }
    this.add(key);
  }

  draw(): void {
    this.lanes.forEach((lane) => lane.near && this.drawLane(lane));
  }

  private look(seen: IntersectionObserverEntry[]): void {
    for (const lane of this.lanes.values()) {
      const entry = seen.filter((one) => one.target === lane.box).pop();
      if (entry === undefined || entry.isIntersecting === lane.near) continue;
      lane.near = entry.isIntersecting;
      if (lane.near) this.drawLane(lane);
    }
  }

  private drawLane(lane: Lane): void {
    const width = this.place.clientWidth;
    const pixels = Math.max(50, width - EDGE_LEFT - EDGE_RIGHT);
    const [first, last] = [this.place1(this.view.from), this.place1(this.view.until)];
    if (lane.plot.width !== width) lane.plot.setSize({ width, height: HEIGHT + AXIS });
    lane.plot.batch(() => {
      lane.plot.setData(thinned(this.times, lane.curves, first, last, pixels) as uPlot.AlignedData, false);
      lane.plot.setScale("x", { min: this.view.from, max: this.view.until });
    });
  }

  private place1(time: number): number {
    let low = 0;
    let high = this.times.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.times[middle]! <= time) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private anew(): void {
    for (const lane of this.lanes.values()) {
      lane.plot.destroy();
      lane.plot = this.make(lane.curves, lane.box);
    }
    this.view.draw();
  }

  private make(curves: Curve[], box: HTMLElement): uPlot {
    const opening = curves[0]!.key === "opening";
    const top = opening ? Math.max(...curves.map(usualTop), 1) : this.curves.top;
    const axis = { stroke: colour("soft"), font: "11px system-ui, sans-serif", grid: { stroke: colour("rule"), width: 1 }, ticks: { show: false } };
    const options: uPlot.Options = {
      width: Math.max(200, this.place.clientWidth),
      height: HEIGHT + AXIS,
      padding: [6, EDGE_RIGHT, 0, 0],
      cursor: { show: false },
      legend: { show: false },
      scales: { x: { time: false }, y: { range: () => [-top, top] } },
      axes: [
        { ...axis, size: AXIS, space: 70, values: (_plot, at) => at.map(second) },
        { ...axis, size: EDGE_LEFT, space: 18, values: (_plot, at) => at.map((value) => `${+Math.abs(value).toFixed(2)} %`) },
      ],
      series: [
        {},
        ...curves.map((curve) => ({
          stroke: colour(curve.side),
          fill: opening ? undefined : colour(`${curve.side}-soft`),
          fillTo: 0,
          width: 1 / devicePixelRatio, // a hairline: wider ones are drawn joint by joint, ten times as slowly
          points: { show: false },
          spanGaps: false,
        })) as uPlot.Series[],
      ],
      hooks: { draw: [(plot) => this.limits(plot, opening)] },
    };
    return new uPlot(options, [[0], ...curves.map(() => [null])] as unknown as uPlot.AlignedData, box);
  }

  /** Dashed: the smallest movement that would have been found. */
  private limits(plot: uPlot, opening: boolean): void {
    const pen = plot.ctx;
    pen.save();
    pen.strokeStyle = colour("soft");
    pen.lineWidth = devicePixelRatio;
    for (const [side, sign] of [["right", 1], ["left", -1]] as const) {
      const limit = this.curves.limit[side];
      pen.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
      if (limit !== undefined && !opening) line(plot, pen, plot.valToPos(sign * limit, "y", true));
    }
    pen.setLineDash([]);
    line(plot, pen, plot.valToPos(0, "y", true));
    pen.restore();
  }
}

function line(plot: uPlot, pen: CanvasRenderingContext2D, y: number): void {
  pen.beginPath();
  pen.moveTo(plot.bbox.left, y);
  pen.lineTo(plot.bbox.left + plot.bbox.width, y);
  pen.stroke();
}

function second(value: number): string {
  const minutes = Math.floor(value / 60 + 1e-9);
  const rest = value - 60 * minutes;
  return `${minutes}:${(rest < 9.9995 ? "0" : "") + String(+rest.toFixed(2))}`;
}
