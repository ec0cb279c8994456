// Two recordings under one cursor: whichever is moved leads, and the other stands at the same moment of the task.

import { Watching } from "./player_page";

const DRIFT_S = 0.12; // two films that play are this close, or one is set again; a seek costs about as much

export function startTogether(): void {
  const root = document.querySelector<HTMLElement>("[data-together]");
  if (root !== null) void new Together(root).start();
}

/** Where a time of one recording lies in the other: as long after the part of the task that begins before it. */
export function beside(time: number, pairs: [number, number][], from: 0 | 1): number {
  const to = from === 0 ? 1 : 0;
  let at = 0;
  pairs.forEach((pair, place) => {
    if (pair[from] <= time + 1e-6) at = place;
  });
  const pair = pairs[at]!;
  const next = pairs[at + 1]?.[to] ?? Infinity;
  return Math.max(0, Math.min(pair[to] + time - pair[from], next));
}

class Together {
  private readonly sides: Watching[];
  private readonly pairs: [number, number][];
  private leader: 0 | 1 = 0;

  constructor(private readonly root: HTMLElement) {
    this.sides = [...root.querySelectorAll<HTMLElement>("[data-side-of]")].map((side) => new Watching(side));
    this.pairs = JSON.parse(root.dataset["pairs"] ?? "[[0,0]]") as [number, number][];
  }

  async start(): Promise<void> {
    this.root.querySelectorAll<HTMLElement>("[data-side-of]").forEach((side, place) => {
      const lead = () => (this.leader = place === 0 ? 0 : 1);
      side.addEventListener("pointerdown", lead, true);
      side.addEventListener("keydown", lead, true);
      side.addEventListener("wheel", lead, { capture: true, passive: true });
      side.querySelector('[data-part="strip"]')?.addEventListener("keydown", (event) => this.step(event as KeyboardEvent));
    });
    await Promise.all(this.sides.map((side) => side.start()));
    this.sides.forEach((side, place) => {
      side.player.hear(() => place === this.leader && this.follow());
      side.view?.hear(() => place === this.leader && this.look());
    });
    this.bar();
    this.run();
  }

  private get lead(): Watching {
    return this.sides[this.leader]!;
  }

  private get other(): Watching {
    return this.sides[this.leader === 0 ? 1 : 0]!;
  }

  /** The other recording goes where the leader has gone. */
  private follow(): void {
    const [lead, other] = [this.lead.player, this.other.player];
    const time = beside(lead.running, this.pairs, this.leader);
    if (other.rate !== lead.rate) other.setRate(lead.rate);
    if (!lead.playing) {
      if (other.playing) other.halt();
      if (other.times.length > 0 && other.frameAt(time) !== other.shown) this.other.go(time);
    } else if (other.film !== null) {
      const ended = time >= (other.times[other.times.length - 1] ?? 0);
      if (!other.playing && !ended) other.play();
      if (Math.abs(other.film.currentTime - time) > DRIFT_S && !ended) other.film.currentTime = time + 0.001;
      if (other.playing && ended) other.halt();
    }
    this.root.querySelector("[data-do=play]")?.setAttribute("aria-pressed", String(lead.playing));
  }

  private look(): void {
    const [one, other] = [this.lead.view, this.other.view];
    if (one === null || other === null) return;
    const from = beside(one.from, this.pairs, this.leader);
    const length = Math.min(one.until - one.from, other.duration);
    const start = Math.min(from, other.duration - length);
    if (Math.abs(other.from - start) > 1e-3 || Math.abs(other.until - other.from - length) > 1e-3) other.look(start, start + length);
  }

  private run(): void {
    if (this.lead.player.playing) this.follow();
    requestAnimationFrame(() => this.run());
  }

  private step(event: KeyboardEvent): void {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    void (event.shiftKey ? this.lead.player.skip(by) : this.lead.player.step(by));
  }

  private bar(): void {
    const bar = this.root.querySelector<HTMLElement>("[data-both]")!;
    bar.hidden = false;
    const region = bar.querySelector<HTMLSelectElement>("[data-do=region]")!;
    this.lead.curves().forEach(([key, name]) => region.add(new Option(name, key)));
    region.addEventListener("change", () => this.sides.forEach((side) => side.only(region.value)));
    const speed = bar.querySelector<HTMLSelectElement>("[data-do=speed]")!;
    speed.addEventListener("change", () => this.lead.player.setRate(Number(speed.value)));
    bar.addEventListener("click", (event) => {
      const button = (event.target as Element).closest("button");
      if (button === null) return;
      const { do: what, to } = button.dataset;
      if (to !== undefined) {
        this.leader = 0;
        this.lead.go(Number(to));
      } else if (what === "play") this.lead.player.toggle();
      else void this.lead.player.step(what === "back" ? -1 : 1);
    });
  }
}
