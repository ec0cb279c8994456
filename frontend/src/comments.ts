// Comments: sent without leaving the page, names completed behind an @, and moments of the film. All works by forms as well.

import { startMentions } from "./comments_names";

export function startComments(): void {
  const section = document.querySelector<HTMLElement>("#comments.comments");
  if (section === null) return;
  section.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(section, event.target as HTMLFormElement, event.submitter);
  });
  startMentions(section);
  section.addEventListener("click", (event) => follow(event));
  document.addEventListener("comment-here", (event) => begin(section, (event as CustomEvent<number>).detail));
  showMoments(section);
}

/** Send a form; what the casebook says then stands in the place of what stood there, drafts in other boxes stay. */
async function send(section: HTMLElement, form: HTMLFormElement, by: HTMLElement | null): Promise<void> {
  const told = new FormData(form, by);
  const buttons = [...form.querySelectorAll("button")];
  buttons.forEach((button) => (button.disabled = true));
  try {
    const answer = await fetch(form.action, { method: "POST", body: told, headers: { "HX-Request": "true" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector<HTMLElement>("#talk");
    if ((!answer.ok && answer.status !== 422) || fresh === null) throw new Error(String(answer.status));
    const box = form.querySelector("textarea");
    keepDrafts(section, fresh, box?.id ?? "");
    section.querySelector("#talk")!.replaceWith(fresh);
    say(section, fresh.dataset["said"] ?? "");
    land(fresh, answer.status === 422 ? box : null);
    showMoments(section);
  } catch {
    buttons.forEach((button) => (button.disabled = false));
    say(section, section.dataset["lost"] ?? "", true);
  }
}

function keepDrafts(section: HTMLElement, fresh: HTMLElement, sent: string): void {
  section.querySelectorAll("textarea").forEach((old) => {
    const same = fresh.querySelector<HTMLTextAreaElement>(`#${CSS.escape(old.id)}`);
    const mine = old.value !== old.defaultValue || old.getAttribute("aria-invalid") === "true";
    if (old.id === sent || same === null || !mine) return;
    same.value = old.value;
    const details = same.closest("details");
    if (details !== null) details.open = true;
  });
}

function say(section: HTMLElement, text: string, wrong = false): void {
  const said = section.querySelector<HTMLElement>("#comments-said")!;
  said.className = text === "" ? "said" : `said ${wrong ? "wrong" : "good"}`;
  said.textContent = text;
}

/** Where one goes on: the box in which something is wrong, else the comment that was meant. */
function land(fresh: HTMLElement, box: HTMLTextAreaElement | null): void {
  const wrong = box === null ? null : fresh.querySelector<HTMLElement>("[aria-invalid=true]");
  const place = wrong ?? document.getElementById(fresh.dataset["focus"] ?? "") ?? document.getElementById("comments-title");
  for (let outer = place?.closest("details"); outer != null; outer = outer.parentElement?.closest("details")) outer.open = true;
  if (place?.id === "comments-title") place.tabIndex = -1;
  place?.focus();
}

/** A link to the moment at which the address already stands: the film goes there again. */
function follow(event: MouseEvent): void {
  const link = (event.target as HTMLElement).closest<HTMLAnchorElement>("a[data-moment]");
  if (link === null || link.pathname !== location.pathname) return;
  const film = document.querySelector<HTMLVideoElement>("video[data-film]");
  film?.scrollIntoView({ block: "nearest" });
  if (link.hash === location.hash) window.dispatchEvent(new HashChangeEvent("hashchange"));
  else if (film?.controls === true) film.currentTime = Number(link.dataset["moment"]); // there is no player of ours
}

/** Write on the moment that the film shows. */
function begin(section: HTMLElement, time: number): void {
  const box = section.querySelector<HTMLTextAreaElement>("#say");
  if (box === null) return;
  box.value = `#t=${time.toFixed(3)} ${box.value.replace(/^#t=[\d.]+ ?/, "")}`;
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
}

/** Marks below the strip of the whole recording; the links in the comments say the same to those who do not see them. */
function showMoments(section: HTMLElement): void {
  const strip = document.querySelector<HTMLElement>('[data-part="strip"]');
  const film = document.querySelector<HTMLVideoElement>("video[data-film]");
  if (strip === null || film === null) return;
  if (!(film.duration > 0)) {
    film.addEventListener("loadedmetadata", () => showMoments(section), { once: true });
    return;
  }
  document.querySelector(".moments")?.remove();
  const links = [...section.querySelectorAll<HTMLAnchorElement>("a[data-moment]")].filter(
    (link) => Number(link.dataset["moment"]) <= film.duration,
  );
  if (links.length === 0) return;
  const row = document.createElement("div");
  row.className = "moments";
  row.setAttribute("aria-hidden", "true");
  for (const link of links) {
    const mark = document.createElement("i");
    mark.style.left = `${(100 * Number(link.dataset["moment"])) / film.duration}%`;
    mark.title = link.closest(".comment")?.querySelector(".by strong")?.textContent ?? "";
    mark.addEventListener("click", () => link.click());
    row.append(mark);
  }
  strip.after(row);
}
