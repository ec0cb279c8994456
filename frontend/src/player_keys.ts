// Which key does what: kept in this browser, changed in the list of keys, and never the same key for two things.

const KEPT = "review-bindings";
const ON = "review-keys";

export const DEFAULTS: Record<string, string> = {
  play: "Space",
  back: "ArrowLeft",
  forward: "ArrowRight",
  "second-back": "Shift+ArrowLeft",
  "second-forward": "Shift+ArrowRight",
  "shuttle-back": "J",
  pause: "K",
  "shuttle-forward": "L",
  slower: ",",
  faster: ".",
  next: "N",
  previous: "P",
  "next-open": "Shift+N",
  "previous-open": "Shift+P",
  loop: "Shift+L",
  magnify: "M",
  accept: "A",
  reject: "R",
  unsure: "U",
  "start-here": "[",
  "stop-here": "]",
  earlier: "Alt+ArrowLeft",
  later: "Alt+ArrowRight",
  mark: "E",
  side: "S",
  add: "Shift+E",
  "leave-out": "X",
  goto: "G",
  closer: "+",
  wider: "-",
  whole: "0",
  undo: "Ctrl+Z",
  redo: "Ctrl+Y",
  keys: "?",
};

/** A key as it is written: Shift counts with letters and named keys, since signs need it on some keyboards. */
export function written(event: KeyboardEvent): string {
  const graph = event.getModifierState("AltGraph");
  const key = event.key === " " ? "Space" : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const plain = event.key.length === 1 && event.key.toLowerCase() === event.key.toUpperCase() && event.key !== " ";
  const parts = [];
  if ((event.ctrlKey || event.metaKey) && !graph) parts.push("Ctrl");
  if (event.altKey && !graph) parts.push("Alt");
  if (event.shiftKey && !plain) parts.push("Shift");
  return [...parts, key].join("+");
}

export class Keys {
  private bound: Record<string, string>;
  private asking = "";

  constructor(
    private readonly dialog: HTMLDialogElement,
    private readonly section: HTMLElement,
  ) {
    this.bound = { ...DEFAULTS, ...kept() };
    const on = this.box();
    on.checked = localStorage.getItem(ON) !== "off";
    on.addEventListener("change", () => localStorage.setItem(ON, on.checked ? "on" : "off"));
    dialog.addEventListener("click", (event) => this.click(event));
    dialog.addEventListener("keydown", (event) => this.take(event));
    dialog.addEventListener("close", () => (this.asking = ""));
    this.show();
  }

  get on(): boolean {
    return this.box().checked;
  }

  command(event: KeyboardEvent): string {
    const key = written(event);
    const found = Object.keys(this.bound).find((name) => this.bound[name] === key);
    if (found === undefined && key === "Ctrl+Shift+Z") return "redo";
    return found ?? "";
  }

  open(): void {
    if (this.dialog.open) this.dialog.close();
    else this.dialog.showModal();
  }

  private box(): HTMLInputElement {
    return this.dialog.querySelector<HTMLInputElement>("#keys-on")!;
  }

  private said(text: string): void {
    this.dialog.querySelector<HTMLElement>("#keys-said")!.textContent = text;
  }

  private click(event: Event): void {
    const on = event.target as HTMLElement;
    const name = on.closest<HTMLElement>("[data-rebind]")?.dataset["rebind"];
    if (name !== undefined) {
      this.asking = name;
      this.said(this.words("press"));
    } else if (on.id === "keys-reset") {
      this.bound = { ...DEFAULTS };
      localStorage.removeItem(KEPT);
      this.show();
      this.said("");
    }
  }

  private take(event: KeyboardEvent): void {
    if (this.asking === "" || ["Shift", "Control", "Alt", "Meta", "AltGraph", "Tab"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const name = this.asking;
    this.asking = "";
    if (event.key === "Escape") {
      this.said("");
      return;
    }
    const key = written(event);
    const other = /^[1-9]$/.test(key) || Object.keys(this.bound).some((known) => known !== name && this.bound[known] === key);
    if (other) {
      this.said(this.words("taken").replace("{name}", key));
      return;
    }
    this.bound[name] = key;
    localStorage.setItem(KEPT, JSON.stringify(this.bound));
    this.show();
    this.said(this.words("set").replace("{name}", key));
  }

  private words(name: string): string {
    return this.dialog.querySelector<HTMLElement>("#keys-said")!.dataset[name] ?? "";
  }

  private show(): void {
    this.dialog.querySelectorAll<HTMLElement>("[data-key-of]").forEach((row) => {
      row.querySelector("kbd")!.textContent = this.spoken(this.bound[row.dataset["keyOf"]!] ?? "–");
    });
    this.section.ownerDocument.querySelectorAll<HTMLElement>("[data-command]").forEach((button) => {
      const key = this.bound[button.dataset["command"]!];
      if (key !== undefined) button.title = this.spoken(key);
    });
  }

  private spoken(key: string): string {
    return key
      .replace("Space", this.dialog.dataset["space"] ?? "Space")
      .replace("Ctrl", this.dialog.dataset["ctrl"] ?? "Ctrl")
      .replace("ArrowLeft", "←")
      .replace("ArrowRight", "→")
      .replace("ArrowUp", "↑")
      .replace("ArrowDown", "↓")
      .replace("Shift+", "⇧ ");
  }
}

function kept(): Record<string, string> {
  try {
    const read = JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Record<string, string>;
    const keys = Object.entries(read).filter(([name, key]) => name in DEFAULTS && typeof key === "string");
    const whole = { ...DEFAULTS, ...Object.fromEntries(keys) };
    return new Set(Object.values(whole)).size === Object.keys(whole).length ? Object.fromEntries(keys) : {};
  } catch {
    return {};
  }
}
