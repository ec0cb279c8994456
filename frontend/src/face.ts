// A face on which muscles are clicked: a spot leads to its field, and shows whether something stands there.

export function startFace(): void {
  for (const spot of document.querySelectorAll<SVGAElement>("[data-site]")) {
    const field = document.getElementById(spot.dataset["site"] ?? "") as HTMLInputElement | null;
    if (field === null) continue;
    spot.addEventListener("click", (event) => {
      event.preventDefault();
      field.focus();
      field.select();
    });
    field.addEventListener("input", () => spot.classList.toggle("given", field.value.trim() !== ""));
    field.addEventListener("focus", () => spot.classList.add("near"));
    field.addEventListener("blur", () => spot.classList.remove("near"));
  }
}
