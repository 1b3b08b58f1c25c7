import { Button, Modal, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Failure } from '../../../main/contracts/result.ts';
import { useConsole, useSelect } from '../../components/console-context.tsx';
import { ReasonField } from '../../components/reason-field.tsx';
import { SendButton } from '../../components/send-button.tsx';
import { ask } from './ask.ts';

interface TypedDialogProps {
  readonly provider: string;
  readonly channel: 'lp.rearm' | 'lp.take-over';
  /** As its title has it, before the LP's name. */
  readonly action: string;
  /** On its button. */
  readonly button: string;
  /** Reasons that come up often. */
  readonly usual: readonly string[];
  readonly size: number;
  /** What there is to know before. */
  readonly children: ReactNode;
}

/** What is done deliberately: with a reason, and the LP's name typed. */
export function TypedDialog({ provider, channel, action, button, usual, size, children }: TypedDialogProps) {
  const { link } = useConsole();
  const close = useSelect((all) => all.close);
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const ready = typed === provider && reason.trim() !== '';
  const go = async (): Promise<void> => {
    const result = await ask(link, `${provider} · ${action}`, channel, { provider, reason: reason.trim(), typed });
    if (result.ok) close();
    else setFailure(result.error);
  };
  return (
    <Modal opened onClose={close} title={`${action} ${provider}`} size={size}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) void go();
        }}
      >
        {children}
        <ReasonField
          value={reason}
          onChange={setReason}
          usual={usual}
          error={failure?.field === 'reason' ? failure.message : null}
          autoFocus
        />
        <TextInput
          label={`Type ${provider}`}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          error={failure !== null && failure.field !== 'reason' ? failure.message : null}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <div className="dialog-actions">
          <span className="spring" />
          <Button onClick={close}>Cancel</Button>
          <SendButton type="submit" variant="filled" disabled={!ready}>
            {button}
          </SendButton>
        </div>
      </form>
    </Modal>
  );
}
