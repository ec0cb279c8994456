// The page of a recording: film, strip, lanes and curves under one cursor, by pointer and by key.

import { readCurves, summary, type Curves } from "./player_curves";
import { Player } from "./player";
import { EDGE_LEFT, EDGE_RIGHT, Lanes } from "./player_lanes";
import { Plots } from "./player_plots";
import { clock, View } from "./player_view";

const CLICK_PX = 4;
const WHEEL = 1.0015;
const PAGE_S = 10; // by Page Up and Page Down on the strip
const ROWS = 60; // of the table behind the curves

export class Watching {
  readonly player: Player;
  view: View | null = null;
  lanes: Lanes | null = null;
  private plots: Plots | null = null;
  private now = "";
  private readonly cursor = overlay("cursor");
  private readonly part = overlay("part");
  private readonly place: HTMLElement;
  private readonly section: HTMLElement;
  private readonly review: HTMLElement;

  /** ``root`` holds all parts of one recording, each by its ``data-part``; nothing is looked for elsewhere. */
  constructor(private readonly root: HTMLElement) {
    const film = root.querySelector<HTMLVideoElement>("video[data-film]");
    this.player = new Player(film);
    this.section = this.find("curves")!;
    this.review = this.find("review") ?? this.section;
    this.place = this.find("plots")!;
    film?.addEventListener("error", () => this.fails());
    if (film !== null && film.error !== null) this.fails();
    // Whoever wants a frame shown asks the film itself, and hears when it stands in the picture.
    film?.addEventListener("ask-frame", (event) => {
      const frame = (event as CustomEvent<number>).detail;
      void this.player.show(frame).then((good) => {
        film.dispatchEvent(new CustomEvent("frame-shown", { detail: { frame, good } }));
      });
    });
  }

  /** A part of this recording. */
  find<Part extends HTMLElement>(name: string): Part | null {
    return this.root.querySelector<Part>(`[data-part="${name}"]`);
  }

  async start(): Promise<void> {
    const said = this.find("curves-said")!;
    try {
      await this.player.load(this.section.dataset["times"]!);
      this.begin();
      const curves = await readCurves(this.section.dataset["signals"]!);
      said.remove();
      this.draw(curves);
    } catch {
      said.className = "said wrong";
      said.textContent = this.section.dataset["lost"] ?? "";
      this.place.append(said);
    } finally {
      delete this.place.dataset["wait"];
    }
  }

