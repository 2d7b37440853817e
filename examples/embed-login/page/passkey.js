/** Every form that needs a passkey asks the browser for it before it is sent. */
for (const form of document.querySelectorAll('form')) {
  const { passkey, options } = form.dataset;
  if (passkey === undefined || options === undefined) continue;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    answerOf(passkey, /** @type {Asked} */ (JSON.parse(options))).then(
      (credential) => {
        const response = form.elements.namedItem('response');
        if (response instanceof HTMLInputElement) response.value = JSON.stringify(credential);
        form.submit();
      },
      () => {
        const alert = form.querySelector('[role=alert]');
        if (alert) alert.textContent = 'There was no passkey. Nothing was sent.';
      },
    );
  });
}

/** @typedef {PublicKeyCredentialCreationOptionsJSON & PublicKeyCredentialRequestOptionsJSON} Asked */

/** @type {(ceremony: string, asked: Asked) => Promise<Credential | null>} */
async function answerOf(ceremony, asked) {
  if (ceremony === 'get')
    return await navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked),
    });
  return await navigator.credentials.create({
    publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked),
  });
}
