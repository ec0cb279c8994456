// The film: shows the moment at which an event begins, and repeats an event.

const ROUND_S = 0.5; // before and after an event that is repeated
const WITHIN_S = 0.001; // a frame asked for by its own time may show the one before it

export class Player {
  private readonly film: HTMLVideoElement;
  private span: [number, number] | null = null;

  constructor(film: HTMLVideoElement) {
    this.film = film;
    film.addEventListener("ended", () => this.again());
  }

  show(from: number): void {
    this.stop();
    this.film.pause();
    this.film.currentTime = from + WITHIN_S;
  }

  loop(from: number, until: number): void {
    this.span = [Math.max(0, from - ROUND_S), until + ROUND_S];
    this.again();
    this.watch();
  }

  stop(): void {
    this.span = null;
  }

  reveal(): void {
    this.film.scrollIntoView({ block: "nearest" });
  }

  toggle(): void {
    if (this.film.paused) this.play();
    else this.film.pause();
  }

  private play(): void {
    this.film.play().catch(() => undefined); // paused again before it had begun: nothing is wrong
  }

  private again(): void {
    if (this.span === null) return;
    this.film.currentTime = this.span[0];
    this.play();
  }

  private watch(): void {
    const span = this.span;
    if (span === null) return;
    if (this.film.currentTime > span[1] || this.film.currentTime < span[0] - ROUND_S) this.film.currentTime = span[0];
    requestAnimationFrame(() => {
      if (this.span === span) this.watch();
    });
  }
}
