// One film, from its first picture to the page of the recording.

import { FrameCounter } from "./frames";
import type { Filming } from "./page";
import type { Sender } from "./sender";
import type { Protocol } from "./steps";

const LOOK_FILMING_MS = 5000; // chosen: the recorder needs the computer while it films; 2 - 10 s

export class Run {
  private readonly protocol: Protocol;
  private readonly recorder: MediaRecorder;
  private readonly sender: Sender;
  private readonly counter: FrameCounter;
  private began = 0;
  private clock = 0;
  private looking = 0;
  private blocksTold = 0;
  private over: number | null = null;
  private adding: Promise<void> = Promise.resolve();
  private readonly leaving = (event: BeforeUnloadEvent) => event.preventDefault();
  private readonly awake = () => {
    if (!document.hidden) void this.page.stayAwake();
    else if (this.over === null) this.page.complain(this.page.word("hidden"));
  };

  constructor(
    private readonly page: Filming,
    private readonly url: string,
  ) {
    this.protocol = page.steps();
    this.recorder = page.recorder();
    this.sender = page.sender(url);
    this.counter = new FrameCounter(this.recorder.mimeType.includes("webm"));
  }

  async go(): Promise<void> {
    const stopped = new Promise<void>((resolve) => (this.recorder.onstop = () => resolve()));
    const begun = new Promise<void>((resolve) => (this.recorder.onstart = () => resolve()));
    this.recorder.ondataavailable = (event) => (this.adding = this.adding.then(() => this.take(event.data)));
    this.sender.onchange = () => this.safe();
    this.button("stop").onclick = () => this.stop();
    this.button("throw").onclick = () => void this.throwAway();
    this.page.cameraTrack().addEventListener("ended", () => this.stop());
    window.addEventListener("beforeunload", this.leaving);
    document.addEventListener("visibilitychange", this.awake);
    await this.page.stayAwake();
    this.recorder.start(1000);
    await begun;
    this.began = performance.now();
    this.clock = window.setInterval(() => this.tick(), 100);
    this.looking = window.setInterval(() => void this.page.check(), LOOK_FILMING_MS);
    this.tick();
    await stopped;
    await this.finish();
  }

  private button(deed: string): HTMLButtonElement {
    return this.page.element("running").querySelector<HTMLButtonElement>(`[data-do=${deed}]`)!;
  }

  private now(): number {
    return (performance.now() - this.began) / 1000;
  }

  private async take(data: Blob): Promise<void> {
    if (data.size === 0) return;
    const bytes = await data.arrayBuffer();
    this.counter.push(new Uint8Array(bytes));
    await this.sender.add(bytes);
  }

  private tick(): void {
    const shown = this.protocol.at(this.now());
    if (shown === null) {
      this.stop();
      return;
    }
    this.page.element("left").textContent = String(Math.ceil(shown.left_s));
    this.page.element("whole").textContent = this.page.word("whole_left", { time: clock(shown.whole_left_s) });
    (this.page.element("bar") as HTMLProgressElement).value = shown.share;
    if (!shown.turned) return;
    this.page.element("prompt").textContent = shown.say;
    this.page.element("running").classList.toggle("next", shown.next);
    this.page.beep(shown.next);
    void this.tell();
  }

  private stop(): void {
    if (this.over !== null) return;
    this.over = this.now();
    clearInterval(this.clock);
    clearInterval(this.looking);
    if (this.recorder.state !== "inactive") this.recorder.stop();
  }

  private async tell(): Promise<void> {
    const blocks = this.protocol.blocks(this.over ?? this.now());
    if (this.over === null && blocks.length === this.blocksTold && blocks.length > 1) return;
    this.blocksTold = blocks.length;
    const capture = this.page.capture(this.counter.count, this.over ?? this.now());
    await this.page.tell(this.url, blocks, capture).catch((error: unknown) => {
      if (this.over !== null) throw error;
    });
  }

  private safe(): void {
    const share = this.sender.total === 0 ? 0 : this.sender.acknowledged / this.sender.total;
    const seconds = Math.floor((this.over ?? this.now()) * share);
    const key = this.sender.reached ? "safe" : "offline";
    const text = this.page.word(key, { seconds });
    const said = this.page.element("safe");
    if (said.textContent !== text) said.textContent = text;
  }

  private async finish(): Promise<void> {
    await this.adding;
    this.page.element("prompt").textContent = this.page.word("ending");
    this.page.element("left").textContent = "";
    for (const deed of ["stop", "throw"]) this.button(deed).hidden = true;
    const began = performance.now();
    const from = this.sender.acknowledged;
    this.sender.onchange = () => this.sendingLeft(began, from);
    try {
      await this.sender.drained();
      for (let turn = 0; turn < 5; turn++) {
        try {
          await this.tell();
          break;
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 1000));
        }
      }
      const next = await this.sender.end();
      this.leave();
      window.location.assign(next);
    } catch (error) {
      this.leave();
      this.page.switchOff();
      this.page.complain((error as Error).message || this.page.word("gone"));
    }
  }

  private sendingLeft(began: number, from: number): void {
    const done = this.sender.acknowledged - from;
    const rest = this.sender.total - this.sender.acknowledged;
    const share = this.sender.acknowledged / Math.max(1, this.sender.total);
    (this.page.element("bar") as HTMLProgressElement).value = share;
    const left = (rest * (performance.now() - began)) / 1000 / Math.max(1, done);
    this.page.element("whole").textContent = this.sender.reached
      ? this.page.word("sending", { percent: Math.floor(100 * share), time: clock(left) })
      : this.page.word("offline");
  }

  private async throwAway(): Promise<void> {
    this.recorder.onstop = null;
    this.stop();
    await this.sender.giveUp();
    this.leave();
    this.page.switchOff();
    this.page.complain(this.page.word("thrown"));
  }

  private leave(): void {
    window.removeEventListener("beforeunload", this.leaving);
    document.removeEventListener("visibilitychange", this.awake);
  }
}

function clock(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
