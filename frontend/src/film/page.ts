// "Film now": camera, self-test, checks, the protocol, and the film on its way while it is made.

import { localDay } from "../day";
import { Buffer } from "./buffer";
import { choose, type RecorderPlan, type Tried } from "./codec";
import { Looker, type Check } from "./look";
import { Run } from "./run";
import { Gone, message, Sender, TUS } from "./sender";
import { Protocol, type Step } from "./steps";
import { Tones } from "./tones";

interface Plan {
  lead_s: number;
  recorder: RecorderPlan;
  protocols: Record<string, Step[]>;
}

const LOOK_MS = 1000;
const HAND_KEPT = "film-mirrored";

export function startFilming(): void {
  const page = document.querySelector<HTMLElement>("#filming");
  if (page !== null) new Filming().start();
}

export class Filming {
  private readonly page = document.querySelector<HTMLElement>("#filming")!;
  private readonly plan: Plan = JSON.parse(this.page.dataset["plan"]!) as Plan;
  private readonly words: Record<string, string> = JSON.parse(this.page.dataset["words"]!) as Record<string, string>;
  private readonly token = this.page.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")!.value;
  private readonly form = this.page.querySelector<HTMLFormElement>("form#film-form")!;
  private readonly video = this.page.querySelector<HTMLVideoElement>("video")!;
  private readonly buffer = new Buffer();
  private readonly tones = new Tones();
  private stream: MediaStream | null = null;
  private good: Tried | null = null;
  private mirrored: boolean | null = null;
  private lock: { release(): Promise<void> } | null = null;
  private looking = 0;

