// The protocol: what is asked for, how long it still takes, and when each block began and ended.

export interface Step {
  block: string;
  name: string;
  first: string;
  phases: { do_s: number; say: string }[];
}

export interface Block {
  name: string;
  start_s: number;
  stop_s: number;
}

export interface Shown {
  say: string;
  next: boolean; // it is only said what comes next
  left_s: number; // of this phase
  whole_left_s: number;
  share: number;
  turned: boolean; // another phase than a moment ago
}

interface Part {
  say: string;
  block: string | null;
  start_s: number;
  stop_s: number;
}

export class Protocol {
  readonly length_s: number;
  private readonly parts: Part[] = [];
  private last = -1;

  constructor(steps: Step[], lead_s: number) {
    let at = 0;
    steps.forEach((step, number) => {
      if (number > 0) {
        this.parts.push({ say: step.first, block: null, start_s: at, stop_s: at + lead_s });
        at += lead_s;
      }
      for (const phase of step.phases) {
        this.parts.push({ say: phase.say, block: step.block, start_s: at, stop_s: at + phase.do_s });
        at += phase.do_s;
      }
    });
    this.length_s = at;
  }

  // What is to be done at a moment; null when all is done.
  at(now_s: number): Shown | null {
    const number = this.parts.findIndex((part) => now_s < part.stop_s);
    const part = this.parts[number];
    if (part === undefined) return null;
    const turned = number !== this.last;
    this.last = number;
    return {
      say: part.say,
      next: part.block === null,
      left_s: part.stop_s - now_s,
      whole_left_s: this.length_s - now_s,
      share: now_s / this.length_s,
      turned,
    };
  }

  // The blocks up to a moment.
  blocks(now_s: number): Block[] {
    const found: Block[] = [];
    for (const part of this.parts) {
      if (part.block === null || part.start_s >= now_s) continue;
      const stop_s = Math.min(part.stop_s, now_s);
      const before = found[found.length - 1];
      if (before !== undefined && before.name === part.block && before.stop_s === part.start_s) before.stop_s = stop_s;
      else found.push({ name: part.block, start_s: part.start_s, stop_s });
    }
    return found.filter((block) => block.stop_s > block.start_s);
  }
}
