// Which part of a recording is looked at, which part is chosen, and who wants to know.

const LEAST_S = 0.25; // no closer: some frames of any camera

export class View {
  from = 0;
  until = 1;
  part: [number, number] | null = null;
  private readonly hearers: (() => void)[] = [];
  private waiting = false;

  constructor(readonly duration: number) {
    this.until = duration;
  }

  hear(hearer: () => void): void {
    this.hearers.push(hearer);
  }

  /** Look at a part; drawn once per frame of the screen, however often it is asked for. */
  look(from: number, until: number): void {
    const length = Math.min(Math.max(until - from, LEAST_S), this.duration);
    this.from = Math.min(Math.max(0, from), this.duration - length);
    this.until = this.from + length;
    this.draw();
  }

  zoom(at: number, factor: number): void {
    this.look(at - (at - this.from) * factor, at + (this.until - at) * factor);
  }

  pan(by: number): void {
    this.look(this.from + by, this.until + by);
  }

  /** Move on so that a time stays in view. */
  follow(time: number): void {
    const length = this.until - this.from;
    if (length >= this.duration) return;
    if (time < this.from || time > this.until) this.look(time - length / 10, time + (9 * length) / 10);
  }

  /** Show a part whole, with some time on both sides. */
  reveal(from: number, until: number): void {
    const length = this.until - this.from;
    if (from >= this.from && until <= this.until) return;
    const middle = (from + until) / 2;
    const half = Math.max(length, 1.5 * (until - from)) / 2;
    this.look(middle - half, middle + half);
  }

  choose(part: [number, number] | null): void {
    this.part = part;
    this.draw();
  }

  draw(): void {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.hearers.forEach((hearer) => hearer());
    });
  }
}

export function clock(time: number, decimals = 3): string {
  const minutes = Math.floor(time / 60 + 1e-9);
  const seconds = Math.max(0, time - 60 * minutes);
  return `${minutes}:${seconds.toFixed(decimals).padStart(decimals === 0 ? 2 : 3 + decimals, "0")}`;
}

/** Seconds from what a person wrote: 12.5, 12,5, 1:02.5; NaN where it is none. */
export function seconds(text: string): number {
  const parts = text.trim().replace(",", ".").split(":");
  if (parts.length > 3 || parts.some((part) => !/^\d+(\.\d*)?$/.test(part))) return NaN;
  return parts.reduce((sum, part) => 60 * sum + Number(part), 0);
}

const colours = new Map<string, string>();
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => colours.clear());

/** A colour of the style sheet; asked for once, since many are needed for each frame. */
export function colour(name: string): string {
  let known = colours.get(name);
  if (known === undefined) {
    known = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
    colours.set(name, known);
  }
  return known;
}

/** A canvas as sharp as the screen; returns what to draw with, and its width and height. */
export function sheet(canvas: HTMLCanvasElement, height: number): [CanvasRenderingContext2D, number, number] {
  const width = canvas.clientWidth;
  const scale = window.devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
  const pen = canvas.getContext("2d")!;
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  return [pen, width, height];
}
