// The review of events, by key or by button. Each step is a form that works without a script as well.

import { Keys } from "./player_keys";
import { Loop } from "./player_loop";
import { Watching } from "./player_page";
import { clock, seconds } from "./player_view";
import { Steps } from "./review_steps";

const REACTION_S = 0.25; // from seeing to pressing: usual simple reaction times are 0.2 to 0.3 s
const QUIET_MS = 500; // edges that are nudged are sent when nobody nudges them any more
const LEAST_S = 0.04;
const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4];

/** What only the owner of a recording may do. */
const CHANGES = "accept reject unsure start-here stop-here earlier later mark side add leave-out undo redo".split(" ");

export function startReview(): void {
  const root = document.querySelector<HTMLElement>("[data-recording]");
  if (root === null) return;
  const review = root.querySelector<HTMLElement>('[data-part="review"]');
  const curves = root.querySelector<HTMLElement>('[data-part="curves"]');
  if (review !== null && curves !== null) void new Reviewer(review, new Watching(root)).start();
}

class Reviewer {
  private chosen = "";
  private looping = false;
  private edge: "from" | "until" = "from";
  private marking = NaN;
  private side: string;
  private region = "";
  private unsent = 0;
  private readonly steps: Steps;
  private readonly keys: Keys;
  private readonly loop: Loop;
  private readonly deeds: Record<string, () => void>;

  constructor(
    private readonly section: HTMLElement,
    private readonly watching: Watching,
  ) {
    this.keys = new Keys(document.querySelector<HTMLDialogElement>("#keys")!, section);
    this.loop = new Loop(watching.find("loop")!);
    this.side = section.dataset["side"] ?? "left";
    this.steps = new Steps(
      section,
      (made) => {
        this.watching.lanes?.read();
        this.dress();
        if (made !== null) this.choose(made, false);
      },
      () => this.row() ?? this.rows()[0],
    );
    this.deeds = this.commands();
    if (section.dataset["guest"] !== undefined) CHANGES.forEach((name) => delete this.deeds[name]);
  }

  async start(): Promise<void> {
    document.addEventListener("keydown", (event) => {
      if (this.keys.on && this.key(event)) event.preventDefault();
    });
    document.addEventListener("keyup", (event) => {
      if (!Number.isNaN(this.marking) && event.key.toLowerCase() !== "shift") this.markEnd();
    });
    document.addEventListener("click", (event) => this.click(event));
    this.section.addEventListener("submit", (event) => this.submit(event));
    document.addEventListener("event-chosen", (event) => {
      const row = document.getElementById((event as CustomEvent<string>).detail);
      if (row !== null) this.choose(row, false);
    });
    const mark = document.querySelector<HTMLElement>("[data-command=mark]");
    mark?.addEventListener("pointerdown", () => this.markStart());
    mark?.addEventListener("pointerup", () => this.markEnd());
    const speed = this.watching.find<HTMLSelectElement>("speed");
    speed?.addEventListener("change", () => this.watching.player.setRate(Number(speed.value)));
    document.querySelector("#goto form")?.addEventListener("submit", (event) => this.goto(event as SubmitEvent));
    window.addEventListener("hashchange", () => this.linked());
    window.addEventListener("pagehide", () => this.flush());
    this.dress();
    await this.watching.start();
    this.linked();
  }

