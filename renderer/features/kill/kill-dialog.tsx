import { Button, Kbd, Modal } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useConsole, useSelect } from '../../components/console-context.tsx';
import { HoldButton } from '../../components/hold-button.tsx';
import { ReasonField } from '../../components/reason-field.tsx';
import { useHold } from '../../components/use-hold.ts';
import { cannotSend } from '../../store/sendable.ts';
import { killOne } from './press-kill.ts';
import { SessionFacts } from './session-facts.tsx';

export const KILL_REASONS = ['wrong prices', 'runaway orders', 'LP asked for it', 'drill'] as const;

interface KillDialogProps {
  readonly provider: string;
  /** The chord that opened the dialog is still down: its hold has begun. */
  readonly held: boolean;
}

/** Kills one LP: the button, or Ctrl+Shift+K, held for one second. */
export function KillDialog({ provider, held }: KillDialogProps) {
  const console = useConsole();
  const lp = useSelect((state) => state.mirror.lps[provider]);
  const close = useSelect((state) => state.close);
  const why = useSelect((state) => cannotSend(state, 'kills'));
  const [reason, setReason] = useState('');
  const hold = useHold(() => void killOne(console, provider, reason));
  const { start, cancel } = hold;

  useEffect(() => {
    if (held) start();
    const down = (event: KeyboardEvent): void => {
      if (!event.ctrlKey || !event.shiftKey || event.code !== 'KeyK') return;
      event.preventDefault();
      if (!event.repeat) start();
    };
    const up = (event: KeyboardEvent): void => {
      if (event.code === 'KeyK' || event.key === 'Control' || event.key === 'Shift') cancel();
    };
    window.addEventListener('keydown', down);
    window.addEventListener('keyup', up);
    return () => {
      window.removeEventListener('keydown', down);
      window.removeEventListener('keyup', up);
    };
  }, [held, start, cancel]);

  if (lp === undefined) return null;
  return (
    <Modal opened onClose={close} title={`Kill ${provider}`} size={560} className="danger-modal">
      <SessionFacts lp={lp} />
      <p className="note">
        The session is logged out, its connection and processes are ended, and it stays down until it is re-armed. A Logout by
        itself cancels no order.
      </p>
      <ReasonField
        value={reason}
        onChange={setReason}
        usual={KILL_REASONS}
        placeholder="optional; nothing waits for it"
        autoFocus
      />
      <div className="dialog-actions">
        <span className="note">
          or hold <Kbd size="xs">Ctrl</Kbd> <Kbd size="xs">Shift</Kbd> <Kbd size="xs">K</Kbd>
        </span>
        <span className="spring" />
        <Button onClick={close}>Cancel</Button>
        <HoldButton hold={hold} why={why}>
          {hold.holding ? 'Keep holding …' : `Hold to kill ${provider}`}
        </HoldButton>
      </div>
    </Modal>
  );
}
