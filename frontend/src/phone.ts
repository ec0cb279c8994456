// The page on the phone: sends a film in pieces and goes on after a lost network. Without it the form is sent whole.
import { localDay } from "./day";

const TRIES = 10; // chosen: with the waits below, some minutes without a network
const LONGEST_WAIT_MS = 30_000;
const EARLY = 0.03; // chosen: before this share nobody can say how long the rest takes

class Refused extends Error {}

const form = document.querySelector<HTMLFormElement>("form[data-phone]");
if (form !== null && typeof fetch === "function") start(form);

function start(form: HTMLFormElement): void {
  const file = form.querySelector<HTMLInputElement>("input[type=file]")!;
  const day = form.querySelector<HTMLInputElement>("input[name=day]")!;
  file.addEventListener("change", () => {
    const chosen = file.files?.[0];
    if (chosen !== undefined && chosen.lastModified > 0) day.value = localDay(new Date(chosen.lastModified));
  });
  form.addEventListener("submit", (event) => {
    const chosen = file.files?.[0];
    if (chosen === undefined) return;
    event.preventDefault();
    void send(form, chosen);
  });
}

async function send(form: HTMLFormElement, film: File): Promise<void> {
  const bar = form.querySelector<HTMLProgressElement>("progress")!;
  const said = form.querySelector<HTMLElement>("[data-said]")!;
  const fields = form.querySelector<HTMLFieldSetElement>("fieldset[data-told]")!;
  const told = toldOf(form, film);
  fields.disabled = true;
  bar.hidden = false;
  said.className = "said";
  said.textContent = form.dataset["sending"] ?? "";
  const leaving = (event: BeforeUnloadEvent) => event.preventDefault();
  window.addEventListener("beforeunload", leaving);
  try {
    const message = await sendPieces(form, film, told, (share, spentMs) => {
      bar.value = share;
      said.textContent = words(form, share, spentMs);
    });
    bar.value = 1;
    fields.hidden = true;
    said.className = "said good";
    said.textContent = message;
  } catch (error) {
    said.className = "said wrong";
    said.textContent = error instanceof Refused ? error.message : (form.dataset["lost"] ?? "");
    bar.hidden = true;
    fields.disabled = false;
  }
  window.removeEventListener("beforeunload", leaving);
  said.focus();
}

function toldOf(form: HTMLFormElement, film: File): URLSearchParams {
  const told = new URLSearchParams();
  new FormData(form).forEach((value, name) => {
    if (typeof value === "string") told.set(name, value);
  });
  told.set("shown_name", film.name);
  told.set("size_bytes", String(film.size));
  return told;
}

function words(form: HTMLFormElement, share: number, spentMs: number): string {
  if (share < EARLY) return form.dataset["sending"] ?? "";
  const leftS = Math.max(1, Math.round(((spentMs / 1000) * (1 - share)) / share));
  const left =
    leftS < 90
      ? (form.dataset["seconds"] ?? "").replace("{count}", String(leftS))
      : (form.dataset["minutes"] ?? "").replace("{count}", String(Math.round(leftS / 60)));
  return (form.dataset["left"] ?? "").replace("{percent}", String(Math.floor(100 * share))).replace("{left}", left);
}

async function sendPieces(
  form: HTMLFormElement,
  film: File,
  told: URLSearchParams,
  show: (share: number, spentMs: number) => void,
): Promise<string> {
  const piece = Number(form.dataset["piece"]);
  let offset = -1; // not announced yet
  let failed = 0;
  let begun = 0;
  let beganMs = 0;
  for (;;) {
    try {
      const answer =
        offset < 0
          ? await fetch("film", { method: "POST", body: told })
          : await fetch("film", {
              method: "PATCH",
              body: film.slice(offset, offset + piece),
              headers: { "Upload-Offset": String(offset), "Content-Type": "application/octet-stream" },
            });
      const here = answer.headers.get("Upload-Offset");
      if (here !== null) {
        if (offset < 0) {
          begun = Number(here);
          beganMs = performance.now();
        }
        offset = Number(here);
        failed = 0;
        // The time left goes by what was sent since then: a film that goes on after a while was not slow.
        const share = (offset - begun) / Math.max(1, film.size - begun);
        show(begun === 0 ? offset / film.size : share, performance.now() - beganMs);
      } else if (answer.status === 201) {
        return await message(answer);
      } else if (answer.status < 500 && answer.status !== 429) {
        throw new Refused((await message(answer)) || (form.dataset["lost"] ?? ""));
      } else {
        throw new Error(String(answer.status));
      }
    } catch (error) {
      if (error instanceof Refused || ++failed > TRIES) throw error;
      const said = form.querySelector<HTMLElement>("[data-said]")!;
      said.textContent = form.dataset["again"] ?? "";
      await new Promise((resolve) => setTimeout(resolve, Math.min(500 * 2 ** failed, LONGEST_WAIT_MS)));
      if (offset >= 0) offset = await here(offset);
    }
  }
}

async function here(before: number): Promise<number> {
  try {
    const answer = await fetch("film", { method: "HEAD" });
    return answer.ok ? Number(answer.headers.get("Upload-Offset") ?? before) : before;
  } catch {
    return before; // still no network: the next piece fails as well, and is counted
  }
}

async function message(answer: Response): Promise<string> {
  try {
    return ((await answer.json()) as { message: string }).message;
  } catch {
    return "";
  }
}
