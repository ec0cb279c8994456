// Events in lanes and in the strip of the whole recording: what was found, what a person says, what does not count.

import { clock, colour, sheet, type View } from "./player_view";

export const EDGE_LEFT = 46; // before the curves, where their scale stands
export const EDGE_RIGHT = 10;
const LANE = 26;
const STRIP = 34;

export interface Shown {
  id: string;
  from: number;
  until: number;
  kind: string;
  side: string;
  verdict: string;
  added: boolean;
  found: [number, number] | null;
}

/** Events and stretches as the table of the page names them: the table is the source of everything that is drawn. */
export function eventsOf(section: HTMLElement): Shown[] {
  return [...section.querySelectorAll<HTMLElement>("tr[data-key]")].map((row) => {
    const said = row.dataset;
    const moved = said["foundFrom"] !== undefined;
    return {
      id: row.id,
      from: Number(said["from"]),
      until: Number(said["until"]),
      kind: said["kind"] ?? "unclear",
      side: said["side"] ?? "both",
      verdict: ["accept", "reject", "unsure"].find((name) => row.classList.contains(name)) ?? "",
      added: said["added"] !== undefined,
      found: moved ? [Number(said["foundFrom"]), Number(said["foundUntil"])] : null,
    };
  });
}

export function stretchesOf(section: HTMLElement): [number, number][] {
  return [...section.querySelectorAll<HTMLElement>("[data-out-from]")].map((item) => [
    Number(item.dataset["outFrom"]),
    Number(item.dataset["outUntil"]),
  ]);
}

export class Lanes {
  private events: Shown[] = [];
  private whole: HTMLCanvasElement | null = null; // the strip without what moves
  private out: [number, number][] = [];
  chosen = "";