  start(): void {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.switchOn();
    });
    this.on("again", () => void this.tryOut());
    this.on("begin", () => void this.film());
    this.on("hand-right", () => void this.hand(false));
    this.on("hand-left", () => void this.hand(true));
    this.on("off", () => this.switchOff());
    document.querySelectorAll<HTMLFormElement>("form[data-keep]").forEach((form) => {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        void this.goOn(form);
      });
    });
    document.querySelectorAll<HTMLFormElement>("form[data-drop]").forEach((form) => {
      form.addEventListener("submit", () => void this.buffer.forget(form.dataset["drop"]!));
    });
    void this.forgetStrays();
  }

  private on(deed: string, run: () => void): void {
    this.page.querySelector(`[data-do=${deed}]`)!.addEventListener("click", run);
  }

  private part(name: string): HTMLElement {
    return this.page.querySelector<HTMLElement>(`#film-${name}`)!;
  }

  private show(name: "asked" | "framing" | "running"): void {
    for (const other of ["asked", "framing", "running"]) this.part(other).hidden = other !== name;
    this.part("camera").hidden = name === "asked";
    this.part(name).focus({ preventScroll: true });
  }

  private say(text: string, wrong = false): void {
    const said = this.part("said");
    said.textContent = text;
    said.className = wrong ? "said wrong" : "said";
  }

  // ---- before the camera ----------------------------------------------------------------------------------------

  private async switchOn(): Promise<void> {
    this.say(this.words["asking"]!);
    this.tones.wake();
    const [width, height] = this.plan.recorder.sizes[0]!;
    try {
      const video = {
        width: { ideal: width },
        height: { ideal: height },
        frameRate: { ideal: this.plan.recorder.frame_rate_hz },
        facingMode: "user",
      };
      this.stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
    } catch (error) {
      this.say(this.words[why(error)]!, true);
      return;
    }
    this.video.srcObject = this.stream;
    this.stream.getVideoTracks()[0]!.addEventListener("ended", () => this.say(this.words["camera_gone"]!, true));
    await this.video.play().catch(() => undefined);
    this.say("");
    this.know();
    this.show("framing");
    this.looking = window.setInterval(() => void this.look(this.part("checks")), LOOK_MS);
    this.looker = new Looker(this.video, this.page.dataset["look"]!, this.token);
    await this.tryOut();
  }

  private looker: Looker | null = null;

  private async look(list: HTMLElement): Promise<void> {
    const checks = await this.looker?.look();
    if (checks == null) return;
    const fresh = checks.map((check) => `${check.state} ${check.name} ${check.say}`).join("\n");
    if (list.dataset["shown"] === fresh) return; // a screen reader hears only what has changed
    list.dataset["shown"] = fresh;
    checks.forEach((check, number) => {
      const old = list.children[number];
      const item = line(check);
      if (old === undefined) list.append(item);
      else if (!old.isEqualNode(item)) old.replaceWith(item);
    });
    while (list.children.length > checks.length) list.lastElementChild!.remove();
    const worst = checks.find((check) => check.state === "poor");
    this.part("oval").classList.toggle("off", worst !== undefined);
  }

  private async tryOut(): Promise<void> {
    const button = this.page.querySelector<HTMLButtonElement>("[data-do=begin]")!;
    const again = this.page.querySelector<HTMLElement>("[data-do=again]")!;
    const said = this.part("tested");
    button.disabled = true;
    again.hidden = true;
    if (this.stream === null) return;
    const { good, tried } = await choose(this.stream, this.video, this.plan.recorder, (left) => {
      said.textContent = fill(this.words["testing"]!, { seconds: Math.ceil(left) });
    });
    if (this.stream === null) return;
    this.good = good;
    const last = good ?? tried[0];
    said.textContent =
      last === undefined ? this.words["no_recorder"]! : fill(this.words[good ? "tested" : `why_${last.why}`]!, told(last));
    this.part("refused").hidden = good !== null;
    again.hidden = good !== null;
    this.page.dataset["tested"] = JSON.stringify(tried);
    this.ready();
  }

  private ready(): void {
    const button = this.page.querySelector<HTMLButtonElement>("[data-do=begin]")!;
    button.disabled = this.good === null || this.mirrored === null;
  }

  // ---- left and right ----------------------------------------------------------------------------------------------

  private know(): void {
    const known = JSON.parse(this.page.dataset["cameras"]!) as Record<string, boolean>;
    const here = JSON.parse(localStorage.getItem(HAND_KEPT) ?? "{}") as Record<string, boolean>;
    this.mirrored = known[this.camera().key] ?? here[this.camera().key] ?? null;
    this.part("hand").hidden = this.mirrored !== null;
    this.video.classList.toggle("as-is", this.mirrored === true);
    this.ready();
  }

  private camera(): { key: string; name: string } {
    const track = this.stream?.getVideoTracks()[0];
    return { key: track?.getSettings().deviceId ?? "camera", name: track?.label ?? "" };
  }

  private async hand(mirrored: boolean): Promise<void> {
    const { key, name } = this.camera();
    const kept = JSON.parse(localStorage.getItem(HAND_KEPT) ?? "{}") as Record<string, boolean>;
    localStorage.setItem(HAND_KEPT, JSON.stringify({ ...kept, [key]: mirrored }));
    const answers = new URLSearchParams({ key, name });
    if (mirrored) answers.set("mirrored", "on");
    this.mirrored = mirrored;
    this.part("hand").hidden = true;
    this.video.classList.toggle("as-is", mirrored);
    this.ready();
    await this.post(this.page.dataset["camera"]!, answers).catch(() => undefined);
  }

  private async post(address: string, told: URLSearchParams): Promise<Response> {
    return fetch(address, { method: "POST", body: told, headers: { "X-CSRFToken": this.token } });
  }

  // ---- the film -----------------------------------------------------------------------------------------------------

  private async film(): Promise<void> {
    if (this.stream === null || this.good === null) return;
    this.tones.wake();
    let url: string;
    try {
      url = await this.announce();
    } catch (error) {
      this.say(error instanceof Gone ? error.message : this.words["offline"]!, true);
      return;
    }
    clearInterval(this.looking);
    this.say("");
    this.show("running");
    await new Run(this, url).go();
  }

  private async announce(): Promise<string> {
    const answers = new FormData(this.form);
    const metadata: Record<string, string> = {
      day: localDay(new Date()),
      filmed: String(answers.get("filmed") ?? "planned"),
      alone: String(answers.get("alone") ?? ""),
    };
    if (this.mirrored !== null) metadata["mirrored"] = this.mirrored ? "yes" : "no";
    metadata["as_filmed"] = "yes"; // nothing is made smaller between this camera and the casebook
    const pairs = Object.entries(metadata).map(([key, value]) => `${key} ${btoa(value)}`);
    const answer = await fetch(this.page.dataset["uploads"]!, {
      method: "POST",
      headers: {
        ...TUS,
        "X-CSRFToken": this.token,
        "Upload-Defer-Length": "1",
        "Upload-Metadata": pairs.join(","),
      },
    });
    if (answer.status !== 201) throw new Gone((await message(answer)) || this.words["offline"]!);
    return answer.headers.get("Location")!;
  }

  switchOff(): void {
    clearInterval(this.looking);
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
    void this.lock?.release();
    this.show("asked");
  }

  async stayAwake(): Promise<void> {
    try {
      const wake = navigator.wakeLock as { request(kind: "screen"): Promise<{ release(): Promise<void> }> } | undefined;
      this.lock = (await wake?.request("screen")) ?? null;
    } catch {
      this.lock = null; // on battery some systems refuse: the person will touch the screen
    }
  }

  // ---- what a run needs ----------------------------------------------------------------------------------------------

  steps(): Protocol {
    const chosen = String(new FormData(this.form).get("protocol") ?? "full");
    return new Protocol(this.plan.protocols[chosen]!, this.plan.lead_s);
  }

  recorder(): MediaRecorder {
    const { type, rate_bps } = this.good!;
    return new MediaRecorder(this.stream!, { mimeType: type, videoBitsPerSecond: rate_bps });
  }

  sender(url: string): Sender {
    return new Sender(url, this.token, this.buffer);
  }

  // ``length_s``: of the film up to now.
  capture(frames: number, length_s: number): Record<string, string | number | null> {
    const found = this.good!;
    return {
      codec: found.type,
      camera: this.camera().name,
      rate_bps: found.rate_bps,
      width_px: found.width,
      height_px: found.height,
      frame_rate_hz: Math.round(10 * found.rate_hz) / 10,
      frames,
      frames_lost: Math.max(0, Math.round(found.rate_hz * length_s) - frames),
      copied_share: found.copied,
    };
  }

  async tell(url: string, blocks: unknown, capture: unknown): Promise<void> {
    const told = new URLSearchParams({ blocks: JSON.stringify(blocks), capture: JSON.stringify(capture) });
    const answer = await this.post(`${url}told/`, told);
    if (!answer.ok) throw new Error(String(answer.status));
  }

  element(name: string): HTMLElement {
    return this.part(name);
  }

  word(key: string, values: Record<string, string | number> = {}): string {
    return fill(this.words[key]!, values);
  }

  complain(text: string): void {
    this.say(text, true);
  }

  beep(next: boolean): void {
    if (this.page.querySelector<HTMLInputElement>("#film-tones")!.checked) this.tones.beep(next);
  }

  async check(): Promise<void> {
    await this.look(this.part("checks-running"));
  }

  cameraTrack(): MediaStreamTrack {
    return this.stream!.getVideoTracks()[0]!;
  }

  // ---- films that broke off ------------------------------------------------------------------------------------------

  private async goOn(form: HTMLFormElement): Promise<void> {
    const url = form.dataset["keep"]!;
    const said = form.closest("section")!.querySelector<HTMLElement>("[data-said]")!;
    said.textContent = this.words["going_on"]!;
    try {
      const sender = this.sender(url);
      await sender.takeUp();
      await sender.drained();
    } catch {
      // it has been ended or thrown away elsewhere: the server says so
    }
    await this.buffer.forget(url);
    form.submit();
  }

  private async forgetStrays(): Promise<void> {
    for (const url of new Set((await this.buffer.pieces()).map((piece) => piece.url))) {
      const answer = await fetch(url, { method: "HEAD", headers: TUS }).catch(() => null);
      if (answer !== null && (answer.status === 404 || answer.headers.get("Casebook-Next") !== null)) {
        await this.buffer.forget(url);
      }
    }
  }
}

function line(check: Check): HTMLElement {
  const item = document.createElement("li");
  const name = document.createElement("strong");
  item.className = check.state;
  name.textContent = check.name;
  item.append(name, ` ${check.say}`);
  return item;
}

function told(found: Tried): Record<string, string | number> {
  const lost = Math.max(0, found.delivered - found.kept);
  return {
    codec: found.type.split("codecs=")[1]?.split(".")[0]?.toUpperCase() ?? found.type,
    width: found.width,
    height: found.height,
    frames: found.delivered,
    lost,
    share: Math.round((100 * lost) / Math.max(1, found.delivered)),
    copied: Math.round(100 * (found.copied ?? 0)),
  };
}

function why(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError") return "denied";
  if (name === "NotReadableError") return "busy";
  return navigator.mediaDevices === undefined ? "insecure" : "no_camera";
}

function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (_whole, key: string) => String(values[key] ?? ""));
}