  private commands(): Record<string, () => void> {
    const player = this.watching.player;
    const view = () => this.watching.view;
    return {
      play: () => player.toggle(),
      pause: () => player.halt(),
      back: () => void player.step(-1),
      forward: () => void player.step(1),
      "second-back": () => void player.skip(-1),
      "second-forward": () => void player.skip(1),
      "shuttle-back": () => player.shuttle(-1),
      "shuttle-forward": () => player.shuttle(1),
      slower: () => player.setRate([...SPEEDS].reverse().find((rate) => rate < player.rate) ?? SPEEDS[0]!),
      faster: () => player.setRate(SPEEDS.find((rate) => rate > player.rate) ?? SPEEDS[SPEEDS.length - 1]!),
      next: () => this.move(1, false),
      previous: () => this.move(-1, false),
      "next-open": () => this.move(1, true),
      "previous-open": () => this.move(-1, true),
      loop: () => this.repeat(),
      magnify: () => this.loop.make(this.row()),
      accept: () => this.judge("accept"),
      reject: () => this.judge("reject"),
      unsure: () => this.judge("unsure"),
      "start-here": () => this.setEdge("from", player.time),
      "stop-here": () => this.setEdge("until", player.time),
      earlier: () => this.nudge(-1),
      later: () => this.nudge(1),
      mark: () => this.markStart(),
      side: () => this.otherSide(),
      add: () => this.addForm(),
      "leave-out": () => this.leaveOut(),
      goto: () => document.querySelector<HTMLDialogElement>("#goto")!.showModal(),
      closer: () => view()?.zoom(player.running, 0.5),
      wider: () => view()?.zoom(player.running, 2),
      whole: () => view()?.look(0, view()!.duration),
      link: () => void this.link(),
      comment: () => document.dispatchEvent(new CustomEvent("comment-here", { detail: player.time })),
      "show-part": () => view()?.part && view()!.look(...view()!.part!),
      "drop-part": () => view()?.choose(null),
      undo: () => this.press("#undo"),
      redo: () => this.press("#redo"),
      keys: () => this.keys.open(),
    };
  }

  // ---- keys and clicks ----

  private key(event: KeyboardEvent): boolean {
    const on = event.target as HTMLElement;
    if (on.closest("input:not([type=checkbox]), textarea, select, dialog[open]") !== null) return false;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
    if (plain && this.deeds["add"] !== undefined && /^[1-9]$/.test(event.key)) return this.part(Number(event.key));
    if (plain && this.row() !== null && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      this.move(event.key === "ArrowDown" ? 1 : -1, false);
      return true;
    }
    if (event.key === " " && on.closest("button, a, summary, video") !== null) return false;
    const name = this.keys.command(event);
    if (name === "" || (event.repeat && ["mark", "accept", "reject", "unsure"].includes(name))) return name !== "";
    this.deeds[name]?.();
    return true;
  }

  private click(event: Event): void {
    const on = event.target as HTMLElement;
    const command = on.closest<HTMLElement>("button[data-command]")?.dataset["command"];
    if (command !== undefined && command !== "mark") this.deeds[command]?.();
    const at = on.closest("button[data-at]");
    if (at !== null) {
      this.choose(at.closest<HTMLElement>("tr") ?? undefined, true);
      this.watching.player.film?.scrollIntoView({ block: "nearest" });
    }
  }

  // ---- which event ----

  private rows(): HTMLElement[] {
    return [...this.section.querySelectorAll<HTMLElement>("tbody tr[data-from]")].filter(
      (row) => row.closest("details:not([open])") === null,
    );
  }

  private row(): HTMLElement | null {
    return this.chosen === "" ? null : document.getElementById(this.chosen);
  }

  private choose(row: HTMLElement | undefined, show: boolean): void {
    if (row === undefined) return;
    if (row.id !== this.chosen) this.flush();
    this.chosen = row.id;
    this.edge = "from";
    this.dress();
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    this.watching.view?.reveal(Number(row.dataset["from"]), Number(row.dataset["until"]));
    if (this.looping) this.play(row);
    else if (show) void this.watching.player.showTime(Number(row.dataset["from"]));
  }

  private play(row: HTMLElement): void {
    this.watching.player.loop(Number(row.dataset["from"]), Number(row.dataset["until"]));
  }

  private move(by: number, open: boolean): void {
    const rows = this.rows();
    const now = rows.findIndex((row) => row.id === this.chosen);
    const start = now < 0 ? (by > 0 ? 0 : rows.length - 1) : now + by;
    const wanted = (row: HTMLElement | undefined) => row !== undefined && (!open || isOpen(row));
    let at = start;
    while (rows[at] !== undefined && !wanted(rows[at])) at += by;
    if (rows[at] !== undefined) this.choose(rows[at], true);
    else if (open) this.steps.say(this.words("allJudged"));
    else this.choose(rows[Math.min(rows.length - 1, Math.max(0, at))], true);
  }

