import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { useConsole, useSelect } from '../../components/console-context.tsx';
import { ReasonField } from '../../components/reason-field.tsx';
import { SendButton } from '../../components/send-button.tsx';
import { ask } from './ask.ts';

const ACTIONS = {
  deactivate: {
    channel: 'lp.deactivate',
    verb: 'Deactivate',
    note: 'The LP is logged out with the reason as Text(58), then its processes end. It stays inactive until it is activated.',
    usual: ['end of day', 'maintenance', 'LP asked for it', 'test'],
  },
  restart: {
    channel: 'lp.restart',
    verb: 'Restart',
    note: 'The LP is logged out, its processes end, and it connects again with its present configuration.',
    usual: ['new configuration', 'LP asked for it', 'test'],
  },
  delete: {
    channel: 'lp.delete',
    verb: 'Delete',
    note: 'The configuration is removed. Logs, message store and audit are kept.',
    usual: ['no longer used', 'made by mistake'],
  },
} as const;

/** Asks for the reason of an action that is not urgent, then does it. */
export function ReasonDialog({ action, provider }: { readonly action: keyof typeof ACTIONS; readonly provider: string }) {
  const { link, store } = useConsole();
  const close = useSelect((state) => state.close);
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const { channel, verb, note, usual } = ACTIONS[action];
  const submit = (): void => {
    if (reason.trim() === '') {
      setProblem('Say why: the reason goes into the audit');
      return;
    }
    close();
    void ask(link, `${provider} · ${verb}`, channel, { provider, reason: reason.trim() }).then((result) => {
      if (result.ok && action === 'delete') store.getState().show({ screen: 'overview' });
    });
  };
  return (
    <Modal opened onClose={close} title={`${verb} ${provider}`} size={480}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <p className="note">{note}</p>
        <ReasonField value={reason} onChange={setReason} usual={usual} error={problem} autoFocus />
        <div className="dialog-actions">
          <span className="spring" />
          <Button onClick={close}>Cancel</Button>
          <SendButton type="submit" variant="filled">
            {verb}
          </SendButton>
        </div>
      </form>
    </Modal>
  );
}
