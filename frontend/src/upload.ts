// Sends a film by tus 1.0: what has arrived stays, whatever happens to the network, to the page or to the browser.

import { DetailedError, Upload } from "tus-js-client";
import { localDay } from "./day";

const WAITS_MS = [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 60_000, 60_000]; // three minutes without a server
const EARLY = 0.03; // chosen: before this share nobody can say how long the rest takes; 0.02 - 0.1

export function startUpload(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-upload]");
  if (form === null) return;
  const file = form.querySelector<HTMLInputElement>("input[type=file]")!;
  const day = form.querySelector<HTMLInputElement>("input[name=day]"); // of films alone
  file.addEventListener("change", () => {
    const chosen = file.files?.[0];
    if (day !== null && chosen !== undefined && chosen.lastModified > 0) day.value = localDay(new Date(chosen.lastModified));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = file.files?.[0];
    if (chosen !== undefined) void send(form, chosen);
  });
}

async function send(form: HTMLFormElement, film: File): Promise<void> {
  const bar = form.querySelector<HTMLProgressElement>("progress")!;
  const said = form.querySelector<HTMLElement>("[data-said]")!;
  const left = form.querySelector<HTMLElement>("[data-left]")!;
  const fields = form.querySelectorAll<HTMLFieldSetElement>("fieldset[data-told]");
  const leaving = (event: BeforeUnloadEvent) => event.preventDefault();
  const told = answers(form, film);
  fields.forEach((part) => (part.disabled = true));
  bar.hidden = false;
  said.className = "said";
  said.textContent = form.dataset["sending"] ?? "";
  window.addEventListener("beforeunload", leaving);
  try {
    const next = await run(form, film, told, (sent, begun) => {
      bar.value = sent / film.size;
      left.textContent = remaining(form, sent - begun.sent, film.size - sent, film.size, begun.at);
    });
    window.removeEventListener("beforeunload", leaving);
    window.location.assign(next);
  } catch (error) {
    window.removeEventListener("beforeunload", leaving);
    said.className = "said wrong";
    said.textContent = refusal(error) ?? form.dataset["lost"] ?? "";
    left.textContent = "";
    bar.hidden = true;
    fields.forEach((part) => (part.disabled = false));
    said.focus();
  }
}

function answers(form: HTMLFormElement, film: File): Record<string, string> {
  const told: Record<string, string> = { shown_name: film.name };
  for (const [key, value] of new FormData(form)) {
    if (typeof value === "string" && !["csrfmiddlewaretoken", "shown_name"].includes(key)) told[key] = value;
  }
  return told;
}

function run(
  form: HTMLFormElement,
  film: File,
  told: Record<string, string>,
  show: (sent: number, begun: { sent: number; at: number }) => void,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let begun: { sent: number; at: number } | null = null;
    const upload = new Upload(film, {
      endpoint: form.dataset["upload"] || form.action,
      metadata: told,
      headers: { "X-CSRFToken": form.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")!.value },
      chunkSize: Number(form.dataset["piece"]),
      retryDelays: WAITS_MS,
      removeFingerprintOnSuccess: true,
      // Whoever corrects an answer and sends the film again begins anew.
      fingerprint: (file) =>
        Promise.resolve(["facialis", file.size, file.lastModified, form.action, JSON.stringify(told)].join("-")),
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        return status === 0 || status >= 500 ? refusal(error) === null : [409, 423].includes(status);
      },
      onProgress: (sent) => {
        begun ??= { sent, at: performance.now() };
        show(sent, begun);
      },
      onError: (error) => {
        const status = error instanceof DetailedError ? (error.originalResponse?.getStatus() ?? 0) : 0;
        if (status >= 400 && status < 500) void forget(upload);
        reject(error);
      },
      onSuccess: (done) => {
        const next = done.lastResponse.getHeader("Casebook-Next");
        if (next === undefined) reject(new Error("no recording"));
        else resolve(next);
      },
    });
    void upload.findPreviousUploads().then((before) => {
      if (before[0] !== undefined) upload.resumeFromPreviousUpload(before[0]);
      upload.start();
    });
  });
}

async function forget(upload: Upload): Promise<void> {
  for (const before of await upload.findPreviousUploads()) localStorage.removeItem(before.urlStorageKey);
}

// What the casebook says against a film; null where it has said nothing, as without a network.
function refusal(error: unknown): string | null {
  if (!(error instanceof DetailedError)) return null;
  try {
    return (JSON.parse(error.originalResponse?.getBody() ?? "") as { message?: string }).message ?? null;
  } catch {
    return null;
  }
}

function remaining(form: HTMLFormElement, done: number, rest: number, size: number, since: number): string {
  if (done < EARLY * size || rest <= 0) return "";
  const seconds = Math.max(1, Math.round((rest * (performance.now() - since)) / 1000 / done));
  const percent = Math.floor((100 * (size - rest)) / size);
  const [text, number] =
    seconds < 90 ? [form.dataset["seconds"], seconds] : [form.dataset["minutes"], Math.round(seconds / 60)];
  return (text ?? "").replace("{percent}", String(percent)).replace("{number}", String(number));
}
