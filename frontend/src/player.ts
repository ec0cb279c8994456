// A click on an event's time shows it in the film, a little before it begins.

const BEFORE_S = 0.5;

export function startPlayer(): void {
  const film = document.querySelector<HTMLVideoElement>("video[data-film]");
  if (film === null) return;
  document.querySelectorAll<HTMLButtonElement>("button[data-at]").forEach((button) => {
    button.addEventListener("click", () => {
      film.currentTime = Math.max(0, Number(button.dataset["at"]) - BEFORE_S);
      film.scrollIntoView({ block: "nearest" });
      void film.play();
    });
  });
}
