import { Button, Modal, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Result } from '../../../main/contracts/result.ts';
import { useConsole, useSelect } from '../../components/console-context.tsx';
import { ReasonField } from '../../components/reason-field.tsx';
import { SendButton } from '../../components/send-button.tsx';
import { parseSeqNum } from '../../store/seq-num.ts';
import { ask } from '../commands/ask.ts';

type Action = 'set' | 'reset' | 'resend';

/** Numbers are set and reset while the session is down, a resend is asked for while it is up. */
export function SequenceDialog({ provider }: { readonly provider: string }) {
  const { link } = useConsole();
  const lp = useSelect((state) => state.mirror.lps[provider]);
  const close = useSelect((state) => state.close);
  const up = lp?.state.kind === 'logged-on' || lp?.state.kind === 'recovering';
  const [action, setAction] = useState<Action>(up ? 'resend' : 'set');
  const [nextIn, setNextIn] = useState('');
  const [nextOut, setNextOut] = useState(String(lp?.reason?.peerExpects ?? ''));
  const [from, setFrom] = useState('');
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<{ readonly field: string; readonly message: string } | null>(null);
  const errorOf = (field: string): string | null => (problem?.field === field ? problem.message : null);

  const send = (): Promise<Result<null>> | { readonly field: string; readonly message: string } => {
    const why = reason.trim();
    if (why === '') return { field: 'reason', message: 'Say why: the reason goes into the audit' };
    if (action === 'reset') return ask(link, `${provider} · Reset numbers`, 'lp.reset-sequence', { provider, reason: why });
    if (action === 'resend') {
      const number = parseSeqNum(from);
      if (typeof number !== 'number') return { field: 'from', message: number ?? 'Type the first number to be sent again' };
      return ask(link, `${provider} · ResendRequest from ${number}`, 'lp.resend-request', {
        provider,
        reason: why,
        from: number,
      });
    }
    const numbers = { nextIn: parseSeqNum(nextIn), nextOut: parseSeqNum(nextOut) };
    if (typeof numbers.nextIn === 'string') return { field: 'nextIn', message: numbers.nextIn };
    if (typeof numbers.nextOut === 'string') return { field: 'nextOut', message: numbers.nextOut };
    if (numbers.nextIn === null && numbers.nextOut === null) return { field: 'nextIn', message: 'Type at least one number' };
    return ask(link, `${provider} · Set numbers`, 'lp.set-sequence', {
      provider,
      reason: why,
      nextIn: numbers.nextIn,
      nextOut: numbers.nextOut,
    });
  };

  const submit = async (): Promise<void> => {
    const sent = send();
    if (!(sent instanceof Promise)) {
      setProblem(sent);
      return;
    }
    const result = await sent;
    if (result.ok) close();
    else setProblem({ field: result.error.field ?? 'reason', message: result.error.message });
  };

  return (
    <Modal opened onClose={close} title={`Sequence numbers of ${provider}`} size={480}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {up ? (
          <p className="note">To set or reset numbers, deactivate the LP first.</p>
        ) : (
          <SegmentedControl
            value={action}
            onChange={(value) => setAction(value === 'reset' ? 'reset' : 'set')}
            data={[
              { value: 'set', label: 'Set numbers' },
              { value: 'reset', label: 'Reset both to 1' },
            ]}
          />
        )}
        {action === 'set' && (
          <div className="pair">
            <TextInput
              label="Next in"
              placeholder="unchanged"
              value={nextIn}
              error={errorOf('nextIn')}
              inputMode="numeric"
              onChange={(event) => setNextIn(event.currentTarget.value)}
            />
            <TextInput
              label="Next out"
              placeholder="unchanged"
              value={nextOut}
              error={errorOf('nextOut')}
              inputMode="numeric"
              onChange={(event) => setNextOut(event.currentTarget.value)}
            />
          </div>
        )}
        {action === 'resend' && (
          <TextInput
            label="Ask for a resend from"
            value={from}
            error={errorOf('from')}
            inputMode="numeric"
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
        )}
        {action === 'reset' && (
          <p className="note">The LP must do the same, or use ResetSeqNumFlag. The old store is kept aside.</p>
        )}
        <ReasonField
          value={reason}
          onChange={setReason}
          usual={['agreed with the LP', 'start of week', 'test']}
          error={errorOf('reason')}
        />
        <div className="dialog-actions">
          <span className="spring" />
          <Button onClick={close}>Cancel</Button>
          <SendButton type="submit" variant="filled">
            {action === 'resend' ? 'Ask for the resend' : action === 'reset' ? 'Reset' : 'Set'}
          </SendButton>
        </div>
      </form>
    </Modal>
  );
}
