// The review of events by keys. Everything here is done by forms that work without it; it saves the reload.

import { Player } from "./player";

const KEYS_KEPT = "review-keys";
const VERDICTS: Record<string, string> = { a: "accept", r: "reject", u: "unsure" };

export function startReview(): void {
  const section = document.querySelector<HTMLElement>("#review");
  if (section?.querySelector("#review-state") == null) return;
  const film = document.querySelector<HTMLVideoElement>("video[data-film]");
  new Reviewer(section, film === null ? null : new Player(film)).start();
}

class Reviewer {
  private chosen = "";
  private looping = false;
  private sending: Promise<void> = Promise.resolve();

  constructor(
    private readonly section: HTMLElement,
    private readonly player: Player | null,
  ) {}

  start(): void {
    const keys = this.section.querySelector<HTMLInputElement>("#keys-on")!;
    keys.checked = localStorage.getItem(KEYS_KEPT) !== "off";
    keys.addEventListener("change", () => localStorage.setItem(KEYS_KEPT, keys.checked ? "on" : "off"));
    document.addEventListener("keydown", (event) => {
      if (keys.checked && this.key(event)) event.preventDefault();
    });
    this.section.addEventListener("click", (event) => this.click(event));
    this.section.addEventListener("submit", (event) => this.submit(event));
    this.dress();
  }

  private rows(): HTMLElement[] {
    return [...this.section.querySelectorAll<HTMLElement>("tbody tr[data-from]")];
  }

  private row(): HTMLElement | null {
    return this.chosen === "" ? null : document.getElementById(this.chosen);
  }

  private choose(row: HTMLElement | undefined): void {
    if (row === undefined) return;
    this.chosen = row.id;
    this.dress();
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    if (this.looping) this.play(row);
    else this.player?.show(Number(row.dataset["from"]));
  }

  private play(row: HTMLElement): void {
    this.player?.loop(Number(row.dataset["from"]), Number(row.dataset["until"]));
  }

  private move(by: number): void {
    const rows = this.rows();
    const now = rows.findIndex((row) => row.id === this.chosen);
    this.choose(now < 0 ? rows[0] : rows[Math.min(rows.length - 1, Math.max(0, now + by))]);
  }

  private loop(): void {
    const row = this.row() ?? this.rows()[0];
    if (row === undefined || this.player === null) return;
    this.looping = !this.looping;
    this.choose(row);
  }

  private judge(verdict: string): void {
    const row = this.row();
    if (row === null) this.move(0);
    else row.querySelector<HTMLButtonElement>(`button[name=${verdict}]`)?.click();
  }

  private key(event: KeyboardEvent): boolean {
    const on = event.target as HTMLElement;
    const key = event.key.toLowerCase();
    if (on.closest("input, textarea, select") !== null) return false;
    if (event.ctrlKey || event.metaKey) return !event.altKey && this.again(key, event.shiftKey);
    if (event.altKey) return false;
    if (key === " ") {
      if (this.player === null || on.closest("button, a, summary, video") !== null) return false;
      this.player.toggle();
    } else if (key in VERDICTS) this.judge(VERDICTS[key]!);
    else if (key === "n" || (key === "arrowdown" && this.row() !== null)) this.move(1);
    else if (key === "p" || (key === "arrowup" && this.row() !== null)) this.move(-1);
    else if (key === "l") this.loop();
    else if (key === "?") {
      const keys = this.section.querySelector<HTMLDetailsElement>("#keys")!;
      keys.open = !keys.open;
      keys.querySelector("summary")!.focus();
    } else return false;
    return true;
  }

  private again(key: string, shift: boolean): boolean {
    const name = key === "z" ? (shift ? "redo" : "undo") : key === "y" ? "redo" : "";
    if (name === "") return false;
    this.section.querySelector<HTMLButtonElement>(`#${name}`)!.click();
    return true;
  }

  private click(event: Event): void {
    const on = event.target as HTMLElement;
    const deed = on.closest<HTMLElement>("button[data-do]")?.dataset["do"];
    if (deed === "next") this.move(1);
    else if (deed === "previous") this.move(-1);
    else if (deed === "loop") this.loop();
    else if (on.closest("button[data-at]") !== null) {
      this.choose(on.closest<HTMLElement>("tr") ?? undefined);
      this.player?.reveal();
    }
  }

  private submit(event: SubmitEvent): void {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-step]")) return;
    event.preventDefault();
    const told = new FormData(form, event.submitter);
    const row = event.submitter?.closest<HTMLElement>("tr[data-from]");
    if (row != null) {
      this.chosen = row.id;
      this.move(1);
    }
    this.sending = this.sending.then(() => this.send(form.action, told));
  }

  private async send(address: string, told: FormData): Promise<void> {
    const said = this.section.querySelector<HTMLElement>("#review-said")!;
    try {
      const answer = await fetch(address, { method: "POST", body: told });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("#review-state");
      if (!answer.ok || fresh === null) throw new Error(String(answer.status));
      this.put(fresh);
      said.className = "unseen";
      said.textContent = fresh.querySelector("#judged")!.textContent;
    } catch {
      said.className = "said wrong";
      said.textContent = this.section.dataset["lost"] ?? "";
    }
  }

  private put(fresh: Element): void {
    const old = this.section.querySelector("#review-state")!;
    const focus = old.contains(document.activeElement) ? document.activeElement!.id : null;
    old.replaceWith(fresh);
    this.dress();
    if (focus === null) return;
    const same = document.getElementById(focus);
    if (same !== null && !(same as HTMLButtonElement).disabled) same.focus({ preventScroll: true });
    else (this.row() ?? this.rows()[0])?.focus({ preventScroll: true });
  }

  private dress(): void {
    this.section.querySelectorAll<HTMLElement>("[data-do]").forEach((button) => (button.hidden = false));
    this.section.querySelector("[data-do=loop]")?.setAttribute("aria-pressed", String(this.looping));
    this.rows().forEach((row) => {
      if (row.id === this.chosen) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
  }
}
