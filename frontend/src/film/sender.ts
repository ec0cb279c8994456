// Sends a film while it is made, by tus 1.0: each second a piece with its checksum, kept until it is acknowledged.

import { Buffer, type Piece } from "./buffer";

export const TUS = { "Tus-Resumable": "1.0.0" };
const WAITS_MS = [500, 1000, 2000, 4000, 8000];

export class Gone extends Error {}

export class Sender {
  acknowledged = 0;
  total = 0;
  reached = true;
  onchange: () => void = () => undefined;
  private readonly waiting: Piece[] = [];
  private sending: Promise<void> | null = null;
  private failed: Error | null = null;

  constructor(
    readonly url: string,
    private readonly token: string,
    private readonly buffer: Buffer,
  ) {}

  async add(bytes: ArrayBuffer): Promise<void> {
    const piece = { url: this.url, offset: this.total, bytes };
    this.total += bytes.byteLength;
    this.waiting.push(piece);
    this.send();
    await this.buffer.put(piece);
    if (this.acknowledged > piece.offset) await this.buffer.drop(this.url, piece.offset);
  }

  // What an earlier page has left in the buffer.
  async takeUp(): Promise<void> {
    this.acknowledged = this.total = await this.here();
    for (const piece of await this.buffer.pieces(this.url)) {
      if (piece.offset + piece.bytes.byteLength <= this.total) {
        await this.buffer.drop(this.url, piece.offset);
      } else if (piece.offset <= this.total) {
        this.waiting.push(piece);
        this.total = piece.offset + piece.bytes.byteLength;
      }
    }
    this.send();
  }

  // All that was filmed has arrived; Gone where the casebook no longer wants it.
  async drained(): Promise<void> {
    while (this.waiting.length > 0 && this.failed === null) {
      this.send();
      await this.sending;
    }
    if (this.failed !== null) throw this.failed;
  }

  async end(): Promise<string> {
    await this.drained();
    for (let turn = 0; ; turn++) {
      try {
        const answer = await fetch(this.url, {
          method: "PATCH",
          headers: { ...this.headers(this.total), "Upload-Length": String(this.total) },
        });
        const next = answer.headers.get("Casebook-Next");
        if (next !== null) return next;
        if (answer.status >= 400 && answer.status < 500 && answer.status !== 423) throw new Gone(await message(answer));
      } catch (error) {
        if (error instanceof Gone) throw error;
      }
      await this.rest(turn);
    }
  }

  async giveUp(): Promise<void> {
    this.failed = new Gone("");
    this.waiting.length = 0;
    await fetch(this.url, { method: "DELETE", headers: { ...TUS, "X-CSRFToken": this.token } }).catch(() => undefined);
    await this.buffer.forget(this.url);
  }

  private send(): void {
    if (this.sending !== null || this.failed !== null) return;
    this.sending = this.run().finally(() => (this.sending = null));
  }

  private async run(): Promise<void> {
    let turn = 0;
    while (this.waiting.length > 0 && this.failed === null) {
      const piece = this.waiting[0]!;
      try {
        await this.one(piece);
        turn = 0;
        this.say(true);
      } catch (error) {
        if (error instanceof Gone) {
          this.failed = error;
          this.onchange();
          return;
        }
        await this.rest(turn++);
      }
    }
  }

  private async one(piece: Piece): Promise<void> {
    const from = Math.max(0, this.acknowledged - piece.offset);
    const body = from > 0 ? piece.bytes.slice(from) : piece.bytes;
    if (body.byteLength > 0) {
      const sum = await crypto.subtle.digest("SHA-256", body);
      const checksum = `sha256 ${btoa(String.fromCharCode(...new Uint8Array(sum)))}`;
      const headers = { ...this.headers(piece.offset + from), "Upload-Checksum": checksum };
      const answer = await fetch(this.url, { method: "PATCH", body, headers });
      if (answer.status === 409) {
        this.acknowledged = Number(answer.headers.get("Upload-Offset"));
        if (this.acknowledged < piece.offset) throw new Gone("");
        if (this.acknowledged < piece.offset + piece.bytes.byteLength) return; // the rest of it, in the next turn
      } else if (answer.ok) {
        this.acknowledged = Number(answer.headers.get("Upload-Offset"));
      } else if (answer.status >= 500 || answer.status === 423 || answer.status === 460) {
        throw new Error(String(answer.status));
      } else {
        throw new Gone(await message(answer));
      }
    }
    this.waiting.shift();
    await this.buffer.drop(this.url, piece.offset);
  }

  private async here(): Promise<number> {
    for (let turn = 0; ; turn++) {
      try {
        const answer = await fetch(this.url, { method: "HEAD", headers: TUS });
        if (answer.ok) return Number(answer.headers.get("Upload-Offset"));
        if (answer.status < 500) throw new Gone("");
      } catch (error) {
        if (error instanceof Gone) throw error;
      }
      await this.rest(turn);
    }
  }

  private headers(offset: number): Record<string, string> {
    return {
      ...TUS,
      "X-CSRFToken": this.token,
      "Upload-Offset": String(offset),
      "Content-Type": "application/offset+octet-stream",
    };
  }

  private say(reached: boolean): void {
    this.reached = reached;
    this.onchange();
  }

  private async rest(turn: number): Promise<void> {
    this.say(false);
    const wait = WAITS_MS[Math.min(turn, WAITS_MS.length - 1)]!;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

export async function message(answer: Response): Promise<string> {
  try {
    return ((await answer.json()) as { message?: string }).message ?? "";
  } catch {
    return "";
  }
}
