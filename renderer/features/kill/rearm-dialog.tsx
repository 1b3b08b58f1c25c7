import { Button, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Failure } from '../../../main/contracts/result.ts';
import { useConsole, useSelect } from '../../components/console-context.tsx';
import { ReasonField } from '../../components/reason-field.tsx';
import { utcDateTime } from '../../store/format.ts';
import { ask } from '../commands/ask.ts';

/** Lifts a kill latch: a reason and the provider's name, typed. The LP stays inactive until it is activated. */
export function RearmDialog({ provider }: { readonly provider: string }) {
  const { link } = useConsole();
  const state = useSelect((all) => all.mirror.lps[provider]?.state);
  const close = useSelect((all) => all.close);
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const ready = typed === provider && reason.trim() !== '';
  const rearm = async (): Promise<void> => {
    const result = await ask(link, `${provider} · Re-arm`, 'lp.rearm', { provider, reason: reason.trim(), typed });
    if (result.ok) close();
    else setFailure(result.error);
  };
  return (
    <Modal opened onClose={close} title={`Re-arm ${provider}`} size={480}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) void rearm();
        }}
      >
        {state?.kind === 'killed' && (
          <p className="note">
            Killed by {state.latch.by} at {utcDateTime(state.latch.atMs)} UTC: {state.latch.reason}
          </p>
        )}
        <ReasonField
          value={reason}
          onChange={setReason}
          usual={['cause found and fixed', 'LP confirmed', 'drill over']}
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
          <Button type="submit" variant="filled" disabled={!ready}>
            Re-arm
          </Button>
        </div>
      </form>
    </Modal>
  );
}