  constructor(
    private readonly lanes: HTMLCanvasElement,
    private readonly strip: HTMLCanvasElement | null,
    private readonly view: View,
    private readonly names: [string, string, string],
    private readonly section: HTMLElement,
  ) {
    this.read();
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => (this.whole = null));
  }

  read(): void {
    this.events = eventsOf(this.section);
    this.out = stretchesOf(this.section);
    this.whole = null;
    this.view.draw();
  }

  draw(time: number): void {
    this.drawLanes();
    this.drawStrip(time);
  }

  /** The event under a pointer, by time; a narrow one may be missed by some pixels. */
  at(time: number, within: number): string {
    const hit = this.events.find((event) => time >= event.from - within && time <= event.until + within);
    return hit?.id ?? "";
  }

  private drawLanes(): void {
    const [pen, width] = sheet(this.lanes, 3 * LANE + 4);
    const scale = (width - EDGE_LEFT - EDGE_RIGHT) / (this.view.until - this.view.from);
    const x = (time: number) => EDGE_LEFT + (time - this.view.from) * scale;
    pen.font = "12px system-ui, sans-serif";
    this.names.forEach((name, lane) => {
      const top = lane * LANE + 2;
      pen.fillStyle = colour("wash");
      pen.fillRect(EDGE_LEFT, top, width - EDGE_LEFT - EDGE_RIGHT, LANE - 4);
      pen.fillStyle = colour("soft");
      pen.fillText(name, 2, top + 15, EDGE_LEFT - 6);
    });
    pen.save();
    pen.beginPath();
    pen.rect(EDGE_LEFT, 0, width - EDGE_LEFT - EDGE_RIGHT, 3 * LANE + 4);
    pen.clip();
    const [from, until] = [this.view.from - 4 / scale, this.view.until + 4 / scale];
    for (const event of this.events) {
      const found = event.found ?? [event.from, event.until];
      if (Math.max(event.until, found[1]) < from || Math.min(event.from, found[0]) > until) continue;
      if (!event.added) this.bar(pen, event, x(found[0]), x(found[1]), 0, 1);
      const judged = event.added || event.found !== null || event.verdict !== "";
      if (judged && event.verdict !== "reject") this.bar(pen, event, x(event.from), x(event.until), 1, 1);
      if (event.verdict === "reject") this.crossed(pen, x(event.from), x(event.until));
    }
    pen.fillStyle = colour("alarm");
    for (const [from, until] of this.out) {
      pen.globalAlpha = 0.35;
      pen.fillRect(x(from), 2 * LANE + 2, Math.max(2, x(until) - x(from)), LANE - 4);
    }
    pen.restore();
  }

  private bar(pen: CanvasRenderingContext2D, event: Shown, from: number, until: number, lane: number, alpha: number): void {
    const half = (LANE - 4) / 2;
    const top = lane * LANE + 2;
    pen.globalAlpha = event.verdict === "unsure" && lane === 1 ? 0.5 : alpha;
    pen.fillStyle = colour(event.kind.replace("tonic_spasm", "tonic"));
    const high = event.side === "both" ? 2 * half : half;
    pen.fillRect(from, event.side === "left" ? top + half : top, Math.max(2.5, until - from), high);
    pen.globalAlpha = 1;
    if (event.id !== this.chosen) return;
    pen.strokeStyle = colour("ink");
    pen.lineWidth = 2;
    pen.strokeRect(from - 2, top - 1, Math.max(2.5, until - from) + 4, LANE - 2);
  }

  private crossed(pen: CanvasRenderingContext2D, from: number, until: number): void {
    pen.strokeStyle = colour("soft");
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.moveTo(from - 3, LANE + 6);
    pen.lineTo(Math.max(until, from + 3) + 3, 2 * LANE - 6);
    pen.moveTo(from - 3, 2 * LANE - 6);
    pen.lineTo(Math.max(until, from + 3) + 3, LANE + 6);
    pen.stroke();
  }

  private drawStrip(time: number): void {
    if (this.strip === null) return;
    const [pen, width, height] = sheet(this.strip, STRIP);
    if (width === 0) return;
    const scale = width / this.view.duration;
    if (this.whole?.width !== this.strip.width) this.whole = this.recording(this.strip, width, height);
    pen.drawImage(this.whole, 0, 0, width, height);
    pen.fillStyle = colour("main");
    pen.globalAlpha = 0.16;
    pen.fillRect(this.view.from * scale, 0, (this.view.until - this.view.from) * scale, height);
    pen.globalAlpha = 1;
    pen.strokeStyle = colour("main");
    pen.strokeRect(this.view.from * scale + 0.5, 0.5, (this.view.until - this.view.from) * scale - 1, height - 1);
    pen.fillStyle = colour("ink");
    pen.fillRect(time * scale - 1, 0, 2, height);
    this.strip.setAttribute("aria-valuemax", this.view.duration.toFixed(1));
    this.strip.setAttribute("aria-valuenow", time.toFixed(1));
    this.strip.setAttribute("aria-valuetext", clock(time, 1));
  }

  /** All of the recording, which changes only with the review. */
  private recording(strip: HTMLCanvasElement, width: number, height: number): HTMLCanvasElement {
    const made = document.createElement("canvas");
    [made.width, made.height] = [strip.width, strip.height];
    const pen = made.getContext("2d")!;
    pen.scale(made.width / width, made.height / height);
    const scale = width / this.view.duration;
    pen.fillStyle = colour("wash");
    pen.fillRect(0, 0, width, height);
    pen.fillStyle = colour("alarm");
    pen.globalAlpha = 0.25;
    for (const [from, until] of this.out) pen.fillRect(from * scale, 0, Math.max(1, (until - from) * scale), height);
    pen.globalAlpha = 1;
    this.density(pen, width, height);
    return made;
  }

  /** How many events there are, in bins of three pixels: the right side upwards, the left side downwards. */
  private density(pen: CanvasRenderingContext2D, width: number, height: number): void {
    const bins = Math.max(1, Math.floor(width / 3));
    const counts: [Uint16Array, Uint16Array] = [new Uint16Array(bins), new Uint16Array(bins)];
    const spasms = ["twitch", "tonic_spasm", "myokymia"];
    for (const event of this.events) {
      if (event.verdict === "reject" || !spasms.includes(event.kind)) continue;
      const bin = Math.min(bins - 1, Math.floor((event.from / this.view.duration) * bins));
      counts[event.side === "left" ? 1 : 0][bin]! += 1;
    }
    const most = Math.max(1, ...counts[0], ...counts[1]);
    const half = height / 2 - 2;
    counts.forEach((side, s) => {
      pen.fillStyle = colour(s === 0 ? "right" : "left");
      side.forEach((count, bin) => {
        const high = count === 0 ? 0 : Math.max(3, (half * count) / most);
        pen.fillRect((bin * width) / bins, s === 0 ? height / 2 - high : height / 2, width / bins - 0.5, high);
      });
    });
  }
}
