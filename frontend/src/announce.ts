// What happens on a page is told to those who do not see it: one region, and not each per cent.

const STEPS = [0, 25, 50, 75];
const WAIT_MS = 150; // an empty region must be known to the reader before it speaks

function said(node: Element | null): string {
  return (node?.textContent ?? "").replace(/\s+/g, " ").trim();
}

export function startAnnouncing(): void {
  const region = document.querySelector<HTMLElement>("#announced");
  if (!region) return;
  const told = new WeakSet<Element>();
  let step = -1;
  let running = sessionStorage.getItem("running") === location.pathname;

  const tell = (text: string): void => {
    if (text) window.setTimeout(() => (region.textContent = text), WAIT_MS);
  };
  const look = (): void => {
    const news = [...document.querySelectorAll("[data-announce]")].filter((one) => !told.has(one) && said(one));
    news.forEach((one) => told.add(one));
    if (news.length) tell(news.map(said).join(" "));
    const bar = document.querySelector<HTMLProgressElement>("#progress progress");
    if (bar) {
      const now = Math.max(...STEPS.filter((one) => one <= bar.value));
      if (now > step) {
        tell(said(document.querySelector("#progress p")));
        step = now;
      }
      running = true;
      sessionStorage.setItem("running", location.pathname);
    } else if (running) {
      running = false;
      sessionStorage.removeItem("running");
      const outcome = said(document.querySelector(".answer .lead, .answer .said, #page h2 + .lead"));
      tell(`${region.dataset.done ?? ""} ${outcome}`.trim());
    }
  };
  look();
  new MutationObserver(look).observe(document.querySelector("main") ?? document.body, { childList: true, subtree: true });
}
