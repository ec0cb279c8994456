// The film: shows exactly the frame that is asked for, plays at any speed in both directions, and repeats a part.
//
// A browser seeks to times, not to frames, and says what it shows only in a callback. So a frame is asked for by its own
// time and a little more, and believed when that callback names its time; if it does not, it is asked for once more.

const WITHIN_S = 0.001; // behind a frame's own time: at that very time half of all seeks show the frame before
const ROUND_S = 0.5; // before and after an event that is repeated
const PATIENCE_MS = 5000; // a long way from the last frame that stands by itself, on a busy computer; then it has failed
const STILL_MS = 400; // after the seek: the frame may have been in the picture before, and no callback comes
const TRIES = 2;

type Hearer = (frame: number) => void;

export class Player {
  times = new Float64Array(0);
  shown = 0;
  rate = 1;
  private span: [number, number] | null = null;
  private asked = 0;
  private backward = 0;
  private last = NaN; // the media time that the browser showed last
  private readonly hearers: Hearer[] = [];
  private readonly waiters = new Set<(time: number) => void>();

  constructor(readonly film: HTMLVideoElement | null) {
    if (film === null) return;
    film.addEventListener("ended", () => this.again());
    film.addEventListener("pause", () => this.tell());
    film.addEventListener("play", () => this.tell());
    film.requestVideoFrameCallback(this.see);
  }

  hear(hearer: Hearer): void {
    this.hearers.push(hearer);
  }

  async load(address: string): Promise<void> {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(String(answer.status));
    this.times = new Float64Array(await answer.arrayBuffer());
    // Somebody may have gone to a moment before the times were here.
    if (this.film !== null) this.shown = this.frameAt(Number.isNaN(this.last) ? this.film.currentTime : this.last);
  }

  get time(): number {
    return this.times[this.shown] ?? this.film?.currentTime ?? 0;
  }

  get playing(): boolean {
    return this.backward !== 0 || (this.film !== null && !this.film.paused);
  }

  /** Where playing is now, finer than the frame that is shown. */
  get running(): number {
    return this.playing && this.film !== null ? this.film.currentTime : this.time;
  }

