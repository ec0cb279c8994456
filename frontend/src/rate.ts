// Rating a film by keyboard: digits answer, arrows go between the questions, and whatever is chosen is kept at once.

const TICK_MS = 250;
const KEYS = "rate-keys";
const SAVE_MS = 5000; // time goes on being kept while nothing is chosen

export function startRating(): void {
  const form = document.querySelector<HTMLFormElement>("form#rate");
  if (form) new Rating(form);
}

class Rating {
  private readonly parts: HTMLFieldSetElement[];
  private readonly film: HTMLVideoElement | null;
  private readonly taps: HTMLElement | null;
  private at = 0;
  private tookMs: number;
  private savedMs = 0;
  private seenMs = performance.now();
  private kept: Promise<unknown> = Promise.resolve();
  private saving = 0;
  private readonly keys: HTMLInputElement;
  private counted = true; // the number of twitches follows the taps until it is written by hand

  constructor(private readonly form: HTMLFormElement) {
    this.parts = [...form.querySelectorAll<HTMLFieldSetElement>("[data-part]")];
    this.film = form.querySelector("#rate-film");
    this.taps = form.querySelector("#rate-tapped");
    this.keys = form.querySelector("#rate-keys")!;
    this.keys.checked = localStorage.getItem(KEYS) !== "off";
    this.keys.addEventListener("change", () => localStorage.setItem(KEYS, this.keys.checked ? "on" : "off"));
    this.tookMs = 1000 * Number(form.dataset["took"]);
    form.querySelectorAll<HTMLElement>("[data-scripted]").forEach((one) => (one.hidden = false));
    const count = this.count();
    this.counted = count === null || count.value === "" || Number(count.value) === this.marks().length;
    form.addEventListener("click", (event) => this.click(event));
    form.addEventListener("change", (event) => this.changed(event.target as HTMLElement));
    form.addEventListener("input", (event) => this.written(event.target as HTMLElement));
    form.addEventListener("focusin", (event) => this.entered(event.target as HTMLElement));
    form.addEventListener("submit", (event) => this.submitted(event));
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("visibilitychange", () => this.tick());
    setInterval(() => this.tick(), TICK_MS);
    this.film?.addEventListener("ended", () => {
      this.follow();
      this.save();
    });
    this.restore();
    if (this.parts.length) this.show(Math.max(0, this.open()));
    this.film?.play().catch(() => undefined);
  }

  private count(): HTMLInputElement | null {
    return this.form.querySelector("[data-level=count] input:not([type=checkbox])");
  }

  private marks(): HTMLInputElement[] {
    return [...(this.taps?.querySelectorAll<HTMLInputElement>("input[name=tap]") ?? [])];
  }

  // Only while the page is in front.
  private lapse(): void {
    const now = performance.now();
    if (!document.hidden) this.tookMs += Math.min(now - this.seenMs, 4 * TICK_MS);
    this.seenMs = now;
  }

  private tick(): void {
    this.lapse();
    if (this.tookMs - this.savedMs > SAVE_MS) this.save();
  }

  private took(): string {
    return (this.tookMs / 1000).toFixed(3);
  }

  // What was on its way when the page was left is still in this tab: time tells which is the later.
  private restore(): void {
    const draft = JSON.parse(sessionStorage.getItem(this.form.action) ?? "null") as [string, string][] | null;
    const told = new Map(draft ?? []);
    const took = Number(told.get("took_s") ?? 0);
    if (draft === null || took <= Number(this.form.dataset["took"])) return;
    this.tookMs = 1000 * took;
    this.taps?.replaceChildren();
    for (const [name, value] of draft)
      if (name === "tap") this.mark(value);
      else
        this.form.querySelectorAll<HTMLInputElement>(`[name="${name}"]`).forEach((one) => {
          if (one.type === "radio" || one.type === "checkbox") one.checked = one.value === value;
          else if (one.type !== "hidden") one.value = value;
        });
    this.save();
  }

  private open(): number {
    return this.parts.findIndex((part) => !answered(part));
  }

  private show(at: number): void {
    this.at = at;
    this.parts.forEach((part, number) => part.classList.toggle("now", number === at));
    const part = this.parts[at];
    const on = part?.querySelector<HTMLInputElement>("input:checked") ?? part?.querySelector("input");
    on?.focus({ preventScroll: true });
    part?.scrollIntoView({ block: "nearest" });
  }

  private entered(on: HTMLElement): void {
    const at = this.parts.findIndex((part) => part.contains(on));
    if (at < 0 || at === this.at) return;
    this.at = at;
    this.parts.forEach((part, number) => part.classList.toggle("now", number === at));
  }

  private changed(on: HTMLElement): void {
    const part = on.closest<HTMLElement>("[data-part]");
    if (part) part.classList.remove("missing");
    this.save();
  }

  private written(on: HTMLElement): void {
    if (on !== this.count()) return;
    this.counted = false;
    const box = on.closest("[data-part]")?.querySelector<HTMLInputElement>("[type=checkbox]");
    if (box) box.checked = false;
  }

