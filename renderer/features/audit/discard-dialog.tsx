import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import type { RefusedWrite } from '../../../main/contracts/refused.ts';
import type { Failure } from '../../../main/contracts/result.ts';
import { useConsole, useSelect } from '../../components/console-context.tsx';
import { ReasonField } from '../../components/reason-field.tsx';
import { SendButton } from '../../components/send-button.tsx';
import { ask } from '../commands/ask.ts';
import { refusedNow } from './refused-writes.tsx';

/** Refused writes are given up for good: with a reason, and what they are before the operator's eyes. */
export function DiscardDialog({ writes }: { readonly writes: readonly RefusedWrite[] }) {
  const { link } = useConsole();
  const close = useSelect((state) => state.close);
  const [reason, setReason] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const title = writes.length === 1 ? 'Discard a refused write' : `Discard ${writes.length} refused writes`;
  const ready = reason.trim() !== '';
  const go = async (): Promise<void> => {
    const ids = writes.map(({ id }) => id);
    const left = await ask(link, title, 'refused.discard', { ids, reason: reason.trim() });
    if (left.ok) close();
    else setFailure(left.error);
  };
  return (
    <Modal opened onClose={close} title={title} size={560}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) void go();
        }}
      >
        <p className="note">
          Discarded writes are never made and not shown any more; the audit has which, the console’s log what they were. Retry
          first when the cause is mended, and export them when somebody may still ask for them.
        </p>
        <div className="scroll-box">
          <table className="plain" aria-label="To be discarded">
            <tbody>
              {writes.map(({ id, provider, what, current }) => (
                <tr key={id}>
                  <td>{provider ?? 'all'}</td>
                  <td className="wide">{what}</td>
                  <td data-tone={current ? 'attention' : undefined}>{refusedNow(current)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <ReasonField
          value={reason}
          onChange={setReason}
          usual={['exported', 'no longer needed', 'drill']}
          error={failure?.message ?? null}
          autoFocus
        />
        <div className="dialog-actions">
          <span className="spring" />
          <Button onClick={close}>Cancel</Button>
          <SendButton type="submit" variant="filled" disabled={!ready}>
            Discard
          </SendButton>
        </div>
      </form>
    </Modal>
  );
}
