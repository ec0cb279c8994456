// Passkeys: asks the browser for one (WebAuthn) and sends what it answers with the form that the button stands in.

type Told = Record<string, unknown>;

export function startPasskeys(): void {
  if (!window.isSecureContext || window.PublicKeyCredential === undefined) return;
  document.querySelectorAll<HTMLElement>("[data-passkey]").forEach((part) => {
    part.hidden = false;
    const button = part.querySelector("button")!;
    button.addEventListener("click", () => void use(part, button));
  });
}

async function use(part: HTMLElement, button: HTMLButtonElement): Promise<void> {
  const form = part.closest("form")!;
  const making = part.dataset["passkey"] === "make";
  const said = part.querySelector<HTMLElement>("[data-said]")!;
  const name = form.querySelector<HTMLInputElement>("input[name=name]");
  if (making && name?.required === true && !name.reportValidity()) return;
  said.textContent = "";
  said.className = "said";
  button.disabled = true;
  try {
    const options = await ask(part.dataset["ask"]!, form, part.dataset["token"] ?? "");
    const answer = making ? await make(options) : await get(options);
    form.querySelector<HTMLInputElement>("input[name=passkey]")!.value = JSON.stringify(answer);
    form.noValidate = true; // a passkey answers for the fields that stay empty
    form.submit();
  } catch (error) {
    const given = error instanceof DOMException && error.name === "InvalidStateError";
    said.className = "said wrong";
    said.textContent = (given ? part.dataset["have"] : part.dataset["failed"]) ?? "";
    button.disabled = false;
    button.focus();
  }
}

async function ask(address: string, form: HTMLFormElement, token: string): Promise<Told> {
  const told = new FormData();
  const fields = new FormData(form);
  told.set("csrfmiddlewaretoken", String(fields.get("csrfmiddlewaretoken")));
  told.set("name", String(fields.get("name") ?? ""));
  told.set("token", token);
  const answer = await fetch(address, { method: "POST", body: told });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()) as Told;
}

async function make(options: Told): Promise<Told> {
  const user = options["user"] as Told;
  const made = (await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options["challenge"]),
      user: { ...user, id: bytes(user["id"]) },
      excludeCredentials: descriptors(options["excludeCredentials"]),
    } as unknown as PublicKeyCredentialCreationOptions,
  })) as PublicKeyCredential;
  const response = made.response as AuthenticatorAttestationResponse;
  return told(made, { attestationObject: text(response.attestationObject) }, response.clientDataJSON);
}

async function get(options: Told): Promise<Told> {
  const got = (await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytes(options["challenge"]),
      allowCredentials: descriptors(options["allowCredentials"]),
    } as unknown as PublicKeyCredentialRequestOptions,
  })) as PublicKeyCredential;
  const response = got.response as AuthenticatorAssertionResponse;
  const more: Told = { authenticatorData: text(response.authenticatorData), signature: text(response.signature) };
  if (response.userHandle !== null) more["userHandle"] = text(response.userHandle);
  return told(got, more, response.clientDataJSON);
}

function told(from: PublicKeyCredential, response: Told, client: ArrayBuffer): Told {
  return {
    id: from.id,
    rawId: text(from.rawId),
    type: from.type,
    clientExtensionResults: {},
    response: { ...response, clientDataJSON: text(client) },
  };
}

function descriptors(list: unknown): Told[] {
  return ((list ?? []) as Told[]).map((item) => ({ ...item, id: bytes(item["id"]) }));
}

function bytes(letters: unknown): ArrayBuffer {
  const plain = atob(String(letters).replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0)).buffer;
}

function text(buffer: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
