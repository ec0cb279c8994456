// Counts the pictures in a film as it is made, piece by piece: WebM (Matroska) or fragmented MP4. What a container
// declares is not to be trusted: a browser writes it before it knows.

const ENTERED = new Set([0x18538067, 0x1f43b675, 0xa0]); // Segment, Cluster, BlockGroup
const PICTURES = new Set([0xa3, 0xa1]); // SimpleBlock, Block
const BOXES = new Set(["moof", "traf"]);
const LONGEST_HEADER = 24;

export class FrameCounter {
  count = 0;
  private rest = new Uint8Array(0);
  private skip = 0;

  constructor(private readonly webm: boolean) {}

  push(piece: Uint8Array): void {
    const skipped = Math.min(this.skip, piece.length);
    this.skip -= skipped;
    if (this.skip > 0) return;
    const bytes = new Uint8Array(this.rest.length + piece.length - skipped);
    bytes.set(this.rest);
    bytes.set(piece.subarray(skipped), this.rest.length);
    let at = 0;
    for (;;) {
      const step = this.webm ? this.element(bytes, at) : this.box(bytes, at);
      if (step < 0) break;
      at += step;
      if (at >= bytes.length) break;
    }
    this.skip = Math.max(0, at - bytes.length);
    this.rest = bytes.slice(Math.min(at, bytes.length));
  }

  // How far the next element lies; -1 where its header is not all here.
  private element(bytes: Uint8Array, at: number): number {
    const idLength = bytes[at] === undefined ? 9 : lengthOf(bytes[at]!);
    const first = bytes[at + idLength];
    if (idLength > 4) return at < bytes.length ? 1 : -1; // no element begins so: look on
    if (first === undefined) return -1;
    const sizeLength = lengthOf(first);
    if (sizeLength > 8) return 1;
    if (at + idLength + sizeLength > bytes.length) return -1;
    const id = number(bytes, at, idLength);
    const size = number(bytes, at + idLength, sizeLength) - 2 ** (7 * sizeLength);
    const unknown = size === 2 ** (7 * sizeLength) - 1;
    if (PICTURES.has(id)) this.count += 1;
    return idLength + sizeLength + (unknown || ENTERED.has(id) ? 0 : size);
  }

  private box(bytes: Uint8Array, at: number): number {
    if (bytes.length - at < LONGEST_HEADER && bytes.length - at < 8) return -1;
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    let size = number(bytes, at, 4);
    if (BOXES.has(kind)) return 8;
    if (kind === "trun") {
      if (bytes.length - at < 16) return -1;
      this.count += number(bytes, at + 12, 4);
    }
    if (size === 1) {
      if (bytes.length - at < 16) return -1;
      size = number(bytes, at + 8, 8);
    }
    return Math.max(8, size);
  }
}

function lengthOf(first: number): number {
  return Math.clz32(first) - 23; // 1 for 1xxxxxxx, 2 for 01xxxxxx, …
}

function number(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let k = at; k < at + length; k++) value = value * 256 + bytes[k]!;
  return value;
}
