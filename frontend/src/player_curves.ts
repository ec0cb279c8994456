// The curves of a recording: read from one file, and thinned to what a screen can show without losing a peak.

export interface Curve {
  key: string;
  name: string;
  side: "right" | "left";
  values: Float32Array;
  low: Float32Array[]; // least and largest values of whole blocks, so that an hour is as quick as a minute
  high: Float32Array[];
}

export interface Curves {
  frames: number;
  duration: number;
  top: number;
  limit: Partial<Record<"right" | "left", number>>;
  curves: Curve[];
}

const BLOCKS = [16, 256];

export async function readCurves(address: string): Promise<Curves> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(String(answer.status));
  const raw = await answer.arrayBuffer();
  const length = new DataView(raw).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(raw, 4, length))) as {
    frames: number;
    duration_s: number;
    top: number;
    limit: Curves["limit"];
    curves: { key: string; name: string; side: "right" | "left" }[];
  };
  const curves = head.curves.map((row, place) => {
    const values = new Float32Array(raw, 4 + length + 4 * head.frames * place, head.frames);
    return { ...row, values, low: [] as Float32Array[], high: [] as Float32Array[] };
  });
  return { frames: head.frames, duration: head.duration_s, top: head.top, limit: head.limit, curves };
}

function summed(curve: Curve): void {
  if (curve.low.length > 0) return;
  let low = curve.values;
  let high = curve.values;
  let size = 1;
  for (const block of BLOCKS) {
    const by = block / size;
    const count = Math.ceil(low.length / by);
    const least = new Float32Array(count).fill(NaN);
    const largest = new Float32Array(count).fill(NaN);
    for (let i = 0; i < count; i += 1) {
      const end = Math.min(low.length, (i + 1) * by);
      for (let k = i * by; k < end; k += 1) {
        if (!(low[k]! >= least[i]!)) least[i] = low[k]!;
        if (!(high[k]! <= largest[i]!)) largest[i] = high[k]!;
        if (Number.isNaN(least[i]!) && !Number.isNaN(low[k]!)) least[i] = low[k]!;
        if (Number.isNaN(largest[i]!) && !Number.isNaN(high[k]!)) largest[i] = high[k]!;
      }
    }
    curve.low.push(least);
    curve.high.push(largest);
    low = least;
    high = largest;
    size = block;
  }
}

export type Points = [number[], ...(number | null)[][]];

/** Points of some curves between two frames, one per pixel at most (jagged lines are slow to draw); the second of a pair of sides hangs downwards. */
export function thinned(times: Float64Array, curves: Curve[], first: number, last: number, pixels: number): Points {
  const per = (last - first) / Math.max(1, pixels / 2);
  if (per <= 2) return every(times, curves, first, last);
  const level = per >= BLOCKS[1]! ? 1 : per >= BLOCKS[0]! ? 0 : -1;
  const block = level < 0 ? 1 : BLOCKS[level]!;
  const step = Math.ceil(per / block) * block;
  const x: number[] = [];
  const out: (number | null)[][] = curves.map(() => []);
  if (level >= 0) curves.forEach(summed);
  for (let at = Math.floor(first / step) * step; at <= last; at += step) {
    const begin = Math.max(0, at);
    const middle = Math.min(times.length - 1, at + (step >> 1));
    x.push(times[begin]!, times[middle]! > times[begin]! ? times[middle]! : times[begin]! + 1e-6);
    curves.forEach((curve, place) => {
      const low = level < 0 ? curve.values : curve.low[level]!;
      const high = level < 0 ? curve.values : curve.high[level]!;
      let least = Infinity;
      let largest = -Infinity;
      const end = Math.min(low.length, (at + step) / block);
      for (let k = begin / block; k < end; k += 1) {
        if (low[k]! < least) least = low[k]!;
        if (high[k]! > largest) largest = high[k]!;
      }
      const sign = curve.side === "left" ? -1 : 1;
      const known = least <= largest;
      // A size stands on its ground: its peaks say all. Of the opening the dips do.
      const other = curve.key === "opening" ? least : largest;
      out[place]!.push(known ? sign * largest : null, known ? sign * other : null);
    });
  }
  return [x, ...out];
}

function every(times: Float64Array, curves: Curve[], first: number, last: number): Points {
  const from = Math.max(0, first - 1);
  const until = Math.min(times.length, last + 2);
  const x = Array.from(times.subarray(from, until));
  const out = curves.map((curve) => {
    const sign = curve.side === "left" ? -1 : 1;
    return Array.from(curve.values.subarray(from, until), (value) => (Number.isNaN(value) ? null : sign * value));
  });
  return [x, ...out];
}

/** The largest value of a curve that is not among its rarest: its scale. */
export function usualTop(curve: Curve): number {
  const sample: number[] = [];
  const step = Math.max(1, Math.floor(curve.values.length / 4000));
  for (let k = 0; k < curve.values.length; k += step) {
    if (!Number.isNaN(curve.values[k]!)) sample.push(curve.values[k]!);
  }
  sample.sort((one, other) => one - other);
  return sample.length === 0 ? 1 : 1.15 * sample[Math.floor(0.995 * (sample.length - 1))]!;
}

/** The largest value (or the middle one) of a curve between two frames; null where nothing was measured. */
export function summary(curve: Curve, first: number, last: number, middle: boolean): number | null {
  const known = Array.from(curve.values.subarray(first, last)).filter((value) => !Number.isNaN(value));
  if (known.length === 0) return null;
  if (!middle) return known.reduce((one, other) => Math.max(one, other));
  known.sort((one, other) => one - other);
  return known[known.length >> 1]!;
}