  private repeat(): void {
    const row = this.row() ?? this.rows()[0];
    if (row === undefined || this.watching.player.film === null) return;
    this.looping = !this.looping;
    if (!this.looping) this.watching.player.halt();
    this.choose(row, true);
  }

  // ---- verdicts, edges, additions ----

  private judge(verdict: string): void {
    const row = this.row();
    if (row === null) this.move(1, false);
    else row.querySelector<HTMLButtonElement>(`button[name=${verdict}]`)?.click();
  }

  private setEdge(edge: "from" | "until", time: number): void {
    const row = this.row();
    if (row === null || row.dataset["key"] === undefined) {
      this.steps.say(this.words("noEvent"));
      return;
    }
    const [from, until] = [Number(row.dataset["from"]), Number(row.dataset["until"])];
    const ends = edge === "from" ? [time, until] : [from, time];
    if (!(ends[0]! >= 0 && ends[1]! > ends[0]!)) return;
    this.edge = edge;
    row.dataset["foundFrom"] ??= row.dataset["from"];
    row.dataset["foundUntil"] ??= row.dataset["until"];
    [row.dataset["from"], row.dataset["until"]] = [String(ends[0]), String(ends[1])];
    this.watching.lanes?.read();
    this.steps.say(this.words("moved").replace("{from}", clock(ends[0]!)).replace("{until}", clock(ends[1]!)));
    clearTimeout(this.unsent);
    this.unsent = window.setTimeout(() => this.flush(), QUIET_MS);
  }

  private nudge(by: number): void {
    const row = this.row();
    if (row === null) {
      this.steps.say(this.words("noEvent"));
      return;
    }
    const player = this.watching.player;
    const old = Number(row.dataset[this.edge]);
    const near = player.frameAt(old);
    const frame = by > 0 || player.times[near]! >= old - 1e-6 ? near + by : near;
    const time = player.times[Math.min(player.times.length - 1, Math.max(0, frame))];
    if (time === undefined) return;
    this.setEdge(this.edge, time);
    void player.showTime(Number(row.dataset[this.edge]));
  }

  /** Send the edges that were moved, at once. */
  private flush(): void {
    if (this.unsent === 0) return;
    clearTimeout(this.unsent);
    this.unsent = 0;
    const row = this.row();
    const form = this.section.querySelector<HTMLFormElement>("#move")!;
    if (row?.dataset["key"] === undefined) return;
    this.steps.fill(form, { event: row.dataset["key"], start_s: row.dataset["from"]!, stop_s: row.dataset["until"]! });
    this.steps.queue(form, new FormData(form));
  }

  private markStart(): void {
    const player = this.watching.player;
    if (!player.playing) {
      this.addForm();
      return;
    }
    if (!Number.isNaN(this.marking)) return;
    this.marking = Math.max(0, player.running - this.reaction());
    this.steps.say(this.words("marking"));
  }

  /** How far a film goes on, at its speed, before somebody has pressed a key. */
  private reaction(): number {
    return REACTION_S * this.watching.player.rate;
  }

  private markEnd(): void {
    const from = this.marking;
    if (Number.isNaN(from)) return;
    this.marking = NaN;
    const until = Math.max(from + LEAST_S, this.watching.player.running - this.reaction());
    this.steps.fill(this.addition(), { start_s: from.toFixed(6), stop_s: until.toFixed(6), side: this.side, region: this.region });
    this.steps.say(this.words("marked").replace("{from}", clock(from)).replace("{until}", clock(until)));
    this.steps.queue(this.addition(), new FormData(this.addition()), "added");
  }

  private addition(): HTMLFormElement {
    return this.section.querySelector<HTMLFormElement>("#add form")!;
  }

  private addForm(): void {
    const details = this.section.querySelector<HTMLDetailsElement>("#add")!;
    details.open = true;
    const time = this.watching.player.time;
    const [from, until] = this.watching.view?.part ?? [time, time + 0.2];
    this.steps.fill(this.addition(), { start_s: from.toFixed(3), stop_s: until.toFixed(3), side: this.side });
    this.addition().querySelector<HTMLInputElement>("[name=start_s]")!.focus();
  }