  /** What can be done as soon as the times of the frames are here. */
  private begin(): void {
    const times = this.player.times;
    const last = times[times.length - 1] ?? 1;
    this.view = new View(last + (times.length > 1 ? last - times[times.length - 2]! : 0.04));
    const strip = this.find<HTMLCanvasElement>("strip");
    const canvas = document.createElement("canvas");
    canvas.className = "lanes";
    canvas.setAttribute("aria-hidden", "true"); // the table of events says the same
    this.place.prepend(canvas);
    const names = this.section.dataset;
    const words: [string, string, string] = [names["found"] ?? "", names["yours"] ?? "", names["out"] ?? ""];
    this.lanes = new Lanes(canvas, strip, this.view, words, this.review);
    this.place.append(this.part, this.cursor);
    if (strip !== null) {
      strip.hidden = false;
      this.strip(strip);
    }
    this.player.film?.removeAttribute("controls"); // the bar below has all of them, and steps frame by frame
    // A mirrored film is turned back only without controls, whose words would be turned as well.
    this.find("turned")?.removeAttribute("hidden");
    const bar = this.find("bar");
    if (bar !== null) bar.hidden = false;
    this.find("tools")!.hidden = false;
    this.view.hear(() => this.redraw());
    this.player.hear(() => this.moved());
    new ResizeObserver(() => this.view?.draw()).observe(this.place);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.view?.draw());
    this.pointers();
    this.moved();
    this.run();
  }

  private draw(curves: Curves): void {
    const sides: [string, string] = [this.section.dataset["right"] ?? "", this.section.dataset["left"] ?? ""];
    const first = this.section.dataset["first"]?.split(" ");
    const plots = new Plots(this.place, curves, this.player.times, this.view!, sides, first);
    this.plots = plots;
    this.place.append(this.part, this.cursor);
    const more = this.find<HTMLSelectElement>("more")!;
    plots.keys().forEach(([key, name]) => more.add(new Option(name, key)));
    more.addEventListener("change", () => {
      plots.add(more.value);
      more.selectedOptions[0]?.remove();
      more.value = "";
      this.place.append(this.part, this.cursor);
    });
    this.table(curves);
    this.view!.draw();
  }

  private redraw(): void {
    this.place.dataset["seconds"] = (this.view!.until - this.view!.from).toFixed(3);
    this.plots?.draw();
    this.moved(); // draws the lanes as well
    const part = this.view!.part;
    this.part.hidden = part === null;
    const chosen = this.find("chosen")!;
    chosen.hidden = part === null;
    if (part === null) return;
    const [from, until] = [this.x(part[0]), this.x(part[1])];
    this.part.style.transform = `translateX(${Math.max(EDGE_LEFT, from)}px)`;
    this.part.style.width = `${Math.max(0, Math.min(until, this.width() - EDGE_RIGHT) - Math.max(EDGE_LEFT, from))}px`;
    this.find("chosen-part")!.textContent = `${clock(part[0])} – ${clock(part[1])}`;
  }

  private moved(): void {
    const time = this.player.running;
    const film = this.player.film;
    if (film !== null) film.dataset["frame"] = String(this.player.shown);
    const said = this.find("clock");
    const text = `${clock(time)} · ${this.player.shown}`;
    if (said !== null && said.textContent !== text) said.textContent = text;
    const play = this.find("play");
    play?.setAttribute("aria-pressed", String(this.player.playing));
    const speed = this.find<HTMLSelectElement>("speed");
    if (speed !== null && document.activeElement !== speed) {
      const rate = String(this.player.rate);
      if ([...speed.options].some((option) => option.value === rate)) speed.value = rate;
    }
    if (this.view === null) return;
    const inside = time >= this.view.from && time <= this.view.until;
    this.mark(this.lanes?.at(time, 0) ?? "");
    this.cursor.hidden = !inside;
    this.cursor.style.transform = `translateX(${this.x(time)}px)`;
    this.lanes?.draw(time);
  }

  /** The cursor in the table: the row of the event in which the film stands. */
  private mark(id: string): void {
    const row = id === "" ? null : this.review.querySelector(`#${CSS.escape(id)}`);
    if (id === this.now && (row === null || row.classList.contains("now"))) return;
    this.review.querySelectorAll("tr.now").forEach((other) => other.classList.remove("now"));
    row?.classList.add("now");
    this.now = id;
  }

  /** While the film plays the cursor moves with it, and the view follows. */
  private run(): void {
    if (this.player.playing) {
      this.view?.follow(this.player.running);
      this.moved();
    }
    requestAnimationFrame(() => this.run());
  }

  /** Keys and names of all curves; none before they are here. */
  curves(): [string, string][] {
    return this.plots?.all() ?? [];
  }

  /** Show the curves of one part of the face alone. */
  only(key: string): void {
    this.plots?.only(key);
    this.place.append(this.part, this.cursor);
  }

  go(time: number): void {
    void this.player.showTime(time);
    this.view?.follow(time);
  }

  private width(): number {
    return this.place.clientWidth;
  }

  private x(time: number): number {
    const view = this.view!;
    return EDGE_LEFT + ((time - view.from) / (view.until - view.from)) * (this.width() - EDGE_LEFT - EDGE_RIGHT);
  }

  private timeAt(event: MouseEvent): number {
    const view = this.view!;
    const x = event.clientX - this.place.getBoundingClientRect().left - EDGE_LEFT;
    const share = x / (this.width() - EDGE_LEFT - EDGE_RIGHT);
    return Math.min(view.until, Math.max(view.from, view.from + share * (view.until - view.from)));
  }

  private pointers(): void {
    let began: PointerEvent | null = null;
    let start = 0;
    let dragged = false;
    this.place.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || this.view === null) return;
      [began, start, dragged] = [event, this.timeAt(event), false];
      this.place.setPointerCapture(event.pointerId);
    });
    this.place.addEventListener("pointermove", (event) => {
      if (began === null || this.view === null) return;
      dragged ||= Math.abs(event.clientX - began.clientX) > CLICK_PX;
      if (!dragged) return;
      const time = this.timeAt(event);
      if (event.pointerType === "touch" || event.shiftKey) this.view.pan(start - time);
      else this.view.choose([Math.min(start, time), Math.max(start, time)]);
    });
    this.place.addEventListener("pointerup", () => {
      if (began !== null && !dragged) {
        this.view?.choose(null);
        this.go(start);
        const near = this.lanes?.at(start, ((this.view!.until - this.view!.from) * 4) / this.width()) ?? "";
        if (near !== "") this.place.dispatchEvent(new CustomEvent("event-chosen", { bubbles: true, detail: near }));
      }
      began = null;
    });
    this.place.addEventListener("pointercancel", () => (began = null));
    this.place.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  private wheel(event: WheelEvent): void {
    const view = this.view;
    if (view === null) return;
    const whole = view.until - view.from >= view.duration - 1e-6;
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      view.pan((sideways / this.width()) * (view.until - view.from));
    } else if (whole && event.deltaY > 0) return; // nothing to see beyond: the page scrolls on
    else view.zoom(this.timeAt(event), WHEEL ** event.deltaY);
    event.preventDefault();
  }

  private strip(strip: HTMLCanvasElement): void {
    const at = (event: PointerEvent) => {
      const box = strip.getBoundingClientRect();
      return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * this.view!.duration;
    };
    let start = NaN;
    let dragged = false;
    strip.addEventListener("pointerdown", (event) => {
      [start, dragged] = [at(event), false];
      strip.setPointerCapture(event.pointerId);
    });
    strip.addEventListener("pointermove", (event) => {
      if (Number.isNaN(start)) return;
      const now = at(event);
      dragged ||= Math.abs(now - start) * strip.clientWidth > CLICK_PX * this.view!.duration;
      if (dragged) this.view!.look(Math.min(start, now), Math.max(start, now));
    });
    strip.addEventListener("pointerup", () => {
      if (!dragged && !Number.isNaN(start)) this.go(start);
      start = NaN;
    });
    strip.addEventListener("keydown", (event) => {
      const to: Record<string, number> = {
        Home: 0,
        End: this.view!.duration,
        PageUp: this.player.running - PAGE_S,
        PageDown: this.player.running + PAGE_S,
      };
      const time = to[event.key];
      if (time === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      this.go(Math.min(this.view!.duration, Math.max(0, time)));
    });
    strip.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.view!.zoom(this.player.running, WHEEL ** event.deltaY);
    }, { passive: false });
  }

  private table(curves: Curves): void {
    const details = this.find<HTMLDetailsElement>("curve-table")!;
    details.addEventListener("toggle", () => {
      const body = details.querySelector("tbody")!;
      if (!details.open || body.childElementCount > 0) return;
      const length = Math.max(1, Math.ceil(curves.duration / ROWS));
      for (let from = 0; from < curves.duration; from += length) {
        const [first, last] = [this.player.frameAt(from), this.player.frameAt(from + length)];
        const row = body.insertRow();
        const head = document.createElement("th");
        head.scope = "row";
        head.textContent = clock(from, 0);
        row.append(head);
        for (const curve of curves.curves.slice(0, 6)) {
          const value = summary(curve, first, last, curve.key === "opening");
          row.insertCell().textContent = value === null ? "–" : `${value.toFixed(1)} %`;
        }
      }
    });
  }

  private fails(): void {
    if (this.root.querySelector("#copying") !== null) return; // a copy that plays is on its way
    this.root.querySelectorAll<HTMLElement>('[data-part="fails"]').forEach((part) => (part.hidden = false));
  }
}

function overlay(name: string): HTMLElement {
  const made = document.createElement("div");
  made.className = name;
  made.hidden = true;
  return made;
}
