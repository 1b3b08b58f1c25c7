import { Kbd, Modal } from '@mantine/core';
import { useSelect } from '../../components/console-context.tsx';

const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['j', 'k'], 'next, previous LP (in the list also ↓ ↑)'],
  [['Enter'], 'open the LP'],
  [['Esc'], 'closes what is in front; else back'],
  [['/'], 'filter: words of name, state, host, CompID; “trouble” finds what needs a person'],
  [['l'], 'FIX log of the LP'],
  [['Ctrl', 'K'], 'command palette: every action'],
  [
    ['Ctrl', 'Shift', 'K'],
    'kill the LP that is marked, from every screen and over every dialog: opens the kill dialog; held for one second it kills',
  ],
  [['?'], 'this list'],
];

/** The overlay with all keys. No single key does damage. */
export function KeysHelp() {
  const close = useSelect((state) => state.close);
  return (
    <Modal opened onClose={close} title="Keys" size={520}>
      <dl className="keys">
        {KEYS.map(([keys, does]) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <Kbd key={key} size="sm">
                  {key}
                </Kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p className="note">
        Killing one LP: hold the button or the chord for one second; letting go before takes it back. Killing all: type KILL.
      </p>
    </Modal>
  );
}