  /** The frame that stands at a time: the last one that begins no later. */
  frameAt(time: number): number {
    let low = 0;
    let high = this.times.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.times[middle]! <= time + 1e-6) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }

  /** Show a frame; true when the browser has said that it stands in the picture. */
  async show(frame: number): Promise<boolean> {
    this.halt();
    return this.ask(frame);
  }

  showTime(time: number): Promise<boolean> {
    if (this.times.length === 0 && this.film !== null) {
      this.halt();
      this.film.currentTime = time + WITHIN_S;
      return Promise.resolve(false);
    }
    return this.show(this.frameAt(time));
  }

  step(frames: number): Promise<boolean> {
    return this.show(this.shown + frames);
  }

  skip(seconds: number): Promise<boolean> {
    return this.showTime(Math.max(0, this.running + seconds));
  }

  toggle(): void {
    if (this.playing) this.halt();
    else this.play();
  }

  play(): void {
    if (this.film === null) return;
    this.backward = 0;
    this.asked += 1;
    this.film.playbackRate = this.rate;
    this.film.play().catch(() => undefined); // paused again before it had begun: nothing is wrong
  }

  halt(): void {
    this.span = null;
    this.backward = 0;
    this.film?.pause();
  }

  setRate(rate: number): void {
    this.rate = Math.min(4, Math.max(0.1, rate));
    if (this.film !== null) this.film.playbackRate = this.rate;
    this.tell();
  }

  /** Forward or backward, each time once more twice as fast: J K L. */
  shuttle(direction: 1 | -1): void {
    if (this.film === null) return;
    if (direction === 1) {
      const on = this.playing && this.backward === 0;
      this.backward = 0;
      if (on) this.setRate(this.rate * 2);
      this.play();
      return;
    }
    const speed = this.backward === 0 ? Math.max(0.1, this.rate) : Math.min(4, this.backward * 2);
    this.halt();
    this.backward = speed;
    void this.rewind();
  }

  loop(from: number, until: number): void {
    this.backward = 0;
    this.span = [Math.max(0, from - ROUND_S), until + ROUND_S];
    this.again();
    this.watch();
  }

  get looping(): boolean {
    return this.span !== null;
  }

  private async rewind(): Promise<void> {
    const speed = this.backward;
    const from = this.time;
    const began = performance.now();
    while (this.backward === speed) {
      const time = from - (speed * (performance.now() - began)) / 1000;
      await this.ask(this.frameAt(Math.max(0, time)));
      if (time <= 0) this.backward = 0;
      else await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    this.tell();
  }

  private async ask(frame: number): Promise<boolean> {
    const ask = ++this.asked;
    const wanted = Math.min(Math.max(0, frame), Math.max(0, this.times.length - 1));
    this.shown = wanted;
    this.tell();
    if (this.film === null || this.times.length === 0) return false;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const seen = await this.seek(wanted, ask);
      if (ask !== this.asked) return false;
      if (seen) return true;
    }
    this.shown = this.frameAt(this.last + this.half(wanted));
    this.tell();
    return false;
  }

  private seek(frame: number, ask: number): Promise<boolean> {
    const film = this.film!;
    const half = this.half(frame);
    const time = this.times[frame]!;
    const good = (shown: number) => Math.abs(shown - time) < half;
    return new Promise((resolve) => {
      let sought = false;
      let seen = false;
      const done = (answer: boolean) => {
        clearTimeout(timer);
        film.removeEventListener("seeked", arrived);
        this.waiters.delete(look);
        resolve(answer);
      };
      const look = (shown: number) => {
        seen = good(shown);
        if (ask !== this.asked) done(false);
        else if (seen && sought) done(true);
      };
      const arrived = () => {
        sought = true;
        setTimeout(() => {
          if (good(this.last)) done(true);
        }, STILL_MS);
        if (ask !== this.asked) done(false);
        else if (seen) done(true);
      };
      const timer = setTimeout(() => done(sought && good(this.last)), PATIENCE_MS);
      film.addEventListener("seeked", arrived);
      this.waiters.add(look);
      film.currentTime = time + Math.min(WITHIN_S, half / 2);
    });
  }

  private half(frame: number): number {
    const time = this.times[frame]!;
    const before = time - (this.times[frame - 1] ?? -Infinity);
    const after = (this.times[frame + 1] ?? Infinity) - time;
    const least = Math.min(before, after);
    return Number.isFinite(least) ? least / 2 : 0.02;
  }

  private readonly see = (_now: number, told: VideoFrameCallbackMetadata): void => {
    this.last = told.mediaTime;
    this.waiters.forEach((waiter) => waiter(told.mediaTime));
    if (this.waiters.size === 0 && this.times.length > 0) {
      const frame = this.frameAt(told.mediaTime);
      const next = Math.min(frame + 1, this.times.length - 1);
      const near = Math.abs(this.times[next]! - told.mediaTime) < Math.abs(this.times[frame]! - told.mediaTime);
      this.shown = near ? next : frame;
      this.tell();
    }
    this.film!.requestVideoFrameCallback(this.see);
  };

  private tell(): void {
    this.hearers.forEach((hearer) => hearer(this.shown));
  }

  private again(): void {
    if (this.span === null || this.film === null) return;
    this.film.currentTime = this.span[0];
    this.play();
  }

  private watch(): void {
    const span = this.span;
    if (span === null || this.film === null) return;
    if (this.film.currentTime > span[1] || this.film.currentTime < span[0] - ROUND_S) this.film.currentTime = span[0];
    requestAnimationFrame(() => {
      if (this.span === span) this.watch();
    });
  }
}
