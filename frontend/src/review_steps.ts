// Steps of the review: sent one after the other, and what the page then says is put in the place of what it said.

export class Steps {
  private sending: Promise<void> = Promise.resolve();

  constructor(
    private readonly section: HTMLElement,
    private readonly after: (made: HTMLElement | null) => void,
    private readonly fallback: () => HTMLElement | undefined,
  ) {}

  /** Send a form; ``added``: an event comes of it, which is to be chosen. */
  queue(form: HTMLFormElement, told: FormData, then = ""): void {
    this.sending = this.sending.then(() => this.send(form.action, told, then));
  }

  private async send(address: string, told: FormData, then: string): Promise<void> {
    try {
      const answer = await fetch(address, { method: "POST", body: told, headers: { "X-Step": "1" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("#review-state");
      const wrong = page.querySelector(".said.wrong, p.wrong");
      if (answer.ok && fresh === null && wrong !== null) {
        this.say(wrong.textContent!.trim(), true, true);
        return;
      }
      if (!answer.ok || fresh === null) throw new Error(String(answer.status));
      const before = new Set([...this.section.querySelectorAll("[data-added]")].map((row) => row.id));
      this.put(fresh);
      const made = [...this.section.querySelectorAll<HTMLElement>("[data-added]")].find((row) => !before.has(row.id));
      this.after(then === "added" ? (made ?? null) : null);
      this.say(fresh.querySelector("#judged")!.textContent ?? "");
    } catch {
      this.say(this.section.dataset["lost"] ?? "", true, true);
    }
  }

  private put(fresh: Element): void {
    const old = this.section.querySelector("#review-state")!;
    const opened = [...old.querySelectorAll<HTMLDetailsElement>("details[open]")].map((details) => details.id);
    const focus = old.contains(document.activeElement) ? document.activeElement!.id : null;
    old.replaceWith(fresh);
    for (const id of opened) {
      if (id !== "add" && id !== "stretch" && id !== "") fresh.querySelector<HTMLDetailsElement>(`#${id}`)?.setAttribute("open", "");
    }
    this.after(null);
    if (focus === null) return;
    const same = document.getElementById(focus);
    if (same !== null && focus !== "" && !(same as HTMLButtonElement).disabled) same.focus({ preventScroll: true });
    else this.fallback()?.focus({ preventScroll: true });
  }

  /** Fill fields of a form. */
  fill(form: HTMLFormElement, values: Record<string, string>): void {
    for (const [name, value] of Object.entries(values)) {
      const field = form.elements.namedItem(name);
      if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = value;
    }
  }

  say(text: string, seen = false, wrong = false): void {
    const said = this.section.querySelector<HTMLElement>("#review-said")!;
    said.className = wrong ? "said wrong" : seen ? "said good" : "unseen";
    said.textContent = text;
  }
}
