// Which recorder of this browser serves: each is tried for two seconds on the camera's own picture. One that loses
// pictures misses short twitches; one that copies blocks of calm skin hides small ones.

import { FrameCounter } from "./frames";

export interface RecorderPlan {
  test_s: number;
  bits_per_pixel: number;
  least_rate_bps: number;
  frame_rate_hz: number;
  sizes: [number, number][];
  types: string[];
  most_lost_share: number;
  most_copied_share: number;
}

export interface Tried {
  type: string;
  width: number;
  height: number;
  rate_bps: number;
  rate_hz: number; // of the camera alone, before anything is recorded
  delivered: number; // pictures that it gives in that time
  kept: number;
  copied: number | null; // share of blocks that the recorder repeated although the camera's differ
  why: "" | "lost" | "copied" | "slow";
}

const BLOCK = 16;
const SAME = 0.2; // chosen: mean difference of a block in grey levels below which it is the same block; 0.05 - 0.3
const STILL_SHARE = 0.9; // chosen: a camera that repeats so many blocks by itself says nothing about its recorder
const PAIRS = 12; // chosen: pairs of neighbouring pictures to compare; 6 - 40
const LEAST_HZ = 24; // as in the findings of a recording
const RATE_MS = 1500; // chosen: a picture more or less is 1 in 45 then; 1 - 3 s

export async function choose(
  stream: MediaStream,
  preview: HTMLVideoElement,
  plan: RecorderPlan,
  tell: (left_s: number) => void,
): Promise<{ good: Tried | null; tried: Tried[] }> {
  const types = plan.types.filter((type) => MediaRecorder.isTypeSupported(type));
  const tried: Tried[] = [];
  const track = stream.getVideoTracks()[0]!;
  let left = plan.sizes.length * types.length;
  let before = "";
  for (const [width, height] of plan.sizes) {
    await sized(track, preview, width, height);
    const size = `${preview.videoWidth} ${preview.videoHeight}`;
    if (size === before) continue; // the camera has nothing smaller
    before = size;
    const rate = await rateOf(preview);
    const own = await sameShare(preview, plan.test_s);
    for (const type of types) {
      tell(left-- * 2 * (plan.test_s + 0.5));
      const found = await attempt(stream, preview, type, plan, rate, own);
      tried.push(found);
      if (found.why === "") return { good: found, tried };
      if (found.why === "slow") return { good: null, tried };
    }
  }
  return { good: null, tried };
}

async function sized(track: MediaStreamTrack, preview: HTMLVideoElement, width: number, height: number): Promise<void> {
  const now = track.getSettings();
  if ((now.width ?? 0) * (now.height ?? 0) <= width * height) return;
  await track.applyConstraints({ width: { ideal: width }, height: { ideal: height } }).catch(() => undefined);
  await pause(300);
  await preview.play().catch(() => undefined);
}

export function rateFor(width: number, height: number, plan: RecorderPlan): number {
  return Math.round(Math.max(plan.least_rate_bps, width * height * plan.frame_rate_hz * plan.bits_per_pixel));
}

async function attempt(
  stream: MediaStream,
  preview: HTMLVideoElement,
  type: string,
  plan: RecorderPlan,
  rate_hz: number,
  own: number | null,
): Promise<Tried> {
  const [width, height] = [preview.videoWidth, preview.videoHeight];
  const rate_bps = rateFor(width, height, plan);
  const { film, seconds } = await record(stream, type, rate_bps, plan.test_s);
  const given = Math.round(rate_hz * seconds);
  const counter = new FrameCounter(type.includes("webm"));
  counter.push(new Uint8Array(await film.arrayBuffer()));
  const copied = await copiedShare(film, own, plan.test_s);
  const found = { type, width, height, rate_bps, rate_hz, delivered: given, kept: counter.count, copied };
  // Two pictures are under way when the recorder begins and ends.
  const lost = 1 - (counter.count + 2) / Math.max(given, 1);
  let why: Tried["why"] = "";
  if (rate_hz < LEAST_HZ * 0.95) why = "slow";
  else if (lost > plan.most_lost_share) why = "lost";
  else if (copied !== null && copied > plan.most_copied_share) why = "copied";
  return { ...found, why };
}

