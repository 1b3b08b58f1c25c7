import { Button, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Failure } from '../../../main/contracts/result.ts';
import { useConsole, useSelect } from '../../components/console-context.tsx';
import { ReasonField } from '../../components/reason-field.tsx';
import { utcDateTime } from '../../store/format.ts';
import { ask } from '../commands/ask.ts';

/** A person's word that a silent console is gone: a reason and the provider's name, typed. */
export function TakeOverDialog({ provider }: { readonly provider: string }) {
  const { link } = useConsole();
  const silent = useSelect((all) => all.mirror.lps[provider]?.silentOwner ?? null);
  const close = useSelect((all) => all.close);
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const ready = typed === provider && reason.trim() !== '';
  const takeOver = async (): Promise<void> => {
    const result = await ask(link, `${provider} · Take over`, 'lp.take-over', { provider, reason: reason.trim(), typed });
    if (result.ok) close();
    else setFailure(result.error);
  };
  return (
    <Modal opened onClose={close} title={`Take over ${provider}`} size={560}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) void takeOver();
        }}
      >
        <p className="note">
          {silent === null
            ? 'The console that owned it is heard of again.'
            : `${silent.name} owned ${provider} and has been silent since ${utcDateTime(silent.sinceMs)} UTC. `}
          It may only have lost the database, and then its sessions are still on: two Logons on one session. An LP that was killed
          there meanwhile is not known to be killed here. Go on when its process or its machine is certainly gone. Everything that
          it owned is taken over.
        </p>
        <ReasonField
          value={reason}
          onChange={setReason}
          usual={['machine is off', 'process has ended', 'drill']}
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
            It is gone: take over
          </Button>
        </div>
      </form>
    </Modal>
  );
}
