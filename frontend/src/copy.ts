// Sentences to be copied, one by one. Without a script they are selected by hand.

export function startCopying(): void {
  const region = document.querySelector<HTMLElement>("#announced");
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    const text = button.parentElement?.querySelector<HTMLElement>("[data-snippet]");
    if (!text) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      void copied(text).then((good) => {
        const said = (good ? button.dataset["copy"] : button.dataset["failed"]) ?? "";
        show(button, said);
        if (region !== null) {
          region.textContent = "";
          window.setTimeout(() => (region.textContent = said), 150);
        }
      });
    });
  }
}

/** True when it is on the clipboard; else it stands selected, so that one key copies it. */
async function copied(text: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText((text.textContent ?? "").trim());
    return true;
  } catch {
    window.getSelection()?.selectAllChildren(text);
    return false;
  }
}

function show(button: HTMLElement, said: string): void {
  const place = button.parentElement!;
  const note = place.querySelector<HTMLElement>(".copied") ?? document.createElement("span");
  note.className = "copied hint";
  note.setAttribute("aria-hidden", "true"); // the region says it
  note.textContent = said;
  place.append(note);
}
