// Sends a film in pieces: what has arrived stays, whatever happens to the network or to the page's patience.

const TRIES = 8; // chosen: with the waits below, about four minutes without a server
const LONGEST_WAIT_MS = 60_000;

class Refused extends Error {}

export function startUpload(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-upload]");
  if (form === null) return;
  const file = form.querySelector<HTMLInputElement>("input[type=file]")!;
  const day = form.querySelector<HTMLInputElement>("input[name=day]")!;
  file.addEventListener("change", () => {
    const chosen = file.files?.[0];
    if (chosen !== undefined && chosen.lastModified > 0) day.value = localDay(new Date(chosen.lastModified));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = file.files?.[0];
    if (chosen !== undefined) void send(form, chosen);
  });
}

function localDay(moment: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

async function send(form: HTMLFormElement, film: File): Promise<void> {
  const bar = form.querySelector<HTMLProgressElement>("progress")!;
  const said = form.querySelector<HTMLElement>("[data-said]")!;
  const fields = form.querySelectorAll<HTMLFieldSetElement>("fieldset[data-told]");
  const token = form.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")!.value;
  const leaving = (event: BeforeUnloadEvent) => event.preventDefault();
  const told = new FormData(form);
  told.delete("file");
  told.set("shown_name", film.name);
  told.set("size_bytes", String(film.size));
  fields.forEach((part) => (part.disabled = true));
  bar.hidden = false;
  said.className = "said";
  said.textContent = form.dataset["sending"] ?? "";
  window.addEventListener("beforeunload", leaving);
  try {
    const place = await announce(form.action, told, token);
    const next = await sendPieces(place, film, token, Number(form.dataset["piece"]), (share) => (bar.value = share));
    window.removeEventListener("beforeunload", leaving);
    window.location.assign(next);
  } catch (error) {
    window.removeEventListener("beforeunload", leaving);
    said.className = "said wrong";
    said.textContent = error instanceof Refused ? error.message : (form.dataset["lost"] ?? "");
    bar.hidden = true;
    fields.forEach((part) => (part.disabled = false));
    said.focus();
  }
}

async function announce(address: string, told: FormData, token: string): Promise<string> {
  const answer = await fetch(address, { method: "POST", body: told, headers: { "X-CSRFToken": token } });
  if (!answer.ok) throw new Refused(await message(answer));
  return ((await answer.json()) as { url: string }).url;
}

async function sendPieces(
  place: string,
  film: File,
  token: string,
  piece: number,
  show: (share: number) => void,
): Promise<string> {
  let offset = 0;
  let failed = 0;
  for (;;) {
    try {
      const answer = await fetch(place, {
        method: "PATCH",
        body: film.slice(offset, offset + piece),
        headers: { "X-CSRFToken": token, "Upload-Offset": String(offset), "Content-Type": "application/octet-stream" },
      });
      if (answer.status === 201) return ((await answer.json()) as { next: string }).next;
      if (answer.status === 204 || answer.status === 409) {
        offset = Number(answer.headers.get("Upload-Offset"));
        failed = 0;
        show(offset / film.size);
      } else if (answer.status < 500 || answer.headers.get("Content-Type") === "application/json") {
        throw new Refused(await message(answer));
      } else {
        throw new Error(String(answer.status));
      }
    } catch (error) {
      if (error instanceof Refused || ++failed > TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.min(1000 * 2 ** failed, LONGEST_WAIT_MS)));
      offset = await here(place, offset);
    }
  }
}

async function here(place: string, before: number): Promise<number> {
  try {
    const answer = await fetch(place, { method: "HEAD" });
    return answer.ok ? Number(answer.headers.get("Upload-Offset")) : before;
  } catch {
    return before; // still no network: the next piece fails as well, and is counted
  }
}

async function message(answer: Response): Promise<string> {
  try {
    return ((await answer.json()) as { message: string }).message;
  } catch {
    return String(answer.status);
  }
}
