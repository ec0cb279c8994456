// The magnified loop of an event: as it was, and beside it with the measured motion made larger, four times as slow.
//
// Those that the report has are in the table of events. Any other is asked for, and made when somebody wants to see it.

const SLOWER = 4;
const PAUSE_MS = 500; // between the end and the beginning
const NARROW_PX = 200;
const ASK_MS = 500; // how far it is, while one is being made

interface Told {
  state: "ready" | "none" | "making" | "failed";
  loop?: string;
  tiles?: number;
  width?: number;
  height?: number;
  factor?: number;
  loopS?: number;
  percent?: number;
  left?: string;
  words?: string;
}

export class Loop {
  private readonly canvas: HTMLCanvasElement;
  private readonly pause: HTMLButtonElement;
  private shown = "";
  private timer = 0;
  private asking = 0;
  private tile = 0;

  constructor(private readonly box: HTMLElement) {
    this.canvas = box.querySelector("canvas")!;
    this.pause = this.part<HTMLButtonElement>("pause");
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.pause.setAttribute("aria-pressed", String(still));
    this.pause.addEventListener("click", () => {
      this.pause.setAttribute("aria-pressed", String(this.pause.getAttribute("aria-pressed") !== "true"));
    });
  }

  private part<Part extends HTMLElement>(name: string): Part {
    return this.box.querySelector<Part>(`[data-part="loop-${name}"]`)!;
  }

  show(row: HTMLElement | null): void {
    const said = row?.dataset ?? {};
    const name = said["key"] ?? said["named"] ?? "";
    // Of an event whose ends were moved another loop may be asked for.
    const wanted = said["loop"] ?? (name === "" || this.box.dataset["ask"] === undefined ? "" : [name, said["from"], said["until"]].join(" "));
    if (wanted === this.shown) return;
    this.shown = wanted;
    clearTimeout(this.timer);
    clearTimeout(this.asking);
    this.box.hidden = true;
    if (said["loop"] !== undefined) {
      const [tiles, width, height] = [Number(said["tiles"]), Number(said["width"]), Number(said["height"])];
      this.begin({ state: "ready", loop: said["loop"], tiles, width, height, factor: Number(said["factor"]), loopS: Number(said["loopS"]) });
    } else if (wanted !== "") void this.ask(name, "GET");
  }

  /** Have the loop made of the event that is chosen. */
  make(row: HTMLElement | null): void {
    const name = row?.dataset["key"] ?? row?.dataset["named"] ?? "";
    if (name === "" || row?.dataset["loop"] !== undefined || this.box.dataset["ask"] === undefined) return;
    this.wait({ state: "making" });
    void this.ask(name, "POST");
  }

  private async ask(name: string, method: "GET" | "POST"): Promise<void> {
    const shown = this.shown;
    let told: Told;
    try {
      const token = document.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
      const headers: Record<string, string> = method === "POST" ? { "X-CSRFToken": token } : {};
      const answer = await fetch(`${this.box.dataset["ask"]}?of=${encodeURIComponent(name)}`, { method, headers });
      if (!answer.ok) throw new Error(String(answer.status));
      told = (await answer.json()) as Told;
    } catch {
      told = { state: "failed", words: this.box.dataset["lost"] ?? "" };
    }
    if (this.shown !== shown) return; // another event was chosen meanwhile
    if (told.state === "ready") this.begin(told);
    else this.wait(told);
    if (told.state === "making") this.asking = window.setTimeout(() => void this.ask(name, "GET"), ASK_MS);
  }

  private wait(told: Told): void {
    this.box.hidden = false;
    this.part("shown").hidden = true;
    this.part("ask").hidden = false;
    const busy = told.state === "making";
    const said = this.part("said");
    const progress = this.box.querySelector("progress")!;
    this.box.querySelector<HTMLButtonElement>("[data-command=magnify]")!.disabled = busy;
    progress.hidden = !busy;
    if (told.percent === undefined) progress.removeAttribute("value");
    else progress.value = told.percent;
    const left = told.left ? ` ${(this.box.dataset["left"] ?? "").replace("{left}", told.left)}` : "";
    const words = busy ? (said.dataset["making"] ?? "") + left : (told.words ?? "");
    if (said.textContent !== words) said.textContent = words;
  }

  private begin(told: Told): void {
    const [tiles, width, height] = [told.tiles ?? 1, told.width ?? 1, told.height ?? 1];
    const step = Math.max(60, (1000 * SLOWER * (told.loopS ?? 1)) / tiles);
    const factor = this.part("factor");
    factor.textContent = (factor.dataset["words"] ?? "").replace("{factor}", String(told.factor ?? 1));
    this.box.hidden = false;
    this.part("shown").hidden = false;
    this.part("ask").hidden = true;
    const shown = this.shown;
    const picture = new Image();
    picture.addEventListener("load", () => {
      if (this.shown === shown) this.play(picture, tiles, width, height, step);
    });
    picture.src = told.loop ?? "";
  }

  private play(picture: HTMLImageElement, tiles: number, width: number, height: number, step: number): void {
    const rows = picture.naturalHeight >= 2 * height ? 2 : 1;
    // Beside a film on a phone there is no room for both beside each other.
    const upright = rows === 2 && this.box.clientWidth < NARROW_PX;
    [this.canvas.width, this.canvas.height] = upright ? [width, rows * height] : [rows * width, height];
    const pen = this.canvas.getContext("2d")!;
    this.tile = 0;
    const draw = () => {
      for (let row = 0; row < rows; row += 1) {
        pen.drawImage(picture, this.tile * width, row * height, width, height, upright ? 0 : row * width, upright ? row * height : 0, width, height);
      }
      const still = this.pause.getAttribute("aria-pressed") === "true";
      if (!still) this.tile = (this.tile + 1) % tiles;
      this.timer = window.setTimeout(draw, this.tile === 0 ? step + PAUSE_MS : step);
    };
    draw();
  }
}