  private leaveOut(): void {
    const details = this.section.querySelector<HTMLDetailsElement>("#stretch")!;
    details.open = true;
    const form = details.querySelector("form")!;
    const part = this.watching.view?.part;
    if (part != null) this.steps.fill(form, { start_s: part[0].toFixed(3), stop_s: part[1].toFixed(3) });
    form.querySelector<HTMLInputElement>(part == null ? "[name=start_s]" : "[name=reason]")!.focus();
  }

  private part(number: number): boolean {
    const region = this.addition().querySelector<HTMLSelectElement>("[name=region]")!.options[number];
    if (region === undefined) return false;
    this.region = region.value;
    this.steps.say(region.text);
    this.change({ region: region.value });
    return true;
  }

  private otherSide(): void {
    const row = this.row();
    this.side = (row?.dataset["added"] === undefined ? this.side : row.dataset["side"]) === "left" ? "right" : "left";
    this.steps.say(this.watching.find("curves")!.dataset[this.side] ?? this.side);
    this.change({ side: this.side });
  }

  /** Say something else of an event that was added. */
  private change(what: Record<string, string>): void {
    const row = this.row();
    if (row === null || row.dataset["added"] === undefined) return;
    const form = this.section.querySelector<HTMLFormElement>("#move")!;
    this.steps.fill(form, { event: row.dataset["key"]!, start_s: row.dataset["from"]!, stop_s: row.dataset["until"]! });
    const told = new FormData(form);
    Object.entries(what).forEach(([name, value]) => told.set(name, value));
    this.steps.queue(form, told);
  }

  // ---- moments ----

  private goto(event: SubmitEvent): void {
    const field = document.querySelector<HTMLInputElement>("#goto-time")!;
    if ((event.submitter as HTMLButtonElement | null)?.value !== "go") return;
    const frame = /^#?\s*f?(\d+)$/i.exec(field.value.trim());
    if (field.value.trim().startsWith("#") && frame !== null) void this.watching.player.show(Number(frame[1]));
    else if (!Number.isNaN(seconds(field.value))) this.watching.go(seconds(field.value));
  }

  private linked(): void {
    const time = /^#t=([\d.]+)$/.exec(location.hash);
    if (time === null) return;
    this.watching.go(Number(time[1]));
    this.watching.view?.reveal(Math.max(0, Number(time[1]) - 2), Number(time[1]) + 2);
  }

  private async link(): Promise<void> {
    history.replaceState(null, "", `#t=${this.watching.player.time.toFixed(3)}`);
    try {
      await navigator.clipboard.writeText(location.href);
    } catch {
      // it stands in the address of the page
    }
    this.steps.say(this.words("copied"), true);
  }

  // ---- steps ----

  private press(button: string): void {
    this.flush();
    this.section.querySelector<HTMLButtonElement>(button)!.click();
  }

  private submit(event: SubmitEvent): void {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-step]")) return;
    event.preventDefault();
    this.flush();
    const told = new FormData(form, event.submitter);
    const row = event.submitter?.closest<HTMLElement>("tr[data-from]");
    if (row != null) {
      this.chosen = row.id;
      this.move(1, false);
    }
    this.steps.queue(form, told, form.closest("#add") === null && row?.dataset["miss"] === undefined ? "" : "added");
  }

  private words(name: string): string {
    return this.section.dataset[name] ?? "";
  }

  private dress(): void {
    this.section.querySelectorAll<HTMLElement>("button[data-command]").forEach((button) => (button.hidden = false));
    this.section.querySelector("[data-command=loop]")?.setAttribute("aria-pressed", String(this.looping));
    const row = this.row();
    this.rows().forEach((other) => {
      if (other === row) other.setAttribute("aria-current", "true");
      else other.removeAttribute("aria-current");
    });
    this.section.querySelector<HTMLElement>("#edges")!.hidden = row?.dataset["key"] === undefined;
    this.loop.show(row);
    if (this.watching.lanes !== null) {
      this.watching.lanes.chosen = this.chosen;
      this.watching.view?.draw();
    }
  }
}

function isOpen(row: HTMLElement): boolean {
  return row.dataset["added"] === undefined && !["accept", "reject", "unsure"].some((name) => row.classList.contains(name));
}
