// A form that makes an account or a sheet is sent once: a double click would make two sheets, and of two answers to the
// first form the browser would show the second.

export function startOnce(): void {
  document.querySelectorAll<HTMLFormElement>("form[data-once]").forEach((form) => {
    let sent = false;
    form.addEventListener("submit", (event) => {
      if (sent) event.preventDefault();
      sent = true;
    });
    window.addEventListener("pageshow", () => (sent = false)); // somebody came back to it
  });
}
