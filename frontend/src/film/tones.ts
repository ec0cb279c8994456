// With the eyes shut nobody reads: a high tone where something is to be done, a low one where it ends.
export class Tones {
  private context: AudioContext | null = null;

  wake(): void {
    try {
      this.context ??= new AudioContext();
      void this.context.resume();
    } catch {
      this.context = null;
    }
  }

  beep(low: boolean): void {
    if (this.context === null) return;
    const tone = this.context.createOscillator();
    const loudness = this.context.createGain();
    const now = this.context.currentTime;
    tone.frequency.value = low ? 330 : 660;
    loudness.gain.setValueAtTime(0.12, now);
    loudness.gain.exponentialRampToValueAtTime(0.001, now + 0.25);
    tone.connect(loudness).connect(this.context.destination);
    tone.start(now);
    tone.stop(now + 0.3);
  }
}