  // What is on its way is waited for: it must not come in after the whole and be taken for what was said last.
  private submitted(event: SubmitEvent): void {
    this.follow();
    this.form.querySelector<HTMLInputElement>("[name=took_s]")!.value = this.took();
    this.form.dataset["left"] = "yes";
    sessionStorage.removeItem(this.form.action);
    if (this.saving === 0) return;
    event.preventDefault();
    void this.kept.finally(() => this.form.requestSubmit(event.submitter));
  }

  private save(): void {
    if (this.form.dataset["left"] || this.form.dataset["practice"] !== undefined) return; // practice is kept as a whole
    this.lapse(); // so that of two answers within a tick the later one is known
    this.savedMs = this.tookMs;
    const told = new FormData(this.form);
    told.set("took_s", this.took());
    told.set("keep", "1");
    const words = [...told].filter(([name]) => name !== "csrfmiddlewaretoken") as [string, string][];
    sessionStorage.setItem(this.form.action, JSON.stringify(words));
    this.saving += 1;
    this.kept = this.kept
      .then(() => fetch(this.form.action, { method: "POST", body: told, redirect: "manual", keepalive: true }))
      .then((answer) => this.said(answer.status === 204 ? "" : this.form.dataset["lost"]!))
      .catch(() => this.said(this.form.dataset["lost"]!))
      .finally(() => (this.saving -= 1));
  }

  private said(text: string): void {
    const place = document.querySelector<HTMLElement>("#rate-said")!;
    place.hidden = text === "" || this.form.dataset["left"] !== undefined;
    if (place.textContent !== text) place.textContent = text;
  }

  private click(event: Event): void {
    const deed = (event.target as HTMLElement).closest<HTMLElement>("[data-do]")?.dataset["do"];
    if (deed) this.act(deed);
  }

  private act(deed: string): void {
    const film = this.film;
    if (deed === "untap") this.untap();
    if (film === null) return;
    if (deed === "play") void (film.paused ? film.play().catch(() => undefined) : film.pause());
    if (deed === "tap") this.tap(film.currentTime);
    if (deed === "loop") {
      film.loop = !film.loop;
      this.form.querySelector("[data-do=loop]")!.setAttribute("aria-pressed", String(film.loop));
    }
  }

  private key(event: KeyboardEvent): void {
    const on = event.target as HTMLElement;
    if (!this.keys.checked) return;
    if (event.ctrlKey || event.altKey || event.metaKey || on.closest("textarea, select, dialog")) return;
    const field = on.closest<HTMLInputElement>("input:not([type=radio], [type=checkbox], [type=hidden])");
    const button = on.closest("button, a, summary");
    const key = event.key.toLowerCase();
    let done = true;
    if (key === " " && !button) this.act("play");
    else if (key === "l") this.act("loop");
    else if (key === "t" && this.taps) {
      if (!event.repeat) this.act("tap");
    } else if (key === "u") this.choose("u");
    else if (key === "arrowdown" || key === "arrowup") this.show(this.beside(key === "arrowdown" ? 1 : -1));
    else if (key === "enter" && !button) this.form.requestSubmit(this.form.querySelector<HTMLButtonElement>("[name=next]"));
    else if (/^\d$/.test(key) && !field) this.choose(key);
    else done = false;
    if (done) event.preventDefault();
  }

  private beside(step: number): number {
    return Math.min(this.parts.length - 1, Math.max(0, this.at + step));
  }

  private choose(key: string): void {
    const part = this.parts[this.at];
    if (!part) return;
    const box = part.querySelector<HTMLInputElement>("[type=checkbox]");
    if (box && key === "u") {
      box.checked = !box.checked;
      if (box.checked) this.count()!.value = "";
      this.counted = !box.checked;
    } else if (box) {
      this.count()!.focus();
      this.count()!.value = key;
      this.counted = false;
    } else {
      const found = part.querySelector<HTMLInputElement>(`[data-key="${key}"]`);
      if (!found) return;
      found.checked = true;
      part.classList.remove("missing");
      const next = this.parts.findIndex((one, number) => number > this.at && !answered(one));
      if (next >= 0) this.show(next);
      else found.focus({ preventScroll: true });
    }
    this.save();
  }

  // By the clock of the film, not by that of the room: a film that stutters stutters for the tap as well.
  private tap(timeS: number): void {
    this.mark(timeS.toFixed(3));
    this.follow();
    this.save();
  }

  private mark(value: string): void {
    const mark = document.createElement("input");
    mark.type = "hidden";
    mark.name = "tap";
    mark.value = value;
    this.taps?.append(mark);
    const shown = this.form.querySelector("#rate-taps");
    if (shown) shown.textContent = String(this.marks().length);
  }

  private untap(): void {
    this.taps?.replaceChildren();
    this.counted = true;
    this.follow();
    if (this.film) this.film.currentTime = 0;
    this.save();
  }

  private follow(): void {
    const count = this.count();
    const shown = this.form.querySelector("#rate-taps");
    const marks = this.marks().length;
    if (shown) shown.textContent = String(marks);
    const watched = this.film?.ended === true || marks > 0;
    if (count && this.counted && this.taps) count.value = watched ? String(marks) : "";
  }
}

function answered(part: HTMLElement): boolean {
  const count = part.querySelector<HTMLInputElement>("input:not([type=radio], [type=checkbox])");
  return part.querySelector("input:checked") !== null || (count !== null && count.value !== "");
}
