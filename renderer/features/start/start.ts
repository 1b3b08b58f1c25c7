import { START_STEPS, startText } from '../../../main/contracts/start-steps.ts';

/** The page that the desktop's window has until the console is up: which step it is at stands in the URL's fragment. */
function show(): void {
  const step = Number(window.location.hash.slice(1));
  const text = startText(step);
  const sentence = document.querySelector('p');
  const bar = document.querySelector('progress');
  if (text === null || sentence === null || bar === null) return;
  sentence.textContent = text;
  bar.max = START_STEPS.length;
  // A step that has begun is not done.
  bar.value = step - 1;
}

window.addEventListener('hashchange', show);
show();
