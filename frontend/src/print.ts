// Buttons that print the page, or copy what stands beside them. Without a script both can be done by hand.

export function startPaper(): void {
  document.querySelectorAll<HTMLButtonElement>("button[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  document.querySelectorAll<HTMLButtonElement>("button[data-copy]").forEach((button) => {
    const from = document.getElementById(button.dataset["copy"]!);
    if (from === null || navigator.clipboard === undefined) return;
    button.hidden = false;
    button.addEventListener("click", () => void copy(button, from));
  });
}

async function copy(button: HTMLButtonElement, from: HTMLElement): Promise<void> {
  const lines = [...from.querySelectorAll("[data-line]")].map((line) => line.textContent);
  try {
    await navigator.clipboard.writeText((lines.length > 0 ? lines : [from.textContent]).join("\n"));
    button.textContent = button.dataset["done"] ?? "";
  } catch {
    const chosen = document.createRange(); // the browser does not let a page copy: mark it, so that one key does
    chosen.selectNodeContents(from);
    getSelection()?.removeAllRanges();
    getSelection()?.addRange(chosen);
  }
}
