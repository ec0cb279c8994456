// Names behind an @: a list below the box, by arrows and Enter or by a tap; Escape closes it.

const MOST = 6;

export function startMentions(section: HTMLElement): void {
  section.addEventListener("input", (event) => {
    if (event.target instanceof HTMLTextAreaElement) offer(section, event.target);
  });
  section.addEventListener("keydown", (event) => {
    const box = event.target;
    const list = section.querySelector<HTMLElement>(".mentions");
    if (!(box instanceof HTMLTextAreaElement) || list === null) return;
    const names = [...list.children] as HTMLElement[];
    const now = names.findIndex((name) => name.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      select(box, names, (now + (event.key === "ArrowDown" ? 1 : names.length - 1)) % names.length);
    } else if (event.key === "Enter" || event.key === "Tab") take(section, box, names[now]!.textContent!);
    else if (event.key === "Escape") close(section, box);
    else return;
    event.preventDefault();
  });
  section.addEventListener("focusout", (event) => {
    if (event.target instanceof HTMLTextAreaElement) close(section, event.target);
  });
}

/** What is written behind the last @, up to where one writes; null: one writes no name. */
function begun(box: HTMLTextAreaElement): string | null {
  const found = /(?:^|[^\w])@([^\n@]{0,40})$/.exec(box.value.slice(0, box.selectionStart));
  return found === null ? null : found[1]!;
}

function offer(section: HTMLElement, box: HTMLTextAreaElement): void {
  close(section, box);
  const letters = begun(box)?.toLocaleLowerCase();
  if (letters === undefined) return;
  const options = document.querySelectorAll<HTMLOptionElement>(`#${box.dataset["names"] ?? ""} option`);
  const names = [...options].map((option) => option.value);
  const fit = names.filter((name) => name.toLocaleLowerCase().startsWith(letters)).slice(0, MOST);
  if (fit.length === 0 || fit.some((name) => name.toLocaleLowerCase() === letters.trimEnd())) return;
  const list = document.createElement("ul");
  list.className = "mentions";
  list.id = "mentions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", (section.dataset["mention"] ?? "").replace("{count}", String(fit.length)));
  fit.forEach((name, place) => {
    const item = document.createElement("li");
    item.id = `mention-${place}`;
    item.setAttribute("role", "option");
    item.textContent = name;
    item.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the box keeps the focus
      take(section, box, name);
    });
    list.append(item);
  });
  box.after(list);
  box.setAttribute("aria-controls", "mentions");
  select(box, [...list.children] as HTMLElement[], 0);
}

function select(box: HTMLTextAreaElement, names: HTMLElement[], place: number): void {
  names.forEach((name, at) => name.setAttribute("aria-selected", String(at === place)));
  box.setAttribute("aria-activedescendant", names[place]!.id);
}

function take(section: HTMLElement, box: HTMLTextAreaElement, name: string): void {
  const until = box.selectionStart;
  const from = until - (begun(box)?.length ?? 0);
  box.setRangeText(`${name} `, from, until, "end");
  close(section, box);
}

function close(section: HTMLElement, box: HTMLTextAreaElement): void {
  section.querySelector(".mentions")?.remove();
  box.removeAttribute("aria-controls");
  box.removeAttribute("aria-activedescendant");
}
