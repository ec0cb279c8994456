// Locks the casebook when nobody has used it for a while, in all tabs at once; and says that somebody is here while
// they type or look at a film, which asks the casebook for nothing.

const STEP_MS = 15_000; // how often it is looked
const SAID_MS = 60_000; // as often as the casebook writes it down
const KEPT = "casebook-used";

export function startLock(): void {
  const idle = Number(document.body.dataset["idleMin"]) * 60_000;
  const form = document.querySelector<HTMLFormElement>("form[data-leave]");
  if (!(idle > 0) || form === null) return;
  let said = Date.now();
  const used = (): void => {
    const now = Date.now();
    localStorage.setItem(KEPT, String(now));
    if (now - said < SAID_MS) return;
    said = now;
    const told = new FormData();
    told.set("csrfmiddlewaretoken", form.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")!.value);
    fetch(document.body.dataset["here"]!, { method: "POST", body: told }).catch(() => undefined);
  };
  used();
  for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"])
    document.addEventListener(kind, used, { passive: true });
  setInterval(() => {
    if (busy()) used();
    if (Date.now() - Number(localStorage.getItem(KEPT) ?? Date.now()) <= idle) return;
    form.querySelector<HTMLInputElement>("[name=next]")!.value = location.pathname + location.search;
    form.submit();
  }, STEP_MS);
}

function busy(): boolean {
  // A film that plays or is being taken, or one that is on its way into the casebook.
  const plays = [...document.querySelectorAll("video")].some((film) => !film.paused);
  return plays || document.querySelector("form progress:not([hidden]), [data-busy]") !== null;
}