// How many pictures a second the camera gives while nothing else is done: what it gives to a recorder may be fewer.
async function rateOf(preview: HTMLVideoElement): Promise<number> {
  const [frames, begun] = [delivered(preview), performance.now()];
  await pause(RATE_MS);
  return (1000 * (delivered(preview) - frames)) / (performance.now() - begun);
}

function record(
  stream: MediaStream,
  type: string,
  rate: number,
  seconds: number,
): Promise<{ film: Blob; seconds: number }> {
  return new Promise((resolve, reject) => {
    let begun = performance.now();
    let ended = begun;
    const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: rate });
    const pieces: Blob[] = [];
    recorder.ondataavailable = (event) => pieces.push(event.data);
    recorder.onstop = () => resolve({ film: new Blob(pieces, { type }), seconds: (ended - begun) / 1000 });
    recorder.onerror = () => reject(new Error(type));
    recorder.onstart = () => {
      begun = performance.now();
      setTimeout(() => {
        ended = performance.now();
        recorder.stop();
      }, seconds * 1000);
    };
    recorder.start();
  });
}

// Pictures that the camera has given to a preview, whether they could be shown or not.
export function delivered(video: HTMLVideoElement): number {
  return video.getVideoPlaybackQuality().totalVideoFrames;
}

async function copiedShare(film: Blob, own: number | null, seconds: number): Promise<number | null> {
  if (own === null || own > STILL_SHARE) return null;
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.src = URL.createObjectURL(film);
  try {
    await video.play();
    const share = await sameShare(video, seconds);
    return share === null ? null : Math.max(0, (share - own) / (1 - own));
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(video.src);
    video.removeAttribute("src");
    video.load();
  }
}

// Share of 16 × 16 blocks that are the same in two neighbouring pictures; null where too few were to be had.
async function sameShare(video: HTMLVideoElement, seconds: number): Promise<number | null> {
  const canvas = document.createElement("canvas");
  const [width, height] = [video.videoWidth, video.videoHeight];
  if (width < BLOCK || height < BLOCK || !("requestVideoFrameCallback" in video)) return null;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  const until = performance.now() + (seconds + 1) * 1000;
  const shares: number[] = [];
  let last: { time: number; pixels: Uint8ClampedArray } | null = null;
  while (shares.length < PAIRS && performance.now() < until && !video.ended) {
    const time = await nextFrame(video, until);
    if (time === null) break;
    context.drawImage(video, 0, 0);
    const pixels: Uint8ClampedArray = context.getImageData(0, 0, width, height).data;
    if (last !== null && time > last.time && time - last.time < 0.06) {
      shares.push(same(last.pixels, pixels, width, height));
      last = null; // the next pair: comparing takes longer than a picture lasts
    } else last = { time, pixels };
  }
  if (shares.length === 0) return null;
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

function same(before: Uint8ClampedArray, after: Uint8ClampedArray, width: number, height: number): number {
  let [blocks, alike] = [0, 0];
  for (let top = 0; top + BLOCK <= height; top += BLOCK) {
    for (let left = 0; left + BLOCK <= width; left += BLOCK) {
      let sum = 0;
      for (let y = top; y < top + BLOCK; y++) {
        for (let at = 4 * (y * width + left) + 1, end = at + 4 * BLOCK; at < end; at += 4) {
          sum += Math.abs(before[at]! - after[at]!); // green stands for luma
        }
      }
      blocks += 1;
      if (sum < SAME * BLOCK * BLOCK) alike += 1;
    }
  }
  return alike / blocks;
}

function nextFrame(video: HTMLVideoElement, until: number): Promise<number | null> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(null), Math.max(50, until - performance.now()));
    video.requestVideoFrameCallback((_now, facts) => {
      clearTimeout(late);
      resolve(facts.mediaTime || facts.presentedFrames / 30);
    });
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
