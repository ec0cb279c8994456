// The strip under a film for practice shows where the film stands.

export function startTruth(): void {
  const page = document.querySelector<HTMLElement>("#rate-truth");
  const film = page?.querySelector("video");
  if (!page || !film) return;
  const marks = [...page.querySelectorAll<SVGPathElement>(".rate-now")];
  const show = (): void => {
    for (const mark of marks) mark.setAttribute("transform", `translate(${(film.currentTime * Number(mark.dataset["second"])).toFixed(1)} 0)`);
    if (!film.paused) requestAnimationFrame(show);
  };
  for (const what of ["play", "seeked", "timeupdate"]) film.addEventListener(what, show);
}
