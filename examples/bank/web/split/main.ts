/** On a narrow screen one of the two is shown; both go on living, so that a question finds the phone awake. */
const tabs = [...document.querySelectorAll<HTMLButtonElement>('[role=tab]')];
const waiting = document.querySelector('#waiting');

function select(chosen: HTMLButtonElement): void {
  for (const tab of tabs) {
    const isChosen = tab === chosen;
    tab.setAttribute('aria-selected', String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
  }
  document.body.dataset['shown'] = chosen.getAttribute('aria-controls') ?? '';
  if (chosen.id === 'tab-phone' && waiting !== null) waiting.textContent = '';
}

for (const tab of tabs) {
  tab.addEventListener('click', () => select(tab));
  tab.addEventListener('keydown', ({ key }) => {
    if (key !== 'ArrowLeft' && key !== 'ArrowRight') return;
    const other = tabs.find((one) => one !== tab);
    if (other === undefined) return;
    select(other);
    other.focus();
  });
}

addEventListener('message', ({ origin, data }) => {
  const isShown = document.body.dataset['shown'] === 'phone';
  if (origin === location.origin && data === 'asked' && !isShown && waiting !== null)
    waiting.textContent = 'asks you';
});

document.body.dataset['shown'] = 'bank';
