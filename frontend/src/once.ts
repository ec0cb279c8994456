// A form that makes an account is sent once: of two answers the browser would show the second, which has no codes.

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
